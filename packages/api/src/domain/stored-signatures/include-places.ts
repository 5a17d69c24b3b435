// Which references texts hold is found out before the transaction that saves them begins: a worker may take its time for a long
// text, and in a transaction others would wait for it. Under the locks it is looked up; where a text is another one by then, all
// of it begins anew.
import { RefusedItem } from '@promptory/schemas';
import type { IncludePlace } from '@promptory/template';
import type { Workers } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { mayInclude } from '../signatures/included-texts.ts';
import { includesIn } from '../signatures/read-version.ts';
import { includesFor, isSmall, sourceOf, type VersionText } from './signature-for.ts';

/** A text as it is read for what it includes. */
export type IncludingText = Pick<VersionText, 'content' | 'messages'>;

/** An input that may bring a text, or what was refused of one. */
type GivenText = { readonly [Name in 'content' | 'messages']?: IncludingText[Name] | undefined } | RefusedItem;

/** The texts that inputs bring, as far as they name one. */
export const givenTexts = (inputs: readonly GivenText[]): IncludingText[] =>
  inputs.flatMap((input) =>
    input instanceof RefusedItem ? [] : { content: input.content ?? '', messages: input.messages ?? null },
  );

/** What texts include, and where: nothing where they are no templates. */
export interface IncludePlaces {
  of(text: IncludingText): readonly IncludePlace[];
}

/** A long text that was not read before. */
class NotReadError extends Error {
  readonly text: IncludingText;

  constructor(text: IncludingText) {
    super('A text was not read before its transaction.');
    this.text = text;
  }
}

const ATTEMPTS = 5;

/**
 * Runs an action that saves texts with what they include.
 * @param texts those that are known; what the action finds besides is read when it asks for it, and the action begins anew
 * @throws AppError server.busy where it is another text again and again, or no worker is free; what `act` throws
 */
export async function withIncludePlaces<T>(
  workers: Workers,
  texts: readonly IncludingText[],
  act: (places: IncludePlaces) => Promise<T>,
): Promise<T> {
  const known = new Map<string, readonly IncludePlace[]>();
  const read = async (text: IncludingText, isAlone: boolean) => {
    if (!known.has(keyOf(text))) known.set(keyOf(text), await includesFor(workers, withoutSchema(text), isAlone));
  };
  const including = texts.filter(mayInclude);
  for (const text of including) await read(text, including.length === 1);
  const of = (text: IncludingText): readonly IncludePlace[] => {
    if (!mayInclude(text)) return [];
    const found = known.get(keyOf(text));
    if (found !== undefined) return found;
    if (!isSmall(withoutSchema(text))) throw new NotReadError(text);
    return includesIn(sourceOf(withoutSchema(text)));
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      return await act({ of });
    } catch (error) {
      if (!(error instanceof NotReadError)) throw error;
      await read(error.text, true);
    }
  }
  throw new AppError('server.busy', { retryAfterSeconds: 1 });
}

/** No schema decides on what a text includes. */
const withoutSchema = ({ content, messages }: IncludingText) => ({ content, messages, inputSchema: null });

const keyOf = ({ content, messages }: IncludingText): string =>
  messages === null ? content : JSON.stringify(messages);
