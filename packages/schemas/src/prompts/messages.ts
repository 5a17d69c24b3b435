import { z } from 'zod';
import { formatted } from '../faults/refusing.ts';
import { asSent, jsonObject } from '../values/json.ts';
import { text } from '../values/text.ts';

/** Characters of a prompt's text, or of all its messages together. */
export const MAX_CONTENT_LENGTH = 200_000;
/** Bytes of a text as JSON: as many as UTF-8 can have of its characters. A control character has six in JSON. */
export const MAX_CONTENT_BYTES = 4 * MAX_CONTENT_LENGTH;
/** The same of all messages together, which are counted in UTF-16 units. */
export const MAX_MESSAGES_BYTES = 3 * MAX_CONTENT_LENGTH;

const MAX_PARTS = 100;

/** Who speaks in a message. */
export const MessageRole = z.enum(['system', 'developer', 'user', 'assistant', 'tool']);
export type MessageRole = z.infer<typeof MessageRole>;

const template = text(MAX_CONTENT_LENGTH);
const word = text(200, 1);
/** Text of a template too, so that it may be an input: `{{ photo }}`, with the value `https://…` or `data:…`. */
const url = text(MAX_CONTENT_LENGTH, 1).meta({
  description: 'Where it lies, or an input whose value says so, such as `{{ photo }}`; a `data:` URL holds it itself.',
});
const mediaType = text(100, 1).optional().meta({ description: 'Such as `image/png`.' });

export const TextPart = z.strictObject({ type: z.literal('text'), text: template }).meta({ id: 'TextPart' });
export const ImagePart = z
  .strictObject({ type: z.literal('image'), url, mediaType, detail: z.enum(['auto', 'low', 'high']).optional() })
  .meta({ id: 'ImagePart' });
export const AudioPart = z.strictObject({ type: z.literal('audio'), url, mediaType }).meta({ id: 'AudioPart' });
export const FilePart = z
  .strictObject({ type: z.literal('file'), url, mediaType, name: word.optional() })
  .meta({ id: 'FilePart' });
export const ToolCallPart = z
  .strictObject({ type: z.literal('tool_call'), id: word, name: word, arguments: jsonObject(65_536) })
  .meta({ id: 'ToolCallPart', description: 'What a model asked a tool for; `id` is that of its answer.' });
export const ToolResultPart = z
  .strictObject({
    type: z.literal('tool_result'),
    id: word,
    name: word.optional(),
    content: template,
    isError: z.boolean().optional(),
  })
  .meta({ id: 'ToolResultPart', description: 'What a tool answered; `id` is that of the call.' });

/** A piece of a message. Each text in it is a template, save its `type`. */
export const MessagePart = z
  .discriminatedUnion('type', [TextPart, ImagePart, AudioPart, FilePart, ToolCallPart, ToolResultPart])
  .meta({ id: 'MessagePart' });
export type MessagePart = z.infer<typeof MessagePart>;

/** A turn of a chat prompt, or a place where the caller's own messages go. */
export const ChatMessage = asSent(
  z
    .union([
      z.strictObject({
        role: MessageRole.describe('Who says it.'),
        content: z
          .union([template, z.array(MessagePart).min(1).max(MAX_PARTS)])
          .describe('A text, or parts: texts, pictures, sound, files, calls of tools and their results.'),
      }),
      z.strictObject({
        type: z.literal('placeholder').describe('Here the messages go that the caller gives.'),
        name: z
          .string()
          .max(100, { abort: true })
          .check(formatted('placeholder_name', /^[a-zA-Z][a-zA-Z0-9_]*$/))
          .describe('The input that they are.'),
      }),
    ])
    .meta({ id: 'ChatMessage' }),
);
export type ChatMessage = z.infer<typeof ChatMessage>;

export const ChatMessages = z.array(ChatMessage).min(1).max(200);
