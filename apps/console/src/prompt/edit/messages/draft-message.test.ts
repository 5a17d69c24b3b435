import type { ChatMessage } from '@promptory/client';
import { describe, expect, it } from 'vitest';
import {
  type DraftMessage,
  draftMessage,
  inParts,
  keptMessage,
  newMessage,
  onlyText,
  savedMessage,
  withForm,
  writtenMessage,
} from './draft-message.ts';
import { newPart, partTypes, savedPart, withTyped } from './draft-part.ts';

const call = { type: 'tool_call', id: 'c1', name: 'find', arguments: { q: '{{ q }}', n: [1.5, null] } };
const parts: readonly object[] = [
  { text: 'Look at {{ photo }}', type: 'text' },
  { type: 'image', url: '{{ photo }}', detail: 'low' },
  { type: 'audio', mediaType: 'audio/wav', url: 'https://example.org/a.wav' },
  { type: 'file', url: 'data:text/plain,a', name: 'a.txt' },
  call,
  { type: 'tool_result', id: 'c1', content: '', isError: false },
];
const asMessage = (message: object) => message as ChatMessage;
const same = (message: object) => savedMessage(draftMessage(asMessage(message)), 0);

describe('a message as it is edited', () => {
  it.each<object>([
    { role: 'user', content: 'Hello\n{{ name }}' },
    { role: 'assistant', content: parts },
    { type: 'placeholder', name: 'history' },
  ])('is saved as it was, by a form: %j', (message) => {
    expect(draftMessage(asMessage(message)).kind).not.toBe('json');
    expect(JSON.stringify(same(message))).toBe(JSON.stringify(message));
  });

  it.each<object>([
    { role: 'user', content: 'Hello', name: 'Ada' },
    { role: 'critic', content: 'Hello' },
    { type: 'placeholder', name: 'history', most: 5 },
  ])('stays JSON where a form would leave something out: %j', (message) => {
    expect(draftMessage(asMessage(message)).kind).toBe('json');
    expect(JSON.stringify(same(message))).toBe(JSON.stringify(message));
  });

  it.each<object>([
    { type: 'video', url: 'https://example.org/v' },
    { type: 'image', url: 'x', alt: 'A cat' },
    { type: 'image', url: 'x', detail: 'huge' },
    { type: 'image', url: 5 },
    { type: 'image' },
    { type: 'file', url: 'x', name: '' },
    { type: 'tool_call', id: 'c', name: 'n', arguments: ['a'] },
    { type: 'tool_result', id: 'c', content: 'x', isError: 'true' },
    { text: 'x' },
  ])('has parts that stay JSON beside those that are forms: %j', (part) => {
    const draft = draftMessage(asMessage({ role: 'user', content: [{ type: 'text', text: 'a' }, part] }));
    expect(draft).toMatchObject({ kind: 'parts', parts: [{ type: 'text' }, { type: null }] });
    expect(JSON.stringify(savedMessage(draft, 0))).toBe(
      JSON.stringify({ role: 'user', content: [{ type: 'text', text: 'a' }, part] }),
    );
  });

  it('leaves out what is emptied, and keeps the order of the rest', () => {
    const draft = draftMessage(asMessage({ role: 'user', content: [{ type: 'file', name: 'a', url: 'x' }] }));
    const [part] = draft.kind === 'parts' ? draft.parts : [];
    if (part?.type !== 'file') throw new Error('It is no form.');
    const sent = (changed: typeof part) => JSON.stringify(savedPart(changed, ''));
    expect(sent(withTyped(part, 'url', 'y'))).toBe('{"type":"file","name":"a","url":"y"}');
    expect(sent(withTyped(withTyped(part, 'name', ''), 'url', ''))).toBe('{"type":"file","url":""}');
  });

  it('says which part is no JSON, and refuses what would be stored otherwise', () => {
    const part = newPart('tool_call');
    if (part.type !== 'tool_call') throw new Error('It is no form.');
    const message = (text: string): DraftMessage => ({
      ...{ key: 'k', kind: 'parts', role: 'assistant' },
      parts: [withTyped(part, 'arguments', text), { key: 'l', type: null, json: '{"type": "video"' }],
    });
    expect(() => savedMessage(message('[1]'), 1)).toThrow('Message 2, part 1: Arguments: this must be a JSON object');
    expect(() => savedMessage(message('{"n": 9007199254740993}'), 1)).toThrow('from 9007199254740993 on');
    expect(() => savedMessage(message('{}'), 1)).toThrow('Message 2, part 2: this is no JSON');
  });

  it.each(partTypes)('begins a part that the form shows again: %s', (type) => {
    const part = newPart(type);
    if (part.type === null) throw new Error('It is no form.');
    const draft = draftMessage(asMessage({ role: 'user', content: [savedPart(part, '')] }));
    expect(draft).toMatchObject({ parts: [{ type, typed: part.typed }] });
  });

  it('goes from a text to parts and back, and from JSON to a form, with all that was typed', () => {
    const text = newMessage('system', 'Be {{ mood }}.');
    const whole = inParts(text);
    expect([whole.key, onlyText(whole)]).toEqual([text.key, 'Be {{ mood }}.']);
    expect(savedMessage(whole, 0)).toEqual({ role: 'system', content: [{ type: 'text', text: 'Be {{ mood }}.' }] });
    const json = { key: 'k', kind: 'json', json: JSON.stringify({ role: 'user', content: parts }) } as const;
    expect(withForm(json)).toMatchObject({ key: 'k', kind: 'parts', role: 'user' });
    for (const other of ['{"role": "user"', '[]', '5', '{"role": "user", "content": 5}']) {
      expect(withForm({ ...json, json: other })).toEqual({ ...json, json: other });
    }
  });

  it('is read from what an earlier console has kept', () => {
    const kept = { key: 'k', role: 'user', text: 'Hello', isJson: false };
    expect(keptMessage(kept)).toEqual({ key: 'k', kind: 'text', role: 'user', text: 'Hello' });
    const json = JSON.stringify({ role: 'user', content: [call] });
    expect(keptMessage({ ...kept, text: json, isJson: true })).toMatchObject({
      key: 'k',
      parts: [{ type: 'tool_call' }],
    });
    expect(keptMessage({ ...kept, text: '{"role', isJson: true })).toEqual({ key: 'k', kind: 'json', json: '{"role' });
  });

  it('is read beside another one with all that its parts say', () => {
    const text = writtenMessage(draftMessage(asMessage({ role: 'user', content: [...parts, { type: 'video' }] })));
    for (const said of [
      'user:',
      'Look at {{ photo }}',
      'Address: {{ photo }}',
      'Detail: low',
      '"q": "{{ q }}"',
      '"video"',
    ])
      expect(text).toContain(said);
  });
});
