import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { promptsToInclude } from './calls.ts';

/** Names that are offered: the inputs of the prompt, and the filters of the language. */
export interface Known {
  readonly inputs: readonly string[];
  readonly filters: readonly string[];
}

/** With what each tag begins, and what is written for it. */
const tags: readonly (readonly [name: string, written: string])[] = [
  ['if', 'if '],
  ['elsif', 'elsif '],
  ['else', 'else'],
  ['endif', 'endif'],
  ['for', 'for item in '],
  ['endfor', 'endfor'],
  ['case', 'case '],
  ['when', 'when '],
  ['endcase', 'endcase'],
  ['unless', 'unless '],
  ['endunless', 'endunless'],
  ['assign', 'assign '],
  ['capture', 'capture '],
  ['endcapture', 'endcapture'],
  ['render', "render '"],
  ['comment', 'comment'],
  ['endcomment', 'endcomment'],
  ['raw', 'raw'],
  ['endraw', 'endraw'],
];

/** Characters before the cursor that are looked at: a tag or an output is short. */
const BEFORE = 500;

const options = (names: readonly string[], type: string): readonly Completion[] =>
  names.map((label) => ({ label, type }));

const WORD = /^[\w-]*$/;

/** Where the word begins that a text ends with; its length where it ends with none. A pattern would try each place. */
function wordStart(text: string): number {
  let at = text.length;
  while (at > 0 && WORD.test(text.charAt(at - 1))) at -= 1;
  return at;
}

/** What may stand where the cursor is: a tag, an input, a filter, or another prompt that is included. */
export function completionsOf(known: () => Known) {
  return async (context: CompletionContext): Promise<CompletionResult | null> => {
    const before = context.state.sliceDoc(Math.max(0, context.pos - BEFORE), context.pos);
    const open = Math.max(before.lastIndexOf('{{'), before.lastIndexOf('{%'));
    if (open === -1) return null;
    const within = before.slice(open + 2);
    if (/[%}]\}/.test(within)) return null;
    const included = /^-?\s*render\s+(['"])([^'"]*)$/.exec(within);
    if (included !== null) return prompts(context, included[2] ?? '');
    const beforeWord = within.slice(0, wordStart(within));
    const from = context.pos - within.length + beforeWord.length;
    if (beforeWord.trimEnd().endsWith('|'))
      return { from, options: options(known().filters, 'function'), validFor: WORD };
    if (before[open + 1] === '%' && /^-?\s*\w*$/.test(within)) {
      return { from, options: tags.map(([label, apply]) => ({ label, apply, type: 'keyword' })), validFor: WORD };
    }
    // Within a text, a number or a property no input has its place.
    if (/["'.\d]$/.test(beforeWord)) return null;
    return { from, options: options(known().inputs, 'variable'), validFor: WORD };
  };
}

async function prompts(context: CompletionContext, typed: string): Promise<CompletionResult | null> {
  const found = await promptsToInclude(typed).catch(() => []);
  if (context.aborted) return null;
  return {
    from: context.pos - typed.length,
    options: found.map(({ ref, title }) => ({ label: ref, detail: title, type: 'text' })),
    filter: false,
  };
}
