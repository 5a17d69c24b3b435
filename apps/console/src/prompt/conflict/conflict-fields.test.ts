import { describe, expect, it } from 'vitest';
import { emptyDraft } from '../edit/draft.ts';
import { newMessage } from '../edit/messages/draft-message.ts';
import { conflictFields, decided, suggested } from './conflict-fields.ts';

const draft = (changes: object) => ({ ...emptyDraft, title: 'Triage', content: 'One\nTwo\nThree', ...changes });
const base = draft({});

describe('what two people changed at once', () => {
  it('is nothing where both wrote the same', () => {
    expect(conflictFields(base, draft({ title: 'Sorting' }), draft({ title: 'Sorting' }))).toEqual([]);
  });

  it('is suggested as it was changed, by whoever changed it', () => {
    const fields = conflictFields(base, draft({ title: 'Theirs' }), draft({ tags: 'mine' }));
    expect(fields.map((field) => [field.name, suggested(field)])).toEqual([
      ['title', 'theirs'],
      ['tags', 'mine'],
    ]);
  });

  it('is both, where they changed other lines', () => {
    const theirs = draft({ content: 'One, theirs\nTwo\nThree' });
    const mine = draft({ content: 'One\nTwo\nThree, mine' });
    const fields = conflictFields(base, theirs, mine);
    expect(fields).toMatchObject([{ name: 'text', both: 'One, theirs\nTwo\nThree, mine' }]);
    expect(decided(fields, new Map(), theirs, mine).content).toBe('One, theirs\nTwo\nThree, mine');
  });

  it('is what was typed here, where both changed one line', () => {
    const [theirs, mine] = [draft({ content: 'Theirs' }), draft({ content: 'Mine' })];
    const fields = conflictFields(base, theirs, mine);
    expect(fields).toMatchObject([{ both: null }]);
    expect(decided(fields, new Map(), theirs, mine).content).toBe('Mine');
    expect(decided(fields, new Map([['text', { choice: 'theirs' }]]), theirs, mine).content).toBe('Theirs');
    expect(decided(fields, new Map([['text', { text: 'Ours' }]]), theirs, mine).content).toBe('Ours');
  });

  it('is all messages or none of a chat', () => {
    const theirs = draft({ messages: [newMessage('user', 'Theirs')], content: '' });
    const mine = draft({ content: 'Mine' });
    const fields = conflictFields(base, theirs, mine);
    expect(fields).toMatchObject([{ name: 'text', theirs: 'user: Theirs', both: null }]);
    expect(decided(fields, new Map(), theirs, mine)).toMatchObject({ content: 'Mine', messages: null });
    const taken = decided(fields, new Map([['text', { choice: 'theirs' }]]), theirs, mine);
    expect(taken.messages).toMatchObject([{ role: 'user', text: 'Theirs' }]);
  });

  it('is the messages of both of a chat, where they changed other ones, and one of them twice', () => {
    const chat = (...texts: string[]) =>
      draft({ content: '', messages: texts.map((text) => newMessage('user', text)) });
    const theirs = chat('One, theirs', 'Two', 'Three', 'Four');
    const mine = chat('One', 'Two', 'Three', 'Two');
    const fields = conflictFields(chat('One', 'Two', 'Three'), theirs, mine);
    expect(fields).toMatchObject([{ both: null, theirs: expect.stringContaining('user: One, theirs') }]);
    const other = chat('One', 'Two', 'Two', 'Three, mine');
    const [field] = conflictFields(chat('One', 'Two', 'Two', 'Three'), chat('Theirs', 'Two', 'Two', 'Three'), other);
    expect(field?.both).toBe('user: Theirs\n\nuser: Two\n\nuser: Two\n\nuser: Three, mine');
    const { messages } = decided(field === undefined ? [] : [field], new Map(), theirs, other);
    expect(messages?.map((message) => 'text' in message && message.text)).toEqual([
      ...['Theirs', 'Two', 'Two', 'Three, mine'],
    ]);
    expect(new Set(messages?.map(({ key }) => key)).size).toBe(4);
  });

  it('leaves what nobody has to decide as it was typed', () => {
    const mine = draft({ description: 'Mine', changeNote: 'Why' });
    const fields = conflictFields(base, draft({ title: 'Theirs' }), mine);
    expect(decided(fields, new Map(), draft({ title: 'Theirs' }), mine)).toMatchObject({
      title: 'Theirs',
      description: 'Mine',
      changeNote: 'Why',
    });
  });
});
