import { expect, it } from 'vitest';
import { importAs } from '../../../../test/harness/transfers.ts';
import { givenApi, givenPerson } from '../../../../test/index.ts';
import { errorKinds } from '../../../errors.ts';

const { db, pool, services } = await givenApi();

it('imports what is around rows that the database refuses, and audits it all, once', async () => {
  await pool.query(`CREATE FUNCTION refuse_row() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'refused' USING ERRCODE = '54000'; END $$`);
  await pool.query(`CREATE TRIGGER refuse_rows BEFORE INSERT ON prompts FOR EACH ROW
      WHEN (NEW.title LIKE 'Bad%') EXECUTE FUNCTION refuse_row()`);
  const details = async (actorId: string) => {
    const entries = db.selectFrom('audit_log').select('details').where('actor_id', '=', actorId);
    return (await entries.where('action', '=', 'prompt.imported').execute()).map((entry) => entry.details);
  };
  for (const [titles, created] of [
    [['Good 1', 'Bad 2', 'Good 3', 'Good 4', 'Bad 5'], 3],
    [['Bad 1'], 0],
    [['Good 1', 'Good 2'], 2],
  ] as const) {
    const person = await givenPerson(services);
    const { events, outcomes } = await importAs(
      services,
      person,
      `title,content\n${titles.map((title) => `${title},x\n`).join('')}`,
    );
    expect(outcomes).toEqual(titles.map((title) => (title.startsWith('Bad') ? 'failed' : 'created')));
    const reasons = events.flatMap((event) =>
      event.type === 'row' && event.outcome === 'failed' ? [event.reason] : [],
    );
    expect(new Set(reasons)).toEqual(new Set(created < titles.length ? [errorKinds['request.invalid'].message] : []));
    const [rows, failed] = [titles.length, titles.length - created];
    // An import that has changed nothing leaves no entry.
    const entry = { rows, created, updated: 0, unchanged: 0, failed };
    expect(await details(person.id)).toEqual(created === 0 ? [] : [entry]);
  }
});
