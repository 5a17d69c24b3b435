import address from './language-worker.ts?worker&url';
import type { Answered, Asked, Question, Questions } from './questions.ts';

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(input: string): string };
}

/** The policy of the page lets this one address become a worker's script, and no other: by a rule of that name, made once. */
function ownAddress(): string {
  const { trustedTypes } = window as { trustedTypes?: TrustedTypes };
  return trustedTypes?.createPolicy('worker', { createScriptURL: () => address }).createScriptURL('') ?? address;
}

let worker: Worker | undefined;
let asked = 0;
const waiting = new Map<number, PromiseWithResolvers<unknown>>();

function workerOf(): Worker {
  if (worker !== undefined) return worker;
  worker = new Worker(ownAddress(), { type: 'module' });
  worker.addEventListener('message', ({ data: { number, answer, failed } }: MessageEvent<Answered>) => {
    const caller = waiting.get(number);
    waiting.delete(number);
    if (failed === undefined) caller?.resolve(answer);
    else caller?.reject(new Error(failed));
  });
  // Its script did not load: whoever waits would wait for good.
  worker.addEventListener('error', () => {
    for (const caller of waiting.values()) caller.reject(new Error('The prompt language could not be loaded.'));
    waiting.clear();
  });
  return worker;
}

/** Asks the prompt language, in a worker. @throws Error where it cannot be loaded, or asked */
export function ask<Name extends Question>(
  question: Name,
  about: Questions[Name]['asked'],
): Promise<Questions[Name]['answer']> {
  const number = ++asked;
  const caller = Promise.withResolvers<unknown>();
  waiting.set(number, caller);
  workerOf().postMessage({ number, question, asked: about } satisfies Asked);
  return caller.promise as Promise<Questions[Name]['answer']>;
}
