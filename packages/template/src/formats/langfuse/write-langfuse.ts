import type { JsonObject } from '../../json-value.ts';
import { type BodyWriter, bodyIn, braced, textWithoutBraces } from '../document/braced-text.ts';
import { type DocumentPrompt, FormatFault } from '../document/prompt-document.ts';
import { plainText, said } from '../document/written-file.ts';

const INCLUDE = '@@@langfusePrompt:';

const writer: BodyWriter = {
  text(text, next, within) {
    if (text.includes(INCLUDE)) throw new FormatFault(`"${INCLUDE}" as text cannot be written there`, { within });
    return textWithoutBraces(text, next, within);
  },
  value: braced,
  include(reference) {
    const [, name, sign, target] = /^([^@#|"\\]+)([@#])([\w.-]+)$/.exec(reference) ?? [];
    return name === undefined ? null : `${INCLUDE}name=${name}|${sign === '#' ? 'version' : 'label'}=${target}@@@`;
  },
};

/** A prompt as an item of Langfuse's bulk export, which its import takes. @throws FormatFault */
export function writeLangfuse(prompt: DocumentPrompt): JsonObject {
  const { name, version, config, tags, labels, changeNote } = prompt;
  return said({ name, version, ...bodyOf(prompt), config, tags, labels, commitMessage: changeNote });
}

function bodyOf({ content, messages }: DocumentPrompt): JsonObject {
  if (messages === null) return { type: 'text', prompt: bodyIn(writer, content ?? '', 'content') };
  const prompt = messages.map((message, index): JsonObject => {
    const within = `messages[${index}]`;
    if ('name' in message) return { type: 'placeholder', name: message.name };
    return { role: message.role, content: bodyIn(writer, plainText(message.content, within), within) };
  });
  return { type: 'chat', prompt };
}
