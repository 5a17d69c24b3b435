import { hash } from 'node:crypto';
import { type Prompt, REVISION_LENGTH } from '@promptory/schemas';
import { AppError } from '../errors.ts';

/** What a caller was shown, by which a change of any of it is known. */
export type Revised<T> = T & { readonly revision: string };

/**
 * A view with its revision, which is another whenever anything of the view is: also what it shows of others, such as its
 * owner's name, and what only this caller sees. REST gives it as ETag.
 *
 * @param besides what else it stands for, instead of `view`: of a page, all but the cursor that is sealed anew each time
 */
export function revised<T extends object>(view: T, besides: object = view): Revised<T> {
  return { ...view, revision: revisionOf(JSON.stringify(besides)) };
}

/** The revision of what a text stands for. */
export const revisionOf = (text: string): string => hash('sha256', text, 'base64url').slice(0, REVISION_LENGTH);

/** A prompt without what its id and version stand for: to hash megabytes of text would hold the loop. */
export function withoutVersioned(prompt: Prompt): object {
  const { title, description, content, messages, config, inputSchema, outputSchema, ...rest } = prompt;
  return rest;
}

/**
 * Refuses a change that builds on something else than what is there. Asked under the lock of what is changed, so that of two
 * changes with one revision one is made.
 *
 * @param given the revision, or several of which one is to be the current; undefined where the caller does not say
 * @param current what the caller would be shown now
 * @throws AppError request.precondition_failed
 */
export async function requireRevision(
  given: string | readonly string[] | undefined,
  current: () => Promise<{ readonly revision: string }>,
): Promise<void> {
  if (given === undefined) return;
  const { revision } = await current();
  if (![given].flat().includes(revision)) throw new AppError('request.precondition_failed');
}
