import { filterNames, inferInputs, parse, promptFault, TemplateError } from '@promptory/template';
import type { Asked, Checked } from './checked.ts';

/** Reads a text by the same language as the server's, apart from the page, which stays quick however long the text is. */
function check(text: string): Checked {
  try {
    const inputs = inferInputs([parse(text)]).properties ?? {};
    return { fault: null, inputs: Object.keys(inputs as object), filters: filterNames };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const { message, line, column } = promptFault(error);
    return { fault: { message, line: line ?? 1, column: column ?? 1 }, inputs: [], filters: filterNames };
  }
}

self.addEventListener('message', ({ data }: MessageEvent<Asked>) => {
  self.postMessage({ number: data.number, checked: check(data.text) });
});
