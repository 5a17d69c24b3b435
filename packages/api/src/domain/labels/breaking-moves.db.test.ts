import { expect, it } from 'vitest';
import { contextOf, errorOf, givenApi } from '../../../test/index.ts';
import type { SignedInContext } from '../../context.ts';
import { withBreaks } from './breaking-moves.ts';

const { cast, as, services } = await givenApi();
const { alice, mallory } = cast;

it('says no word of what a version took by a prompt that is hidden, and breaks nobody where nothing changes', async () => {
  const { prompts, labels } = as(alice);
  await prompts.create({ title: 'Left', slug: 'left-tone', content: '{{ a }}' });
  const { id } = await prompts.create({
    ...{ title: 'Includes', content: "{% render 'left-tone' %}", visibility: 'public' },
  });
  await prompts.update({ id, content: "Again: {% render 'left-tone' %}" });
  await prompts.update({ id, content: '{{ b }}' });
  await labels.move({ id, label: 'production', version: 1 });
  const check = (version: number) => as(mallory).labels.check({ id, label: 'production', version });
  expect(await check(2)).toMatchObject({ isCompatible: true, breakCount: 0, breaks: [] });
  expect(await check(3)).toMatchObject({ isCompatible: false, breakCount: 1, breaks: [{ path: '' }] });
  expect(await labels.check({ id, label: 'production', version: 3 })).toMatchObject({
    breaks: expect.arrayContaining([expect.objectContaining({ path: '/b' })]),
  });
});

it('gives up a move whose step is another one five times in a row', async () => {
  let times = 0;
  const who = { userId: alice.id, isAdmin: false, groupId: null };
  const ctx = { ...contextOf(services, alice.principal), who, idempotencyKey: null } as SignedInContext;
  const moving = withBreaks(ctx, [], async ({ of }) => {
    times += 1;
    return of({ promptId: 'another', from: times, to: times });
  });
  expect(await errorOf(moving)).toMatchObject({ code: 'server.busy', retryAfterSeconds: 1 });
  expect(times).toBe(5);
});
