import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { codeOf, requestTo } from './ways.ts';

const values = { ticket: 'It\'s "late" $HOME `id`\n\\n', urgency: 2, tags: ['a b'] };
const about = { reference: 'alice/support/triage', values, server: 'https://prompts.example.org' };

/** The arguments that a shell makes of a command, each with its end. */
const argumentsOf = (command: string): string[] =>
  execFileSync('sh', ['-c', `${command.replace(/^\S+/, 'printf "%s\\0"')}`], {
    encoding: 'utf8',
    env: { PROMPTORY_API_KEY: 'key' },
  })
    .split('\0')
    .slice(0, -1);

describe('a prompt as code', () => {
  it('is a call of the client with these values', () => {
    const code = codeOf('TypeScript', about);
    expect(code).toContain('promptory.prompt("alice/support/triage")');
    expect(JSON.parse(code.slice(code.indexOf('render(') + 7, code.lastIndexOf(')')))).toEqual(values);
  });

  it('is a request that a shell sends as it is, whatever the values hold', () => {
    const sent = argumentsOf(codeOf('curl', about));
    expect(sent[0]).toBe('https://prompts.example.org/prompts/resolve/render');
    expect(sent).toContain('Authorization: Bearer key');
    expect(JSON.parse(sent.at(-1) ?? '')).toEqual({ ref: 'alice/support/triage', inputs: values });
  });

  it('is a command with a text or JSON for each value', () => {
    expect(argumentsOf(codeOf('Command line', about))).toEqual([
      'render',
      'alice/support/triage',
      `ticket=${values.ticket}`,
      'urgency:=2',
      'tags:=["a b"]',
    ]);
  });
});

describe('a request to the maker of a model', () => {
  const request = { text: 'Hello', messages: null, config: { model: 'm', maxTokens: 5 }, outputSchema: null };

  it('is what the function of that maker makes', () => {
    const made = requestTo('Anthropic messages', request);
    expect('json' in made && JSON.parse(made.json)).toEqual({
      model: 'm',
      max_tokens: 5,
      messages: [{ role: 'user', content: 'Hello' }],
    });
  });

  it('says what cannot be put to it', () => {
    expect(requestTo('Anthropic messages', { ...request, config: {} })).toMatchObject({
      why: expect.stringContaining('config.model'),
    });
  });
});
