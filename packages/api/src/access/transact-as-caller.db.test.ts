import { expect, it } from 'vitest';
import { callersOf, codeOf, givenApi } from '../../test/index.ts';

const { services, cast, as } = await givenApi();

it('undoes what a caller who was answered meanwhile would otherwise be told that it failed', async () => {
  const { id } = await as(cast.alice).prompts.create({ title: 'Slow', content: 'before' });
  const late = callersOf(services).as(cast.alice.principal, { isAnswered: () => true });
  expect(await codeOf(late.prompts.update({ id, content: 'after', tags: ['late'] }))).toBe('server.busy');
  expect(await codeOf(late.prompts.updateMany({ prompts: [{ id, content: 'after' }] }))).toBe('server.busy');
  expect(await codeOf(late.prompts.create({ title: 'Late', content: 'x' }))).toBe('server.busy');
  expect(await codeOf(late.groups.create({ name: 'Late' }))).toBe('server.busy');
  expect(await codeOf(late.prompts.delete({ id }))).toBe('server.busy');

  expect(await as(cast.alice).prompts.get({ id })).toMatchObject({ content: 'before', tags: [], version: 1 });
  expect((await as(cast.alice).prompts.list({ owner: 'me' })).items.map(({ title }) => title)).toEqual(['Slow']);
  expect((await as(cast.alice).groups.list()).items).toEqual([]);
});
