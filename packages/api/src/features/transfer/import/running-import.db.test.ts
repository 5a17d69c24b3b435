import type { ImportEvent } from '@promptory/schemas';
import { describe, expect, it } from 'vitest';
import { collect } from '../../../../test/harness/collect.ts';
import { importAs } from '../../../../test/harness/transfers.ts';
import { callersOf, codeOf, errorOf, givenApi, givenPerson, type Person } from '../../../../test/index.ts';
import { deleteDeadImports } from '../../../domain/quotas/running-imports.ts';

const { db, services, as } = await givenApi({ max: 10 });

/** More rows than a batch has: the first batch is written while the file still comes. */
const ROWS = 501;
/** A file is read on by pieces of so many bytes. */
const PIECE = 65_536;

/** A file of which a batch is there, and the rest comes when it is let go. */
function slowFile() {
  const rest = Promise.withResolvers<void>();
  rest.promise.catch(() => undefined);
  const body = async function* () {
    yield Buffer.from(`title,content\n${'Same,same\n'.repeat(ROWS)}Last,${'x'.repeat(PIECE)}`);
    await rest.promise;
    yield Buffer.from('last\n');
  };
  return { body: body(), finish: () => rest.resolve(), breakOff: () => rest.reject(new Error('broken off')) };
}

/** Begins an import and waits until it is under way. */
async function begun(person: Person, { dryRun = false } = {}) {
  const file = slowFile();
  const stream = await callersOf(services)
    .as(person.principal)
    .transfer.import({ source: { type: 'text/csv', body: file.body }, dryRun });
  const events: AsyncIterator<ImportEvent> = stream[Symbol.asyncIterator]();
  await events.next();
  return { ...file, leave: () => events.return?.(), rest: () => collect({ [Symbol.asyncIterator]: () => events }) };
}

const importOne = (person: Person) => importAs(services, person, 'title,content\nOne,one\n');

const shown = async (person: Person) =>
  (await as(person).me.get({})).quotas.find(({ quota }) => quota === 'importsAtOnce');

const givenLimited = async (importsAtOnce: number): Promise<Person> => {
  const person = await givenPerson(services);
  const quotas = JSON.stringify({ importsAtOnce });
  await db.updateTable('account_resources').set({ quotas }).where('user_id', '=', person.id).execute();
  return person;
};

describe('imports at once', () => {
  it('are as many as the account may have, shown while they run, dry runs too', async () => {
    const person = await givenLimited(2);
    const [first, second] = [await begun(person), await begun(person, { dryRun: true })];
    expect(await shown(person)).toEqual({ quota: 'importsAtOnce', limit: 2, used: 2 });
    const refused = await errorOf(importOne(person));
    expect([refused.code, refused.extra]).toEqual(['quota.exceeded', { quota: 'importsAtOnce', limit: 2, used: 2 }]);
    expect(await codeOf(importOne(await givenPerson(services)))).toBe('ok');

    first.finish();
    expect((await first.rest()).at(-1)).toMatchObject({ type: 'done', created: ROWS + 1 });
    expect(await codeOf(importOne(person))).toBe('ok');
    second.finish();
    await second.rest();
    expect(await shown(person)).toMatchObject({ used: 0 });
  });

  it('of twenty that begin at once are as many as there is room for', async () => {
    const person = await givenLimited(3);
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, () =>
        begun(person).then(
          (one) => one,
          (error: Error) => error,
        ),
      ),
    );
    const running = outcomes.flatMap((outcome) => (outcome instanceof Error ? [] : [outcome]));
    expect(running).toHaveLength(3);
    for (const { finish } of running) finish();
    await Promise.all(running.map(({ leave }) => leave()));
    expect(await shown(person)).toMatchObject({ used: 0 });
  });

  it('give their place back when the file breaks off, when it cannot be read and when the caller goes away', async () => {
    const person = await givenLimited(1);
    const broken = await begun(person);
    broken.breakOff();
    await expect(broken.rest()).rejects.toThrow();
    expect(await codeOf(importAs(services, person, 'no,header\n'))).toBe('import.unreadable');
    const left = await begun(person);
    left.finish();
    await left.leave();
    expect(await codeOf(importOne(person))).toBe('ok');
  });

  it('whose process died count for two minutes, then no more, and leave no row', async () => {
    const person = await givenLimited(1);
    await begun(person);
    services.clock.advance(119_999);
    expect(await codeOf(importOne(person))).toBe('quota.exceeded');
    services.clock.advance(1);
    expect(await shown(person)).toMatchObject({ used: 0 });
    expect(await codeOf(importOne(person))).toBe('ok');
    expect(await db.selectFrom('running_imports').select('id').where('user_id', '=', person.id).execute()).toEqual([]);

    await begun(person);
    expect(await deleteDeadImports(db, services.clock.now())).toBe(0);
    services.clock.advance(120_000);
    expect(await deleteDeadImports(db, services.clock.now())).toBe(1);
  });

  it('that were silent for too long take a place anew, or end where others have taken it', async () => {
    const person = await givenLimited(1);
    const slow = await begun(person);
    services.clock.advance(120_000);
    const other = await begun(person);
    slow.finish();
    expect(await codeOf(slow.rest())).toBe('quota.exceeded');
    other.finish();
    await other.rest();

    const patient = await begun(person);
    services.clock.advance(120_000);
    await deleteDeadImports(db, services.clock.now());
    patient.finish();
    expect((await patient.rest()).at(-1)).toMatchObject({ type: 'done', rows: ROWS + 1, failed: 0 });
  });
});
