import { measuredQueries } from '@promptory/db/testing';
import { expect, it } from 'vitest';
import { callersOf, givenApi, givenGroup, givenPerson, givenPrompts } from '../../test/index.ts';

const { pool, services } = await givenApi();
const measured = measuredQueries(pool);

it('looks at no entry of groups that others put their prompts into', async () => {
  const [owner, stranger] = [await givenPerson(services), await givenPerson(services)];
  const ids = (await givenPrompts(services, owner, 30)).map(({ id }) => id);
  const asks = callersOf({ ...services, db: measured.db }).as(stranger.principal);
  const costOf = async (): Promise<number> => {
    measured.take();
    await asks.prompts.list({ q: 'prompt' });
    await asks.prompts.list({});
    await asks.library.list({});
    return measured.take().rows;
  };
  await givenGroup(services, { owner, promptIds: ids });
  const inOne = await costOf();
  for (let group = 0; group < 30; group += 1) await givenGroup(services, { owner, promptIds: ids });
  const inMany = await costOf();
  expect(inOne).toBeGreaterThan(30);
  // There are 900 more entries.
  expect(inMany).toBeLessThan(inOne + 300);
});
