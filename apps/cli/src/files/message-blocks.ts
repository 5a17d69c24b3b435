import { type Document, parseDocument } from 'yaml';
import { unkeptInYaml } from './unkept-in-yaml.ts';
import { yamlOf } from './yaml-of.ts';

/** A message as the wire has it. */
export type BodyMessage =
  | { readonly role: string; readonly content: string | readonly object[] }
  | { readonly type: 'placeholder'; readonly name: string };

/** Begins a message: its role, or a placeholder and its name. `parts` says that YAML follows, a list of parts. */
const MARK = '::: ';
const BLOCK = /^::: (?:(system|developer|user|assistant|tool)( parts)?|placeholder ([A-Za-z]\w{0,99}))$/;
/** A line that reads as a mark, or as one that was escaped. */
const MARK_LIKE = /^\\*::: /gm;
const ESCAPED = /^\\(?=\\*::: )/gm;

/** Messages below each other, each under its mark, with an empty line between two. */
export function writeMessages(messages: readonly BodyMessage[]): string {
  return messages.map(blockOf).join('\n');
}

function blockOf(message: BodyMessage): string {
  if ('type' in message) return `${MARK}placeholder ${message.name}\n`;
  const { role, content } = message;
  if (typeof content === 'string') return `${MARK}${role}\n${content.replace(MARK_LIKE, '\\$&')}\n`;
  return `${MARK}${role} parts\n${yamlOf(content).replace(MARK_LIKE, '\\$&')}`;
}

type FaultAt = (message: string, line: number) => Error;

/** The messages of a body. @throws what `faultAt` makes, with a line of the body, from 1 */
export function readMessages(body: string, faultAt: FaultAt): BodyMessage[] {
  const lines = body.split('\n');
  const starts = lines.flatMap((line, at) => (line.startsWith(MARK) ? [at] : []));
  const before = lines.slice(0, starts[0] ?? lines.length).findIndex((line) => line.trim() !== '');
  if (before !== -1) throw faultAt('Text of a chat stands under a mark, such as `::: user`.', before + 1);
  return starts.map((start, index) => {
    const end = starts[index + 1];
    // The line that parts two messages, and the end of the last one, are not the message's.
    const inner = lines.slice(start + 1, end === undefined || lines[end - 1] !== '' ? end : end - 1);
    if (end === undefined && inner.at(-1) === '') inner.pop();
    return messageOf(lines[start] ?? '', inner.join('\n').replace(ESCAPED, ''), (message) =>
      faultAt(message, start + 1),
    );
  });
}

function messageOf(mark: string, text: string, fault: (message: string) => Error): BodyMessage {
  const [, role, parts, name] = BLOCK.exec(mark) ?? [];
  if (name !== undefined) {
    if (text.trim() !== '') throw fault('A placeholder has no text.');
    return { type: 'placeholder', name };
  }
  if (role === undefined) {
    throw fault('A mark is `::: ` and system, developer, user, assistant, tool, or placeholder and a name.');
  }
  return { role, content: parts === undefined ? text : partsOf(text, fault) };
}

function partsOf(text: string, fault: (message: string) => Error): object[] {
  const noList = () => fault('The parts of a message are a list, as YAML.');
  const document = parseDocument(text, { logLevel: 'silent' });
  if (document.errors.length > 0) throw noList();
  const unkept = unkeptInYaml(document.contents);
  if (unkept !== null) throw fault(`In the parts of a message, ${unkept.message}.`);
  const parts = dataOf(document);
  if (!Array.isArray(parts)) throw noList();
  return parts;
}

/** Undefined where aliases repeat too much. */
function dataOf(document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch {
    return undefined;
  }
}
