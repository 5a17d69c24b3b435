import { createHash } from 'node:crypto';
import { type ChatMessage, fault, jsonBytes, MAX_CONTENT_LENGTH, MAX_MESSAGES_BYTES } from '@promptory/schemas';
import { readableContent } from '@promptory/template';
import { invalidInput } from '../../errors.ts';

/** What makes a version: any difference in it is a new one. */
export interface VersionedContent {
  readonly title: string;
  readonly description: string;
  /** Readable text; for chat always readableContent(messages). */
  readonly content: string;
  /** The turns of a chat prompt; null for a text prompt. */
  readonly messages: readonly ChatMessage[] | null;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputSchema: Readonly<Record<string, unknown>> | null;
  /** Null means text. */
  readonly outputSchema: Readonly<Record<string, unknown>> | null;
}

/** SHA-256 of the content's JSON, its documents as they were sent: another order of members is other content. */
export function contentHash(versioned: VersionedContent): Buffer {
  const { config, content, description, inputSchema, messages, title, outputSchema } = versioned;
  // In this order, which is that of hashes made before documents kept theirs, and before there were schemas of outputs.
  const text = JSON.stringify({
    ...{ config, content, description, inputSchema, messages, title },
    ...(outputSchema === null ? {} : { outputSchema }),
  });
  return createHash('sha256').update(text).digest();
}

/** The documents of a version as columns: as they were sent, and as jsonb for what still reads those. */
export function storedDocuments({ messages, config, inputSchema, outputSchema }: VersionedContent) {
  const texts = {
    messages: messages === null ? null : JSON.stringify(messages),
    config: JSON.stringify(config),
    input_schema: inputSchema === null ? null : JSON.stringify(inputSchema),
  };
  return {
    ...texts,
    ...{ sent_messages: texts.messages, sent_config: texts.config, sent_input_schema: texts.input_schema },
    output_schema: outputSchema === null ? null : JSON.stringify(outputSchema),
  };
}

/** The text of a turn as it counts: of parts the whole of their JSON, for much may stand in their names and numbers. */
const countedText = (message: ChatMessage): { length: number; bytes: number } => {
  if ('type' in message) return { length: 0, bytes: 0 };
  if (typeof message.content === 'string') return { length: message.content.length, bytes: jsonBytes(message.content) };
  const json = JSON.stringify(message.content);
  return { length: json.length, bytes: Buffer.byteLength(json) };
};

interface GivenText {
  readonly kind?: 'text' | 'chat' | undefined;
  readonly content?: string | undefined;
  readonly messages?: readonly ChatMessage[] | undefined;
}

/** What a prompt's text was before; nothing for a new prompt. */
interface FormerText {
  readonly content: string;
  readonly messages: readonly ChatMessage[] | null;
}

/**
 * The text that an input asks for: its kind, its messages and the content that follows from them.
 * @throws AppError request.invalid for chat without messages, text without content or with messages, content that is
 * not what the messages read as, and messages that are too long together.
 */
export function textOf(
  given: GivenText,
  former?: FormerText,
): { kind: 'text' | 'chat'; content: string; messages: readonly ChatMessage[] | null } {
  const formerKind = former === undefined || former.messages === null ? 'text' : 'chat';
  const kind = given.kind ?? formerKind;
  if (kind === 'text') {
    if (given.messages !== undefined)
      throw invalidInput('messages', fault('not_of_kind', { kind }, 'Only a chat prompt has messages'));
    const content = given.content ?? former?.content;
    if (content === undefined) throw invalidInput('content', fault('required', {}, 'A text prompt needs content'));
    return { kind, content, messages: null };
  }
  const messages = given.messages ?? former?.messages ?? null;
  if (messages === null) throw invalidInput('messages', fault('required', {}, 'A chat prompt needs messages'));
  const counted = messages.map(countedText);
  if (counted.reduce((sum, { length }) => sum + length, 0) > MAX_CONTENT_LENGTH) {
    const most = { maximum: MAX_CONTENT_LENGTH, unit: 'characters' } as const;
    throw invalidInput('messages', fault('too_big', most, `Together at most ${MAX_CONTENT_LENGTH} characters`));
  }
  // Those of a prompt that is stored stay as they are.
  if (given.messages !== undefined && counted.reduce((sum, { bytes }) => sum + bytes, 0) > MAX_MESSAGES_BYTES) {
    const most = { maximum: MAX_MESSAGES_BYTES, unit: 'bytes' } as const;
    throw invalidInput('messages', fault('too_big', most, `Together at most ${MAX_MESSAGES_BYTES} bytes as JSON`));
  }
  const content = readableContent(messages);
  if (given.content !== undefined && given.content !== content) {
    throw invalidInput(
      'content',
      fault('not_of_kind', { kind }, 'Of a chat prompt it follows from the messages: leave it out'),
    );
  }
  return { kind, content, messages };
}
