import type { ChatMessage } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../errors.ts';
import { textOf } from './versioned-content.ts';

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

  it('stay as they are where a change does not touch them', () => {
    const former = { content: '', messages: turns('\u0001'.repeat(150_000)) };
    expect(textOf({}, former).messages).toEqual(former.messages);
  });
});
