import { describe, expect, it } from 'vitest';
import { answers } from './answers.ts';
import type { Version } from './questions.ts';

const version = (changes: Partial<Version>): Version => ({
  ...{ title: 'Triage', description: '', content: 'Sort: {{ ticket }}', messages: null },
  ...{ config: {}, inputSchema: null, outputSchema: null },
  ...changes,
});

describe('what a version becomes', () => {
  it.each<[string, Partial<Version>, string[]]>([
    ['nothing that breaks', { content: 'Sort this: {{ ticket }}' }, []],
    ['an input more', { content: '{{ order }}: {{ ticket }}' }, ['/order']],
    ['an input more that has a default', { content: '{{ order | default: "age" }}: {{ ticket }}' }, []],
    ['an answer of another kind', { outputSchema: { type: 'object' } }, ['']],
  ])('is compared with what it was: %s', (_, changes, paths) => {
    const { breaks } = answers.review({ before: version({}), after: version(changes) });
    expect(breaks?.map(({ path }) => path)).toEqual(paths);
  });

  it('is a chat with the text that the server makes of it', () => {
    const messages = [{ role: 'system', content: 'Be kind.' }];
    const before = version({ messages, content: 'system:\nBe kind.' });
    const same = answers.review({ before, after: version({ messages, content: '' }) });
    expect([same.diff.content.changed, same.diff.messages.changes, same.breaks]).toEqual([false, [], []]);
    const other = version({ messages: [{ role: 'system', content: 'Be {{ mood }}.' }], content: '' });
    const changed = answers.review({ before, after: other });
    expect(changed.diff.content.runs.map(({ type }) => type)).toEqual(['same', 'removed', 'added']);
    expect(changed.breaks?.map(({ path }) => path)).toEqual(['/mood']);
  });

  it('breaks nobody where it is no template, but says so', () => {
    const { after, breaks, diff } = answers.review({ before: version({}), after: version({ content: '{% if %}' }) });
    expect([after.inputs, breaks, diff.content.changed]).toEqual([null, null, true]);
    expect(after.fault).toMatch(/\S/);
  });

  it('says what it includes, and what a declaration that is no schema lacks', () => {
    const { includes } = answers.read(version({ content: "{% render 'ada/tone' %}{% render 'ada/tone' %}" }));
    expect(includes).toEqual(['ada/tone']);
    expect(answers.read(version({ content: '{% render %}' })).includes).toBeNull();
    expect(answers.read(version({ inputSchema: { type: 'objet' } }))).toMatchObject({
      inputs: null,
      fault: expect.stringContaining('/type'),
    });
    expect(
      answers.read(version({ inputSchema: { properties: { ticket: { type: 'array' } }, type: 'object' } })).conflicts,
    ).toHaveLength(1);
  });
});

describe('what a prompt says', () => {
  const inputs = { type: 'object', properties: { ticket: { type: 'string' } }, required: ['ticket'] };

  it('is its text, or its messages, with the values', () => {
    const values = { ticket: 'late' };
    expect(answers.render({ content: 'Sort: {{ ticket }}', messages: null, values, inputs })).toEqual({
      said: { content: 'Sort: late', messages: null },
    });
    const messages = [{ role: 'user', content: '{{ ticket }}' }];
    expect(answers.render({ content: '', messages, values, inputs })).toEqual({
      said: { content: '', messages: [{ role: 'user', content: 'late' }] },
    });
  });

  it('is nothing yet, by input, where a value lacks', () => {
    const asked = { content: 'Sort: {{ ticket }}', messages: null, values: {}, inputs };
    expect(answers.render(asked)).toMatchObject({
      said: null,
      why: 'Not yet: ticket',
      faults: { ticket: expect.any(String) },
    });
  });
});

describe('what a prompt includes', () => {
  const tone = {
    key: 'tone#2',
    content: "Be {{ mood }}, {{ name }}.{% render 'end' %}",
    inputSchema: { properties: { mood: { enum: ['kind', 'brisk'] } } },
    includes: [{ name: 'end', key: 'end#1' }],
  };
  const end = { key: 'end#1', content: ' Yours.', inputSchema: null, includes: [] };
  const included = { includes: [{ name: 'ada/tone', key: 'tone#2' }], texts: [tone, end] };
  const content = "{% render 'ada/tone', name: 'Ada' %} {{ ticket }}";

  it('is rendered with it, and nothing of it before it is known', () => {
    const inputs = answers.read(version({ content, included })).inputs ?? {};
    const asked = { content, messages: null, values: { mood: 'kind', ticket: 'Late' }, inputs };
    expect(answers.render({ ...asked, included })).toEqual({
      said: { content: 'Be kind, Ada. Yours. Late', messages: null },
    });
    const messages = [{ role: 'user', content }];
    expect(answers.render({ ...asked, content: '', messages, included })).toMatchObject({
      said: { messages: [{ content: 'Be kind, Ada. Yours. Late' }] },
    });
    expect(answers.render(asked)).toMatchObject({ said: null, why: 'What it includes is being fetched …' });
  });

  it('has its inputs, as their author declares them, and breaks whoever does not give them', () => {
    const { inputs } = answers.read(version({ content, included }));
    expect(inputs).toMatchObject({ properties: { mood: { enum: ['kind', 'brisk'] } }, required: ['mood', 'ticket'] });
    const after = version({ content, included });
    const { breaks } = answers.review({ before: version({ content: '{{ ticket }}' }), after });
    expect(breaks?.map(({ path }) => path)).toEqual(['/mood']);
    const again = answers.review({ before: version({ content }), promised: inputs, after });
    expect(again.breaks).toEqual([]);
  });

  it('is a fault by its name where it leads nowhere or is no template, and is named all the same', () => {
    const missing = answers.read(version({ content, included: { includes: [], texts: [] } }));
    expect(missing).toMatchObject({
      inputs: null,
      includes: ['ada/tone'],
      fault: expect.stringContaining('`ada/tone`'),
    });
    const bad = { ...included, texts: [{ ...tone, content: '{% if %}' }] };
    expect(answers.read(version({ content, included: bad })).fault).toContain('in the included `ada/tone`');
    const around = { ...included, texts: [{ ...tone, includes: [{ name: 'end', key: 'tone#2' }] }] };
    expect(answers.read(version({ content, included: around })).fault).toContain('includes itself');
  });
});
