import { stringify } from 'yaml';
import type { JsonObject } from '../../json-value.ts';
import { type BodyWriter, bodyIn, textWithoutBraces } from '../document/braced-text.ts';
import { type DocumentPrompt, FormatFault } from '../document/prompt-document.ts';
import { isAny, plainText, said } from '../document/written-file.ts';

const writer: BodyWriter = {
  text: textWithoutBraces,
  value: ([name, member]) => (member === undefined && name !== undefined ? `{{${name}}}` : null),
};

/** A prompt as a file of GitHub Models. A text is one message of the user there. @throws FormatFault */
export function writeGitHubModels(prompt: DocumentPrompt): string {
  const { title, description, config, outputSchema } = prompt;
  const { model, ...modelParameters } = config;
  const hasSchema = outputSchema !== null && !isAny(outputSchema);
  const file = said({
    name: title,
    description,
    model,
    modelParameters: isAny(modelParameters) ? null : modelParameters,
    messages: messagesOf(prompt),
    responseFormat: hasSchema ? 'json_schema' : isAny(outputSchema) ? 'json_object' : null,
    jsonSchema: hasSchema ? JSON.stringify({ name: 'answer', strict: true, schema: outputSchema }) : null,
  });
  return stringify(file, { lineWidth: 0 });
}

function messagesOf({ content, messages }: DocumentPrompt): JsonObject[] {
  const turns = messages ?? [{ role: 'user' as const, content: content ?? '' }];
  return turns.map((message, index) => {
    const within = messages === null ? 'content' : `messages[${index}]`;
    if ('name' in message) throw new FormatFault('a place for messages cannot be written there', { within });
    return { role: message.role, content: bodyIn(writer, plainText(message.content, within), within) };
  });
}
