import type { inferOutputs } from '../contract/infer.ts';
import { PromptoryError } from '../errors/promptory-error.ts';

type Resolved = inferOutputs<'prompts.resolve'>;

/** The calls by which references are resolved. */
export interface ResolveCalls {
  resolve(ref: string): Promise<Resolved>;
  resolveMany(refs: string[]): Promise<inferOutputs<'prompts.resolveMany'>>;
}

interface Waiting {
  readonly ref: string;
  readonly resolve: (prompt: Resolved | Promise<Resolved>) => void;
  readonly reject: (error: unknown) => void;
}

/** References of one call: what the server takes. */
const MAX_TOGETHER = 100;
/** Characters of them in an address, where JSON is written out; less than any server takes, and what a client sends at most. */
const MAX_LENGTH = 4_000;
const lengthOf = (ref: string): number => encodeURIComponent(`${JSON.stringify(ref)},`).length;

/** Resolves references, those that are asked for in one tick together. */
export function resolveTogether(calls: ResolveCalls): (ref: string) => Promise<Resolved> {
  let waiting: Waiting[] = [];

  function flush(): void {
    const all = waiting;
    waiting = [];
    for (let from = 0, to = 0; from < all.length; from = to) {
      let length = 0;
      while (to < all.length && to - from < MAX_TOGETHER && (to === from || length < MAX_LENGTH)) {
        length += lengthOf((all[to++] as Waiting).ref);
      }
      void send(all.slice(from, to));
    }
  }

  async function send(batch: readonly Waiting[]): Promise<void> {
    const [first] = batch;
    if (first === undefined) return;
    if (batch.length === 1) return first.resolve(calls.resolve(first.ref));
    try {
      const { results } = await calls.resolveMany(batch.map(({ ref }) => ref));
      for (const [index, { ref, resolve, reject }] of batch.entries()) {
        const verdict = results[index];
        if (verdict?.outcome === 'resolved') resolve(verdict.prompt);
        // One answer has no room for them all; alone each has.
        else if (verdict === undefined || verdict.error.code === 'answer.too_large') resolve(calls.resolve(ref));
        else reject(refusalOf(verdict.error));
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    }
  }

  return (ref) =>
    new Promise((resolve, reject) => {
      if (waiting.length === 0) queueMicrotask(flush);
      waiting.push({ ref, resolve, reject });
    });
}

type Refusal = Extract<inferOutputs<'prompts.resolveMany'>['results'][number], { outcome: 'refused' }>['error'];

const refusalOf = ({ code, message, errors, details }: Refusal): PromptoryError =>
  new PromptoryError({ code, message, errors, details: details ?? {}, path: 'prompts.resolveMany' });
