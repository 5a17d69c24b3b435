import { describe, expect, it } from 'vitest';
import { codeOf, givenApi, givenPrompt } from '../../../../test/index.ts';

const { services, cast, as } = await givenApi();
const { alice, mallory } = cast;

const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    ({ cause: { code, errors, extra } }) => ({ code, errors, extra }),
  );

describe('rendering', () => {
  it('answers the text of a text prompt, with the settings to ask a model with and the version that was used', async () => {
    const outputSchema = { type: 'object' };
    const { id } = await as(alice).prompts.create({
      ...{ title: 'Greet', content: 'Hello {{ name }}!', config: { model: 'm' }, outputSchema },
    });
    await as(alice).prompts.update({ id, content: 'Good day, {{ name }}.' });
    const value = '{{ other }}{% if %}';
    expect(await as(alice).prompts.render({ id, inputs: { name: value } })).toEqual({
      ...{ promptId: id, version: 2, kind: 'text', text: `Good day, ${value}.`, messages: null },
      ...{ config: { model: 'm' }, outputSchema },
    });
    expect(await as(alice).prompts.render({ id, version: 1, inputs: { name: 'Ann' } })).toMatchObject({
      ...{ version: 1, text: 'Hello Ann!' },
    });
  });

  it('answers the messages of a chat, with those of the caller in the place of a placeholder', async () => {
    const { id } = await as(alice).prompts.create({
      ...{ title: 'Chat', kind: 'chat' },
      messages: [
        { role: 'developer', content: 'Be {{ tone | default: "kind" }}.' },
        { type: 'placeholder', name: 'history' },
        {
          role: 'user',
          content: [
            { type: 'text', text: '{{ question }}' },
            { type: 'image', url: '{{ photo }}' },
          ],
        },
      ],
    });
    const history = [{ role: 'assistant', content: 'Ask me.', name: 'bot' }];
    const inputs = { history, question: 'What is it?', photo: 'data:image/png;base64,AA' };
    expect(await as(alice).prompts.render({ id, inputs })).toMatchObject({
      text: null,
      messages: [
        { role: 'developer', content: 'Be kind.' },
        history[0],
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image', url: 'data:image/png;base64,AA' },
          ],
        },
      ],
    });
    const wrong = { id, lenient: true, inputs: { history: [{ role: 'root', content: 'x' }] } };
    expect(await codeOf(as(alice).prompts.render(wrong))).toBe('prompt.inputs_invalid');
  });

  it('lists every value that is missing, unknown or of another type, unless it is lenient', async () => {
    const { id } = await as(alice).prompts.create({
      ...{ title: 'Strict', content: '{{ user.name }} {{ count | plus: 1 }} {{ tone }}' },
      inputSchema: { type: 'object', properties: { tone: { enum: ['warm', 'cool'] } } },
    });
    const inputs = { user: { nmae: 'x' }, count: 'many', tone: 'hot', more: 1 };
    const refusal = (await refusalOf(as(alice).prompts.render({ id, inputs }))) as {
      code: string;
      errors: { path: string; code: string }[];
    };
    expect(refusal.code).toBe('prompt.inputs_invalid');
    expect(refusal.errors.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      'inputs.count invalid_type',
      'inputs.more unrecognized_key',
      'inputs.tone invalid_value',
      'inputs.user.name required',
      'inputs.user.nmae unrecognized_key',
    ]);
    expect(await as(alice).prompts.render({ id, lenient: true, inputs: { count: 1 } })).toMatchObject({ text: ' 2 ' });
  });

  it('refuses a text that is no template, and says where', async () => {
    const { id } = await as(alice).prompts.create({ title: 'Pasted', content: 'One\nUse {{ name' });
    const fault = { code: 'unclosed', line: 2, column: 5, messageIndex: null, message: expect.any(String) };
    expect(await refusalOf(as(alice).prompts.render({ id }))).toMatchObject({
      ...{ code: 'prompt.template_invalid', extra: { fault } },
    });
    const endless = '{% for a in (1..9000) %}{% for b in (1..9000) %}{% endfor %}{% endfor %}';
    const work = await as(alice).prompts.create({ title: 'Endless', content: endless });
    expect(await refusalOf(as(alice).prompts.render({ id: work.id }))).toMatchObject({
      ...{ code: 'prompt.template_invalid', extra: { fault: { code: 'limit' } } },
    });
  });

  it('gives to workers what is long, and answers the same', async () => {
    const content = `{{ name }}${'x'.repeat(10_000)}`;
    const { id } = await as(alice).prompts.create({ title: 'Long', content });
    const { text } = await as(alice).prompts.render({ id, inputs: { name: 'A' } });
    expect(text).toBe(`A${'x'.repeat(10_000)}`);
    expect(await codeOf(as(alice).prompts.render({ id }))).toBe('prompt.inputs_invalid');
  });

  it('is also of the version that a reference names', async () => {
    const { id } = await as(alice).prompts.create({ title: 'Named', slug: 'named', content: 'One {{ a }}' });
    await as(alice).prompts.update({ id, content: 'Two {{ a }}' });
    const render = (ref: string) => as(alice).prompts.renderRef({ ref, inputs: { a: 1 } });
    expect(await codeOf(render('named'))).toBe('label.not_found');
    await as(alice).labels.move({ id, label: 'production', version: 1 });
    expect(await render('named')).toEqual(await as(alice).prompts.render({ id, version: 1, inputs: { a: 1 } }));
    expect(await render('alice/named@latest')).toMatchObject({ promptId: id, version: 2, text: 'Two 1' });
    expect(await codeOf(as(mallory).prompts.renderRef({ ref: 'alice/named' }))).toBe('prompt.not_found');
    expect(await codeOf(as(alice).prompts.renderRef({ ref: 'named', inputs: {} }))).toBe('prompt.inputs_invalid');
    expect(services.recorded.filter(({ kind, promptId }) => kind === 'render' && promptId === id)).toHaveLength(3);
  });

  it('is for whoever may read the prompt, and of a version that there is', async () => {
    const { id } = await givenPrompt(services, alice, 'Hidden');
    expect(await codeOf(as(mallory).prompts.render({ id }))).toBe('prompt.not_found');
    expect(await codeOf(as(alice).prompts.render({ id, version: 9 }))).toBe('prompt.version_not_found');
  });
});
