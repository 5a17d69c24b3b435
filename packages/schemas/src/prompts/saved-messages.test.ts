import { describe, expect, it } from 'vitest';
import { ChatMessages, CreatePromptInput, faultsOf, SavedMessages } from '../index.ts';

const text = { type: 'text', text: 'x' };
const image = { type: 'image', url: '{{ photo }}' };
const call = (id: string) => ({ type: 'tool_call', id, name: 'look_up', arguments: {} });
const result = (id: string) => ({ type: 'tool_result', id, content: 'found' });
const says = (role: string, ...content: unknown[]) => ({ role, content });
const history = { type: 'placeholder', name: 'history' };

const faultsIn = (messages: unknown[]): string[] => {
  const { error } = SavedMessages.safeParse(messages);
  return error === undefined
    ? []
    : faultsOf(error).map(({ path, code, message }) => `${path.join('.')} ${code} ${message}`);
};

describe('messages that are saved', () => {
  it.each([
    ['a call and its result', [says('assistant', text, call('1')), says('tool', result('1'))]],
    [
      'a result in a turn of the user, as Anthropic has it',
      [says('assistant', call('1')), says('user', result('1'), text)],
    ],
    ['a result of what the caller’s own messages asked for', [history, says('tool', result('1'))]],
    ['ids that inputs give', [says('assistant', call('{{ id }}')), says('tool', result('1'), result('{{ id }}'))]],
    ['pictures of the user, and of a model that draws', [says('user', image), says('assistant', image)]],
    [
      'several calls, answered in another order',
      [says('assistant', call('1'), call('2')), says('tool', result('2'), result('1'))],
    ],
    ['a call that is yet to be answered', [says('user', text), says('assistant', call('1'))]],
  ])('may hold %s', (_, messages) => {
    expect(faultsIn(messages)).toEqual([]);
  });

  it.each([
    [
      [says('user', text, call('1'))],
      /^0\.content\.1\.type out_of_place .*"tool_call" in a message of role "user", only of "assistant"$/,
    ],
    [[says('system', image)], /^0\.content\.0\.type out_of_place .*only of "user" or "assistant"$/],
    [[says('developer', { type: 'file', url: 'https://x.example/a.pdf' })], /^0\.content\.0\.type /],
    [[says('assistant', result('1'))], /^0\.content\.0\.type .*only of "user" or "tool"$/],
    [[says('tool', text)], /^0\.content\.0\.type /],
    [[{ role: 'tool', content: 'found' }], /^0\.content out_of_place .*"tool_result" parts/],
    [[says('tool', result('1'))], /^0\.content\.0\.id out_of_place Must be the `id` of an earlier "tool_call"$/],
    [[says('assistant', call('1')), says('tool', result('2'))], /^1\.content\.0\.id /],
    [[says('tool', result('1')), says('assistant', call('1'))], /^0\.content\.0\.id /],
    [[says('assistant', call('1'), call('1'))], /^0\.content\.1\.id out_of_place Must be another one/],
  ])('hold nothing that no provider takes: %j', (messages, fault) => {
    expect(faultsIn(messages)).toEqual([expect.stringMatching(fault)]);
    // What was saved before is answered all the same.
    expect(ChatMessages.safeParse(messages).success).toBe(true);
  });

  it('name every place at once, by its path in the prompt', () => {
    const messages = [says('user', call('1'), text, call('2')), { role: 'tool', content: 'x' }];
    const { error } = CreatePromptInput.safeParse({ title: 'T', kind: 'chat', messages });
    expect(faultsOf({ issues: error?.issues ?? [] }).map(({ path }) => path.join('.'))).toEqual([
      ...['messages.0.content.0.type', 'messages.0.content.2.type', 'messages.1.content'],
    ]);
  });
});
