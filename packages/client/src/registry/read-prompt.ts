import {
  type ChatTemplate,
  checkPlaceholders,
  fieldFault,
  InputError,
  type InputSchema,
  type InputValues,
  link,
  type MessageSource,
  type PlaceholderSource,
  parse,
  parseMessages,
  promptFault,
  promptInputs,
  type ResolveInclude,
  render,
  renderMessages,
  SchemaError,
  type Template,
  TemplateError,
} from '@promptory/template';
import { PromptoryError } from '../errors/promptory-error.ts';
import type { RenderedPrompt } from './prompt-handle.ts';
import type { PromptSource, TemplateFault } from './prompt-source.ts';

/** A prompt that has been parsed, with all that it includes. */
export interface ReadPrompt {
  /** @throws PromptoryError prompt.inputs_invalid, prompt.template_invalid */
  render(values: Readonly<Record<string, unknown>>, lenient: boolean): Pick<RenderedPrompt, 'text' | 'messages'>;
}

/** Reads a prompt, which may take some milliseconds. @throws PromptoryError prompt.template_invalid */
export function readPrompt(source: PromptSource): ReadPrompt {
  if (source.templateFault != null) throw templateInvalid(source.templateFault);
  const { template, inputs } = atTemplate(() => {
    const template = linked(source);
    const said = source.signature?.inputs as InputSchema | undefined;
    return { template, inputs: said ?? promptInputs(template, source.inputSchema as InputSchema | null).schema };
  });
  return {
    render: (values, lenient) => atTemplate(() => rendered(template, values, lenient ? 'lenient' : inputs)),
  };
}

function linked({ content, messages, promptId, version, includes = [], included = [] }: PromptSource) {
  const keyOf = (named: { promptId: string | null; version: number | null }) => `${named.promptId}#${named.version}`;
  const own = keyOf({ promptId, version });
  const byKey = new Map(included.map((one) => [keyOf(one), one]));
  const resolve: ResolveInclude = (reference, within = own) => {
    const around = within === own ? includes : byKey.get(within)?.includes;
    const named = around?.find(({ name }) => name === reference);
    const found = named === undefined ? undefined : byKey.get(keyOf(named));
    return found && { key: keyOf(found), source: found.content, declared: found.inputSchema as InputSchema | null };
  };
  return messages === null
    ? link(parse(content), resolve, own)
    : parseMessages(messages as readonly (MessageSource | PlaceholderSource)[]).link(resolve, own);
}

function rendered(template: Template | ChatTemplate, values: InputValues, inputs: InputSchema | 'lenient') {
  if (!('placeholders' in template)) return { text: render(template, values, inputs), messages: null };
  // What goes to a model is a list of messages, also where all else is taken as it comes.
  const faults = inputs === 'lenient' ? checkPlaceholders(template, values) : [];
  if (faults.length > 0) throw new InputError(faults);
  // Which parts a prompt may have, the server has checked; what a placeholder brings, whoever asks a model finds out.
  return { text: null, messages: renderMessages(template, values, inputs) as unknown as RenderedPrompt['messages'] };
}

function atTemplate<Value>(act: () => Value): Value {
  try {
    return act();
  } catch (error) {
    if (error instanceof InputError) throw inputsInvalid(error);
    if (error instanceof SchemaError) throw schemaInvalid(error);
    if (!(error instanceof TemplateError)) throw error;
    throw templateInvalid(promptFault(error));
  }
}

const inputsInvalid = (cause: InputError): PromptoryError =>
  new PromptoryError({
    code: 'prompt.inputs_invalid',
    message: `The values are not what the prompt takes: ${cause.message}`,
    errors: cause.faults.map((fault) => fieldFault(fault, 'inputs')),
  });

/** Of a schema that was saved before schemas were checked, or is the program’s own. */
export const schemaInvalid = ({ message }: Pick<Error, 'message'>): PromptoryError =>
  templateInvalid({ code: 'schema', message, line: null, column: null, messageIndex: null });

const templateInvalid = (fault: TemplateFault): PromptoryError =>
  new PromptoryError({
    code: 'prompt.template_invalid',
    message: `The text of the prompt is no template that can be rendered: ${fault.message}`,
    details: { fault },
  });
