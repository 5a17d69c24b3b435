import { HandlebarsConverter } from '../../convert/handlebars/convert-handlebars.ts';
import { isContent, isPath, isValue, type Node, type Value } from '../../convert/handlebars/handlebars-tree.ts';
import { parseHandlebars, positionOf } from '../../convert/handlebars/parse-handlebars.ts';
import type { Partials } from '../../convert/handlebars/partials.ts';
import { dotpromptHelpers } from '../../convert/handlebars/program-helpers.ts';
import { inputsScope } from '../../convert/handlebars/scope.ts';
import { KnownPaths } from '../../convert/liquid/known-paths.ts';
import { LiquidWriter } from '../../convert/liquid/liquid-writer.ts';
import { Refusal } from '../../convert/refusal.ts';
import type { JsonValue } from '../../json-value.ts';
import type { MessageRole } from '../../language/rendering/messages.ts';
import { mediaPart } from '../document/media.ts';
import type { DocumentMessage, DocumentPart } from '../document/prompt-document.ts';

const ROLES: ReadonlyMap<string, MessageRole> = new Map([
  ['system', 'system'],
  ['user', 'user'],
  ['model', 'assistant'],
  ['assistant', 'assistant'],
  ['tool', 'tool'],
]);

/**
 * The messages of a dotprompt body: `role`, `history` and `media` are read where they stand in no block, since a value may make
 * no message here. White space alone is no message and no part.
 *
 * @throws Refusal for what has no counterpart
 */
export function messagesOf(body: string, inputs: JsonValue, partials: Partials): DocumentMessage[] {
  const reader = new MessageReader(body, inputs, partials);
  for (const statement of parseHandlebars(body).body) reader.read(statement);
  return reader.end();
}

class MessageReader {
  readonly #messages: DocumentMessage[] = [];
  readonly #converter: HandlebarsConverter;
  #role: MessageRole = 'user';
  #parts: DocumentPart[] = [];
  #statements: Node[] = [];

  constructor(body: string, inputs: JsonValue, partials: Partials) {
    const known = new KnownPaths(inputs ?? undefined);
    this.#converter = new HandlebarsConverter(body, false, known, { ...dotpromptHelpers, partials });
  }

  read(statement: Node): void {
    const name = isValue(statement) && isPath(statement.path) ? statement.path.original : null;
    if (name === 'role') this.#startMessage(roleOf(statement as Value));
    else if (name === 'history') this.#addHistory(statement as Value);
    else if (name === 'media') this.#addMedia(statement as Value);
    else if (name === 'section')
      throw new Refusal('A section of the answer has no counterpart here.', positionOf(statement));
    else this.#statements.push(statement);
  }

  end(): DocumentMessage[] {
    this.#endMessage();
    return this.#messages;
  }

  #startMessage(role: MessageRole): void {
    this.#endMessage();
    this.#role = role;
  }

  #addHistory(statement: Value): void {
    if (statement.params.length > 0 || statement.hash)
      throw new Refusal('"history" takes nothing.', positionOf(statement));
    this.#startMessage('assistant');
    this.#messages.push({ type: 'placeholder', name: 'history' });
  }

  #addMedia({ params, hash, loc }: Value): void {
    const position = { line: loc.start.line, column: loc.start.column + 1 };
    const url = hash?.pairs.find(({ key }) => key === 'url')?.value;
    // dotprompt reads no other options.
    const contentType = hash?.pairs.find(({ key }) => key === 'contentType')?.value.value ?? null;
    if (params.length > 0 || url === undefined || (contentType !== null && typeof contentType !== 'string')) {
      throw new Refusal('Media has a url, and a contentType that is a text.', position);
    }
    this.#endText();
    const content = { type: 'ContentStatement', value: String(url.value), loc };
    const value = { type: 'MustacheStatement', path: url, params: [], escaped: false, loc };
    this.#parts.push(mediaPart(this.#liquid([typeof url.value === 'string' ? content : value]), contentType));
  }

  #endText(): void {
    const text = this.#statements.every(isBlank) ? '' : this.#liquid(this.#statements);
    if (text !== '') this.#parts.push({ type: 'text', text });
    this.#statements = [];
  }

  #endMessage(): void {
    this.#endText();
    const [only, another] = this.#parts;
    if (only !== undefined) {
      const text = another === undefined && only.type === 'text' ? only.text : null;
      this.#messages.push({ role: this.#role, content: typeof text === 'string' ? text : this.#parts });
    }
    this.#parts = [];
  }

  #liquid(body: readonly Node[]): string {
    this.#converter.writer = new LiquidWriter();
    this.#converter.convertProgram({ body }, inputsScope, 0);
    return this.#converter.writer.end();
  }
}

const isBlank = (node: Node): boolean =>
  node.type === 'CommentStatement' || (isContent(node) && node.value.trim() === '');

function roleOf(statement: Value): MessageRole {
  const [param] = statement.params as readonly (Node & { readonly value?: unknown })[];
  const role = typeof param?.value === 'string' && statement.params.length === 1 ? ROLES.get(param.value) : undefined;
  if (role === undefined)
    throw new Refusal('A role is system, user, model or tool, written as a text.', positionOf(statement));
  return role;
}
