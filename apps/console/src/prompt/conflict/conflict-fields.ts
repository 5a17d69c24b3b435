import { diff3Merge } from 'node-diff3';
import { type Draft, isSameText } from '../edit/draft.ts';

const names = ['title', 'description', 'category', 'tags', 'text', 'inputSchema', 'outputSchema', 'config'] as const;
export type FieldName = (typeof names)[number];

/** A field that somebody else and whoever looks at it have otherwise. */
export interface ConflictField {
  readonly name: FieldName;
  /** What both began with. */
  readonly base: string;
  readonly theirs: string;
  readonly mine: string;
  /** Both changes in one text; null where they are of the same lines, or of messages. */
  readonly both: string | null;
}

/** The text of a draft, or its messages one below the other. */
const written = (draft: Draft, name: FieldName): string => {
  if (name !== 'text') return draft[name];
  return draft.messages?.map(({ role, text }) => `${role}: ${text}`).join('\n\n') ?? draft.content;
};

/** Lines of both, where no line was changed by both; null otherwise. */
function together(base: string, theirs: string, mine: string): string | null {
  const blocks = diff3Merge(mine.split('\n'), base.split('\n'), theirs.split('\n'), { excludeFalseConflicts: true });
  const lines: string[] = [];
  for (const { ok } of blocks) {
    if (ok === undefined) return null;
    lines.push(...ok);
  }
  return lines.join('\n');
}

/** What has to be decided before what is typed here is saved over what somebody else has saved. */
export function conflictFields(base: Draft, theirs: Draft, mine: Draft): readonly ConflictField[] {
  const hasMessages = [base, theirs, mine].some(({ messages }) => messages !== null);
  return names.flatMap((name) => {
    const sides = { base: written(base, name), theirs: written(theirs, name), mine: written(mine, name) };
    if (sides.theirs === sides.mine && (name !== 'text' || isSameText(theirs, mine))) return [];
    const isWhole = name === 'text' && hasMessages;
    const isOfBoth = sides.theirs !== sides.base && sides.mine !== sides.base;
    return { name, ...sides, both: isOfBoth && !isWhole ? together(sides.base, sides.theirs, sides.mine) : null };
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
    return mine.messages === null || 'text' in decision ? { content: text, messages: null } : {};
  });
  return Object.assign({}, mine, ...made);
}
