import { abortedError } from '../errors/error-answer.ts';
import { onAbort } from './on-abort.ts';

/** The same promise, but client.aborted as soon as a signal aborts. */
export function abortable<Value>(promise: Promise<Value>, signals: readonly AbortSignal[]): Promise<Value> {
  return new Promise((resolve, reject) => {
    const abort = () => settle(() => reject(abortedError()));
    const release = signals.map((signal) => onAbort(signal, abort));
    const settle = (finish: () => void) => {
      for (const end of release) end();
      finish();
    };
    if (signals.some((signal) => signal.aborted)) abort();
    promise.then(
      (value) => settle(() => resolve(value)),
      (cause) => settle(() => reject(cause)),
    );
  });
}
