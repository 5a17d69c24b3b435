import {
  checkSchema,
  compare,
  diffVersions,
  filterNames,
  type InputSchema,
  includePlaces,
  inferInputs,
  parse,
  promptFault,
  promptInputs,
  readableContent,
  TemplateError,
  type VersionContent,
} from '@promptory/template';
import { linked, messagesOf, parsed } from './parsed.ts';
import type { Checked, Questions, Read, Reviewed, Source, Version } from './questions.ts';
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

function read(source: Source): Read {
  const declared = source.inputSchema as InputSchema | null;
  const nothing = { inputs: null, conflicts: [], includes: null };
  const [refused] = declared === null ? [] : checkSchema(declared);
  if (refused !== undefined) return { ...nothing, fault: `${refused.path || 'The declaration'} ${refused.message}` };
  let includes: readonly string[] | null = null;
  try {
    const prompt = parsed(source);
    includes = [...new Set(includePlaces(prompt).map(({ reference }) => reference))];
    const { included } = source;
    const { schema, conflicts } = promptInputs(included === undefined ? prompt : linked(prompt, included), declared);
    return { inputs: schema, fault: null, conflicts, includes };
  } catch (error) {
    return { ...nothing, includes, fault: promptFault(templateError(error)).message };
  }
}

/** With the text that the server makes of a chat. What crossed the wire, or is to cross it, is JSON. */
const wholeOf = (version: Version): VersionContent => {
  const { messages } = version;
  const content = messages === null ? version.content : readableContent(messagesOf(messages));
  return { ...(version as unknown as VersionContent), content };
};

function review({ before, promised, after }: Questions['review']['asked']): Reviewed {
  const is = read(after);
  const was: Read =
    promised === undefined ? read(before) : { inputs: promised, fault: null, conflicts: [], includes: null };
  const [old, now] = [wholeOf(before), wholeOf(after)];
  const diff = diffVersions(old, now);
  if (was.inputs === null || is.inputs === null) return { diff, before: was, after: is, breaks: null };
  const compared = compare(
    { inputs: was.inputs, output: old.outputSchema },
    { inputs: is.inputs, output: now.outputSchema },
  );
  return { diff, before: was, after: is, breaks: compared.compatible ? [] : compared.breaks };
}

/** What is none of these is a fault of the page. */
function templateError(error: unknown): TemplateError {
  if (error instanceof TemplateError) return error;
  throw error;
}
