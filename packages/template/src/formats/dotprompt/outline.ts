import {
  isBlock,
  isContent,
  isPartial,
  isPath,
  isValue,
  type Node,
  type Program,
} from '../../convert/handlebars/handlebars-tree.ts';
import { parseHandlebars } from '../../convert/handlebars/parse-handlebars.ts';
import { nameOfPartial } from '../../convert/handlebars/partials.ts';
import { Refusal } from '../../convert/refusal.ts';
import { MAX_INCLUDED_PROMPTS } from '../../language/limits.ts';
import { partsOf } from '../document/front-matter.ts';

/** What shows of a file without converting it. */
export interface Outline {
  /** The names of the partials that it includes. */
  readonly names: readonly string[];
  /** Why no other file can include it, as the end of a sentence. */
  readonly obstacle: string | null;
}

/** Whether a text may include another file. */
export const mayHavePartials = (text: string): boolean => /\{\{~?\s{0,9}#?>/.test(text);

const MAKES_MESSAGES = new Set(['role', 'history', 'media', 'section']);

export function outlineOf(text: string): Outline {
  const parts = partsOf(text.replace(/^\ufeff/, ''));
  const body = parts === null ? text : parts.body.join('');
  try {
    const nodes = allNodes(parseHandlebars(body));
    const names = nodes.flatMap((node) => (isPartial(node) ? (nameOfPartial(node) ?? []) : []));
    // One more than there may be shows that there are too many.
    return {
      names: [...new Set(names)].slice(0, MAX_INCLUDED_PROMPTS + 1),
      obstacle: obstacleOf(parts !== null, nodes, body),
    };
  } catch (error) {
    // Its reader says where.
    if (error instanceof Refusal) return { names: [], obstacle: 'cannot be read' };
    throw error;
  }
}

/** dotprompt takes the whole file for the text of a partial, and looks up `@root` in the inputs of whoever includes it. */
function obstacleOf(hasFrontMatter: boolean, nodes: readonly Node[], body: string): string | null {
  if (hasFrontMatter) return 'has front matter, which dotprompt would print';
  // White space alone is no text of a prompt.
  if (nodes.every((node) => node.type === 'CommentStatement' || (isContent(node) && node.value.trim() === '')))
    return 'is blank';
  const makesMessages = nodes.some(
    (node) => isValue(node) && isPath(node.path) && MAKES_MESSAGES.has(node.path.original),
  );
  if (makesMessages) return 'makes messages or parts of its own';
  return body.includes('@root') ? 'reads "@root", which its parameters would hide' : null;
}

const allNodes = ({ body }: Program): Node[] =>
  body.flatMap((node) => [
    node,
    ...(isBlock(node) ? [node.program, node.inverse].flatMap((inner) => (inner ? allNodes(inner) : [])) : []),
  ]);
