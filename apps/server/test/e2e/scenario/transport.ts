import type { ImportEvent, ImportFileOptions, Promptory, PromptorySurface, SignedIn } from '@promptory/client';

/** Every procedure, called as the typed client calls it. */
export type Calls = Omit<Promptory, keyof PromptorySurface>;

/** Who calls the server: nobody yet, a person who is signed in, or a program with a key. */
export interface Caller {
  readonly calls: Calls;
  importFile(file: Blob, options: ImportFileOptions): AsyncIterable<ImportEvent>;
}

/** One way to reach the server. What it refuses rejects with an Error that has `code`, `status` and `details`. */
export interface Transport {
  nobody(): Caller;
  person(tokens: SignedIn): Promise<Caller>;
  program(apiKey: string): Caller;
}

/** What a call was refused with. @throws Error when it was not refused */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ code: unknown; status: unknown; details: Readonly<Record<string, unknown>> }> {
  const error: unknown = await call.then(
    () => Promise.reject(new Error('The call was not refused.')),
    (reason: unknown) => reason,
  );
  const member = (name: string): unknown => Reflect.get(Object(error), name);
  if (typeof member('code') !== 'string') throw error;
  return { code: member('code'), status: member('status'), details: Object(member('details')) };
}

/** The code alone. */
export const codeOf = async (call: Promise<unknown>): Promise<unknown> => (await refusal(call)).code;
