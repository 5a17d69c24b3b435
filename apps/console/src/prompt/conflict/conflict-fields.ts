import { diff3Merge } from 'node-diff3';
import { type Draft, isSameText } from '../edit/draft.ts';
import { type DraftMessage, messageText, writtenMessage } from '../edit/messages/draft-message.ts';

const names = ['title', 'description', 'category', 'tags', 'text', 'inputSchema', 'outputSchema', 'config'] as const;
export type FieldName = (typeof names)[number];

/** A field that somebody else and whoever looks at it have otherwise. */
export interface ConflictField {
  readonly name: FieldName;
  /** What both began with. */
  readonly base: string;
  readonly theirs: string;
  readonly mine: string;
  /** Both changes in one text; null where they are of the same lines, or of the same messages. */
  readonly both: string | null;
  /** The messages of that, of a chat. */
  readonly messages: readonly DraftMessage[] | null;
}

const writtenMessages = (messages: readonly DraftMessage[]): string => messages.map(writtenMessage).join('\n\n');

/** The text of a draft, or its messages one below the other. */
const written = (draft: Draft, name: FieldName): string => {
  if (name !== 'text') return draft[name];
  return draft.messages === null ? draft.content : writtenMessages(draft.messages);
};

/** Lines of both, where no line was changed by both; null otherwise. */
function together(base: readonly string[], theirs: readonly string[], mine: readonly string[]): string[] | null {
  const blocks = diff3Merge([...mine], [...base], [...theirs], { excludeFalseConflicts: true });
  const lines: string[] = [];
  for (const { ok } of blocks) {
    if (ok === undefined) return null;
    lines.push(...ok);
  }
  return lines;
}

const linesTogether = (base: string, theirs: string, mine: string): string | null =>
  together(base.split('\n'), theirs.split('\n'), mine.split('\n'))?.join('\n') ?? null;

/** Messages of both, where no message was changed by both, nor one that stands beside it; null otherwise. */
function messagesTogether(base: Draft, theirs: Draft, mine: Draft): readonly DraftMessage[] | null {
  if (base.messages === null || theirs.messages === null || mine.messages === null) return null;
  const texts = [base.messages, theirs.messages, mine.messages].map((messages) => messages.map(messageText));
  const merged = together(texts[0] ?? [], texts[1] ?? [], texts[2] ?? []);
  if (merged === null) return null;
  const byText = new Map([...theirs.messages, ...mine.messages].map((message) => [messageText(message), message]));
  // Two that say the same are two in the page all the same.
  const made = merged.flatMap((text) => byText.get(text) ?? []);
  return made.map((message, at) => (made.indexOf(message) === at ? message : { ...message, key: crypto.randomUUID() }));
}

/** What has to be decided before what is typed here is saved over what somebody else has saved. */
export function conflictFields(base: Draft, theirs: Draft, mine: Draft): readonly ConflictField[] {
  const hasMessages = [base, theirs, mine].some(({ messages }) => messages !== null);
  return names.flatMap((name) => {
    const sides = { base: written(base, name), theirs: written(theirs, name), mine: written(mine, name) };
    if (sides.theirs === sides.mine && (name !== 'text' || isSameText(theirs, mine))) return [];
    const isOfBoth = sides.theirs !== sides.base && sides.mine !== sides.base;
    if (name === 'text' && hasMessages) {
      const messages = isOfBoth ? messagesTogether(base, theirs, mine) : null;
      return { name, ...sides, messages, both: messages === null ? null : writtenMessages(messages) };
    }
    return {
      name,
      ...sides,
      messages: null,
      both: isOfBoth ? linesTogether(sides.base, sides.theirs, sides.mine) : null,
    };
  });
}

export type Choice = 'theirs' | 'mine' | 'both';

/** What is chosen until somebody says otherwise: whose change it is; of two, both where that can be, or one's own. */
export function suggested({ base, theirs, mine, both }: ConflictField): Choice {
  if (mine === base) return 'theirs';
  return theirs !== base && both !== null ? 'both' : 'mine';
}

/** What a field says by that choice. */
export const saidBy = (field: ConflictField, choice: Choice): string =>
  choice === 'both' ? (field.both ?? field.mine) : field[choice];

/** A choice, or what somebody wrote in its place. */
export type Decision = { readonly choice: Choice } | { readonly text: string };

/** The draft that the decisions make; what nobody has to decide is as it was typed. */
export function decided(
  fields: readonly ConflictField[],
  decisions: ReadonlyMap<FieldName, Decision>,
  theirs: Draft,
  mine: Draft,
): Draft {
  const made = fields.map((field): Partial<Draft> => {
    const decision = decisions.get(field.name) ?? { choice: suggested(field) };
    const text = 'text' in decision ? decision.text : saidBy(field, decision.choice);
    if (field.name !== 'text') return { [field.name]: text };
    if ('choice' in decision && decision.choice === 'theirs')
      return { content: theirs.content, messages: theirs.messages };
    if ('choice' in decision && decision.choice === 'both' && field.messages !== null)
      return { messages: field.messages };
    return mine.messages === null || 'text' in decision ? { content: text, messages: null } : {};
  });
  return Object.assign({}, mine, ...made);
}
