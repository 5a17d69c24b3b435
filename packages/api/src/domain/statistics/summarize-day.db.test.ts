import { expect, it } from 'vitest';
import { deliverMail, givenApi, queuedMail } from '../../../test/index.ts';
import { addEvents, type ServerCount } from './add-events.ts';
import { countStatistics } from './count-statistics.ts';
import { summarizeDay } from './summarize-day.ts';

const { db, pool, services, as, cast } = await givenApi();
const { clock } = services;
const DAY_MS = 86_400_000;
const startOfToday = new Date(Math.floor(clock.now().getTime() / DAY_MS) * DAY_MS);
const at = (days: number, milliseconds = 0): Date => new Date(startOfToday.getTime() + days * DAY_MS + milliseconds);
const dayOf = (moment: Date): string => moment.toISOString().slice(0, 10);

const used = (since: Date, amount: number): ServerCount => ({ kind: 'used', detail: 'read', amount, since });
const refused = (detail: string, amount: number): ServerCount => ({
  kind: 'limit_refused',
  detail,
  amount,
  since: at(-1),
});
const count = (now: Date) => countStatistics(db, now, { madeAt: at(-1, 3_600_000), storedAt: null });
const happened = async (day: Date) => {
  const { rows } = await pool.query('SELECT happened FROM daily_statistics WHERE day = $1', [dayOf(day)]);
  return rows[0]?.happened;
};

it('sums up the day before, from its first moment to its last, and once', async () => {
  await addEvents(db, [used(at(-2, 85_500_000), 1), used(at(-1), 2), used(at(-1, 85_500_000), 4), used(at(0), 8)]);
  await count(at(-1, 80_000_000));
  await count(at(0, 720_000));
  expect(await happened(at(-1))).toBeNull();
  expect(await summarizeDay(db, at(0, 720_000))).toBe(0);
  expect(await happened(at(-1))).toMatchObject({ uses: { read: 6 } });
  expect(await happened(at(0))).toBeNull();
  await addEvents(db, [used(at(-1), 16)]);
  expect(await summarizeDay(db, at(0, 800_000))).toBeNull();
  expect(await happened(at(-1))).toMatchObject({ uses: { read: 6 } });
});

it('has what there is now of a day of which nothing was counted', async () => {
  await pool.query('DELETE FROM daily_statistics');
  await count(at(0, 36_000_000));
  expect(await summarizeDay(db, at(0, 36_000_000))).toBe(0);
  const { rows } = await pool.query(
    'SELECT one.totals = other.totals AS same FROM daily_statistics AS one, daily_statistics AS other WHERE one.day < other.day',
  );
  expect(rows).toEqual([{ same: true }]);
});

it('mails it to administrators who want it, beside the day before, and to nobody else', async () => {
  await pool.query('DELETE FROM daily_statistics');
  await addEvents(db, [refused('login', 3), refused('search', 5)]);
  await count(at(-1, 40_000_000));
  expect(await summarizeDay(db, at(-1, 40_000_000))).toBe(0);
  await count(at(0, 720_000));
  expect(await queuedMail(db)).toEqual([]);
  const want = { emailNotifications: { dailySummary: true } };
  for (const person of [cast.root, cast.alice]) await as(person).preferences.update(want);
  expect(await summarizeDay(db, at(0, 720_000))).toBe(1);
  const [mail, ...others] = await deliverMail(services);
  expect(others).toEqual([]);
  expect(mail).toMatchObject({ to: cast.root.email, subject: `What happened on ${dayOf(at(-1))}` });
  for (const line of [
    'uses of prompts: 22 (1): read 22\n',
    'refused by limits: 8 (0): search 5, login 3\n',
    'sign-ins: 0 (0)\n',
    'of administrators\n',
    `The newest backup is of ${dayOf(at(-1))}, 01:00 UTC.`,
    'turn mails of this kind off here',
  ]) {
    expect(mail?.text).toContain(line);
  }
  expect(mail?.unsubscribe).toContain('/mail-preferences?token=');
});

it('mails nothing to whoever administers nothing any more by the time it is sent', async () => {
  await pool.query('UPDATE daily_statistics SET happened = NULL');
  expect(await summarizeDay(db, at(0, 720_000))).toBe(1);
  await pool.query("UPDATE users SET role = 'user' WHERE id = $1", [cast.root.id]);
  expect(await deliverMail(services)).toEqual([]);
});
