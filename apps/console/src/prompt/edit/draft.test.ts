import { describe, expect, it } from 'vitest';
import { type Draft, draftOf, emptyDraft, isSameVersion, savedDraft } from './draft.ts';

const filed = { category: null, tags: ['a', 'b'], slug: 'triage', visibility: 'public' as const, isTemplate: false };
const version = { title: 'Triage', description: '', content: 'Sort: {{ ticket }}', messages: null };
const documents = { inputSchema: { properties: {} }, outputSchema: null, config: { model: 'm', '10': 'ten' } };
const saved: Draft = draftOf({ ...version, ...documents, ...filed });

describe('a draft', () => {
  it('sends nothing of what nobody has touched and a browser may have read in another order', () => {
    expect(savedDraft({ ...saved, content: 'Sort it: {{ ticket }}' }, saved)).toEqual({
      ...{ title: 'Triage', description: '', kind: 'text', content: 'Sort it: {{ ticket }}' },
      ...{ category: null, tags: ['a', 'b'] },
    });
  });

  it('sends what was taken away as nothing, and another slug, visibility and use', () => {
    const changes = { inputSchema: ' ', config: '', slug: ' other ', visibility: 'private' as const, isTemplate: true };
    expect(savedDraft({ ...saved, ...changes }, saved)).toMatchObject({
      ...{ inputSchema: null, config: {}, slug: 'other', visibility: 'private', isTemplate: true },
    });
  });

  it('says of a new prompt who reads it, whatever else the account would have, and lets the title make its slug', () => {
    const sent = savedDraft({ ...emptyDraft, title: 'New', content: 'x' }, null);
    expect(sent).toMatchObject({ visibility: 'private', isTemplate: false, inputSchema: null, config: {} });
    expect(sent).not.toHaveProperty('slug');
  });

  it('makes a version by what that holds, and none by what a prompt is filed under', () => {
    const filing = { category: 'c', tags: 'x', slug: 's', visibility: 'private' as const, isTemplate: true };
    expect(isSameVersion({ ...saved, ...filing, changeNote: 'why' }, saved)).toBe(true);
    for (const changes of [
      ...[{ title: 'x' }, { description: 'x' }, { content: 'x' }, { config: '{}' }, { inputSchema: '' }],
      ...[{ outputSchema: '{}' }, { messages: [] }],
    ]) {
      expect(isSameVersion({ ...saved, ...changes }, saved), JSON.stringify(changes)).toBe(false);
    }
  });
});
