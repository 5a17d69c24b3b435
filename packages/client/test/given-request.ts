import { isPromptoryError } from '../src/errors/promptory-error.ts';
import type { ModelRequest } from '../src/providers/model-request.ts';

/** A pixel, as PNG and as JPEG by its name. */
export const PNG = 'data:image/png;base64,iVBORw0KGgo=';

export const givenRequest = (parts: Partial<ModelRequest> = {}): ModelRequest => ({
  ...{
    text: 'How urgent is this?',
    messages: null,
    config: { model: 'm', maxTokens: 100 },
    outputSchema: null,
    ...parts,
  },
});

/** A conversation with all that every maker takes. */
export const conversation: NonNullable<ModelRequest['messages']> = [
  { role: 'system', content: 'Be brief.' },
  {
    role: 'user',
    content: [
      { type: 'text', text: 'What is on it?' },
      { type: 'image', url: 'https://example.org/1.png', detail: 'low' },
      { type: 'image', url: PNG },
    ],
  },
  {
    role: 'assistant',
    content: [
      { type: 'text', text: 'I look.' },
      { type: 'tool_call', id: 'c1', name: 'look', arguments: { at: [1, 2] } },
    ],
  },
  { role: 'tool', content: [{ type: 'tool_result', id: 'c1', content: 'A cat', isError: false }] },
  { role: 'user', content: 'And?' },
];

const parameters = {
  type: 'object',
  properties: { at: { type: 'array', items: { type: 'integer' } } },
  required: ['at'],
};

/** One tool as each of the makers writes it. */
export const toolForms: object[] = [
  { name: 'look', description: 'Looks.', inputSchema: parameters },
  { name: 'look', description: 'Looks.', input_schema: parameters },
  { type: 'function', name: 'look', description: 'Looks.', parameters },
  { type: 'function', function: { name: 'look', description: 'Looks.', parameters } },
];
export { parameters as toolParameters };

export const mood = {
  type: 'object',
  properties: {
    mood: { enum: ['good', 'bad'] },
    why: { type: ['object', 'null'], properties: { word: { type: 'string' } }, required: ['word'] },
  },
  required: ['mood', 'why'],
};

/** The paths of what a maker has no counterpart for. */
export function faultsOf(make: () => unknown): string[] {
  try {
    make();
  } catch (error) {
    if (isPromptoryError(error, 'client.not_expressible')) return error.errors.map(({ path }) => path);
    throw error;
  }
  return [];
}

/** A `fetch` for an SDK, which answers nothing, and the bodies that it was given. */
export function keptBodies() {
  const bodies: unknown[] = [];
  const fetch = async (_: unknown, init?: { body?: unknown }) => {
    bodies.push(JSON.parse(String(init?.body)));
    return new Response('{}', { headers: { 'content-type': 'application/json' } });
  };
  return { bodies, fetch };
}
