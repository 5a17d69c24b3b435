import { mood, toolParameters } from './given-request.ts';

// What the AI SDK, in each of its versions that are tried, asks a model of the same requests.

/** How a model answers one text, that takes images by their address, so that the SDK fetches none. */
export const answersText = (text: string) => ({
  supportedUrls: { 'image/*': [/^https:/] },
  // The types of what is answered differ from version to version, and what is answered does not.
  doGenerate: (async () => ({
    content: [{ type: 'text', text }],
    finishReason: { unified: 'stop', raw: undefined },
    usage: { inputTokens: { total: 1 }, outputTokens: { total: 1 } },
    warnings: [],
  })) as never,
});

/** Of a text with these settings, answered by the schema of `mood`. */
export const textConfig = { model: 'm', max_tokens: 9, temperature: 0, top_p: 0.5, stop: ['x'], seed: 1 };
export const textAsked = {
  ...{ maxOutputTokens: 9, temperature: 0, topP: 0.5, stopSequences: ['x'], seed: 1 },
  responseFormat: { type: 'json', schema: mood },
  prompt: [{ role: 'user', content: [{ type: 'text', text: 'How urgent is this?' }] }],
};

/** Of `conversation`, with the first of `toolForms` and no tool to be chosen. */
export const conversationAsked = {
  tools: [{ type: 'function', name: 'look', description: 'Looks.', inputSchema: toolParameters }],
  toolChoice: { type: 'none' },
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'What is on it?' }, { type: 'file' }, { type: 'file' }] },
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I look.' },
        { type: 'tool-call', toolCallId: 'c1', toolName: 'look', input: { at: [1, 2] } },
      ],
    },
    {
      role: 'tool',
      content: [{ type: 'tool-result', toolCallId: 'c1', toolName: 'look', output: { type: 'text', value: 'A cat' } }],
    },
    { role: 'user', content: [{ type: 'text', text: 'And?' }] },
  ],
};

/** A system that speaks later as well, and a file. */
export const laterSystem = [
  { role: 'developer', content: 'A' },
  { role: 'user', content: 'B' },
  { role: 'system', content: 'C' },
  { role: 'user', content: [{ type: 'file', url: 'data:application/pdf;base64,AAAA', name: 'a.pdf' }] },
];
export const laterSystemRoles = ['system', 'user', 'system', 'user'];
