import type { ChatMessage } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { readableContent, textOf } from './versioned-content.ts';

const turns = (...contents: string[]): ChatMessage[] => contents.map((content) => ({ role: 'user', content }));

function faultOf(messages: readonly ChatMessage[]): string | undefined {
  try {
    textOf({ kind: 'chat', messages });
  } catch (error) {
    if (error instanceof AppError) return error.errors[0]?.message;
    throw error;
  }
  return undefined;
}

describe('the messages of a chat', () => {
  it('have a bound together, in characters and in bytes of JSON', () => {
    expect(faultOf(turns('字'.repeat(100_000), '字'.repeat(100_000)))).toBeUndefined();
    expect(faultOf(turns('x'.repeat(100_000), 'x'.repeat(100_001)))).toContain('200000 characters');
    expect(faultOf(turns('\u0001'.repeat(50_000), '\u0001'.repeat(50_000)))).toBeUndefined();
    expect(faultOf(turns('\u0001'.repeat(50_000), '\u0001'.repeat(50_001)))).toContain('600000 bytes');
  });

  it('count with all that their parts hold', () => {
    const part = (length: number): ChatMessage => ({
      role: 'user',
      content: [{ type: 'text', text: 'x'.repeat(length) }],
    });
    expect(faultOf([part(199_900)])).toBeUndefined();
    expect(faultOf([part(200_000)])).toContain('200000 characters');
    const call = { type: 'tool_call' as const, id: 'a', name: 'f', arguments: { text: 'x'.repeat(60_000) } };
    expect(faultOf([{ role: 'assistant', content: [call, call, call, call] }])).toContain('200000 characters');
  });

  it('read as text, part by part, which is never longer than they are', () => {
    const messages: ChatMessage[] = [
      { role: 'developer', content: 'Be {{ tone }}.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image', url: '{{ photo }}', detail: 'low' },
          { type: 'audio', url: 'https://example.com/a.mp3', mediaType: 'audio/mpeg' },
          { type: 'file', url: '{{ report }}', name: 'report.pdf' },
        ],
      },
      { role: 'assistant', content: [{ type: 'tool_call', id: '1', name: 'look_up', arguments: { id: '{{ id }}' } }] },
      { role: 'tool', content: [{ type: 'tool_result', id: '1', content: 'A cat', isError: false }] },
      { type: 'placeholder', name: 'history' },
    ];
    const content = readableContent(messages);
    expect(content).toBe(
      [
        'developer:\nBe {{ tone }}.',
        'user:\nWhat is this?\n[image {{ photo }}]\n[audio https://example.com/a.mp3]\n[file report.pdf]',
        'assistant:\nlook_up({"id":"{{ id }}"})',
        'tool:\nA cat',
        '[history]',
      ].join('\n\n'),
    );
    expect(content.length).toBeLessThan(JSON.stringify(messages).length);
  });

  it('stay as they are where a change does not touch them', () => {
    const former = { content: '', messages: turns('\u0001'.repeat(150_000)) };
    expect(textOf({}, former).messages).toEqual(former.messages);
  });
});
