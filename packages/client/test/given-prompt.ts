/** A version of a prompt as `prompts.resolve` answers it, as far as the client looks at it. */
export const givenPrompt = (parts: object = {}) => ({
  ...{ promptId: '01900000-0000-7000-8000-000000000001', version: 1, ref: 'ann/greet', slug: 'greet', kind: 'text' },
  ...{ title: 'Greet', description: '', content: 'Hello {{ name }}!', messages: null, config: {}, label: 'production' },
  ...{ inputSchema: null, outputSchema: null, ...parts },
});
