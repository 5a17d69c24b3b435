import {
  checkSchema,
  compare,
  diffVersions,
  filterNames,
  type InputSchema,
  includePlaces,
  inferInputs,
  parse,
  parseMessages,
  promptFault,
  promptInputs,
  readableContent,
  TemplateError,
  type VersionContent,
} from '@promptory/template';
import type { Checked, Questions, Read, Reviewed, Source } from './questions.ts';
import { renderPrompt } from './render-prompt.ts';

/** The answers, by the same language as the server's. They are asked of a worker: they may take a while. */
export const answers: { [Name in keyof Questions]: (asked: Questions[Name]['asked']) => Questions[Name]['answer'] } = {
  check,
  read,
  render: renderPrompt,
  review,
};

function check(text: string): Checked {
  try {
    const inputs = inferInputs([parse(text)]).properties ?? {};
    return { fault: null, inputs: Object.keys(inputs as object), filters: filterNames };
  } catch (error) {
    const { message, line, column } = promptFault(templateError(error));
    return { fault: { message, line: line ?? 1, column: column ?? 1 }, inputs: [], filters: filterNames };
  }
}

function read({ content, messages, inputSchema }: Source): Read {
  const declared = inputSchema as InputSchema | null;
  const nothing = { inputs: null, conflicts: [], includes: [] };
  const [refused] = declared === null ? [] : checkSchema(declared);
  if (refused !== undefined) return { ...nothing, fault: `${refused.path || 'The declaration'} ${refused.message}` };
  try {
    const prompt = messages === null ? parse(content) : parseMessages(messagesOf(messages));
    const { schema, conflicts } = promptInputs(prompt, declared);
    const includes = [...new Set(includePlaces(prompt).map(({ reference }) => reference))];
    return { inputs: schema, fault: null, conflicts, includes };
  } catch (error) {
    return { ...nothing, fault: promptFault(templateError(error)).message };
  }
}

/** Of what is typed nobody has said yet that these are messages: what they lack the server says. */
const messagesOf = (messages: NonNullable<Source['messages']>) =>
  messages as unknown as Parameters<typeof parseMessages>[0];

function review({ before, after }: { before: VersionContent; after: VersionContent }): Reviewed {
  const [was, is] = [read(before), read(after)];
  // The text that the server makes of a chat.
  const content = after.messages === null ? after.content : readableContent(messagesOf(after.messages));
  const diff = diffVersions(before, { ...after, content });
  if (was.inputs === null || is.inputs === null) return { diff, before: was, after: is, breaks: null };
  const compared = compare(
    { inputs: was.inputs, output: before.outputSchema },
    { inputs: is.inputs, output: after.outputSchema },
  );
  return { diff, before: was, after: is, breaks: compared.compatible ? [] : compared.breaks };
}

/** What is none of these is a fault of the page. */
function templateError(error: unknown): TemplateError {
  if (error instanceof TemplateError) return error;
  throw error;
}
