import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase } from '@promptory/db/testing';
import { sql } from 'kysely';
import { givenPerson, type Person } from '../../fixtures/people.ts';
import { codeOf } from '../../harness/code-of.ts';
import { MailOutbox, type TestServices, testServices } from '../../harness/services.ts';
import type { AccountAction } from './account-actions.ts';
import { givenWorld, stateOf, type World, type WorldKind } from './account-world.ts';
import { openSide, type Side } from './stepped-database.ts';

// Two actions on one account. The first is stopped before one of its statements, the second runs whole, or until it waits for
// a lock, and the first goes on: so for every statement. Between two statements a program does nothing that another one
// can see, so no other place to stop is left. What comes out must be what one of the two orders gives: that in which they were
// committed, where the second did not wait. And in each order what puts a thief out must have put them out.

/** What came of two actions: what each was answered, the mails that went out, and all that is stored. */
type Outcome = string;

export interface Interleaved {
  /** How many places to stop were tried. */
  readonly runs: number;
  /** What came out as in neither order. */
  readonly deviations: readonly string[];
}

export interface Interleaver {
  /** Tries `second` before every statement of `first`. */
  pair(kind: WorldKind, first: AccountAction, second: AccountAction): Promise<Interleaved>;
  close(): Promise<void>;
}

/** A database of its own, with two sides that have connections of their own. */
export async function openInterleaver(): Promise<Interleaver> {
  const database = await createTestDatabase({ max: 2 });
  const one = openSide(database.connectionString, 'the first');
  const other = openSide(database.connectionString, 'the second');
  const services = testServices(database.db);
  const root = await givenPerson(services, { role: 'admin' });
  const orders = new Map<string, Promise<Outcome>>();

  const inOrder = (kind: WorldKind, actions: readonly [AccountAction, AccountAction]): Promise<Outcome> => {
    const name = [kind, ...actions.map((each) => each.name)].join('|');
    const known = orders.get(name) ?? runInOrder({ services, one, root }, kind, actions);
    orders.set(name, known);
    return known;
  };

  /** Of two actions, where the one that takes a right is done and the other refused whole. */
  const oneRefused = async (kind: WorldKind, pair: readonly [AccountAction, AccountAction]): Promise<Outcome[]> => {
    const outcomes: Outcome[] = [];
    for (const [done, other] of [pair, pair.toReversed()] as const) {
      if (done?.refusesWhatIsUnderWay !== true || other === undefined) continue;
      const name = [kind, done.name, 'refused', other.name].join('|');
      const known = orders.get(name) ?? runInOrder({ services, one, root }, kind, [done], other);
      orders.set(name, known);
      outcomes.push(await known);
    }
    return outcomes;
  };

  return {
    async pair(kind, first, second) {
      const [firstThenSecond, secondThenFirst] = [
        await inOrder(kind, [first, second]),
        await inOrder(kind, [second, first]),
      ];
      const deviations = [firstThenSecond, secondThenFirst].flatMap((outcome) => leftOpen(outcome));
      for (let stop = 1; ; stop += 1) {
        const run = await runInterleaved({ services, one, other, root }, kind, [first, second], stop);
        if (run === null) return { runs: stop - 1, deviations };
        const isStrict = run.isSecondCommittedFirst && first.eitherOrder !== true;
        const inTheirOrders = isStrict ? [secondThenFirst] : [firstThenSecond, secondThenFirst];
        const expected = [...inTheirOrders, ...(await oneRefused(kind, [first, second]))];
        if (!expected.includes(run.outcome)) {
          const what = difference(run.outcome, expected);
          deviations.push(`${kind}: “${second.name}” before statement ${stop} of “${first.name}”: ${what}`);
        }
      }
    },
    async close() {
      await one.close();
      await other.close();
      await database.drop();
    },
  };
}

const POLL_MS = 3;

interface Sides {
  readonly services: TestServices;
  readonly one: Side;
  readonly root: Person;
}

/** What an action is given on one side: that side's connections, and a mailer of its own. */
const on = (services: TestServices, side: Side): TestServices => ({
  ...services,
  db: side.db,
  mailer: new MailOutbox(),
});

async function runInOrder(
  { services, one, root }: Sides,
  kind: WorldKind,
  actions: readonly AccountAction[],
  refused?: AccountAction,
): Promise<Outcome> {
  const world = await givenWorld(services, kind, root);
  one.restart();
  const done: Done[] = [];
  for (const action of actions) done.push(await run(action, on(services, one), world));
  if (refused !== undefined) done.push({ name: refused.name, code: 'refused', mails: [] });
  return outcomeOf(services, world, done);
}

/** @returns null when the first is done before it comes to where it was to stop */
async function runInterleaved(
  { services, one, other, root }: Sides & { readonly other: Side },
  kind: WorldKind,
  [first, second]: readonly [AccountAction, AccountAction],
  stop: number,
): Promise<{ outcome: Outcome; isSecondCommittedFirst: boolean } | null> {
  const world = await givenWorld(services, kind, root);
  const { paused, resume } = one.restart(stop);
  other.restart();
  const ofFirst = run(first, on(services, one), world);
  const isPaused = await Promise.race([paused.then(() => true), ofFirst.then(() => false)]);
  if (!isPaused) return null;
  const ofSecond = run(second, on(services, other), world);
  const isDone = await untilDoneOrWaiting(services, other, ofSecond);
  const isSecondCommittedFirst = isDone && one.ended === 0;
  resume();
  return { outcome: await outcomeOf(services, world, [await ofFirst, await ofSecond]), isSecondCommittedFirst };
}

/** @returns false when it waits for a lock */
async function untilDoneOrWaiting({ db }: TestServices, side: Side, running: Promise<unknown>): Promise<boolean> {
  let isDone = false;
  void running.then(() => {
    isDone = true;
  });
  while (!isDone) {
    const { rows } = await sql`
      SELECT FROM pg_stat_activity
      WHERE datname = current_database() AND application_name = ${side.name} AND wait_event_type = 'Lock'
    `.execute(db);
    if (rows.length > 0) return false;
    await sleep(POLL_MS);
  }
  return true;
}

interface Done {
  readonly name: string;
  readonly code: string;
  readonly mails: readonly string[];
}

async function run({ name, act }: AccountAction, services: TestServices, world: World): Promise<Done> {
  const answered = await codeOf(act(services, world));
  // Why it was refused may differ: it may have seen the other one's beginning. A fault of ours is never right.
  const code = answered === 'ok' || answered.startsWith('server.') ? answered : 'refused';
  return { name, code, mails: services.mailer.sent.map(({ to, subject }) => `${to}: ${subject}`) };
}

async function outcomeOf({ db }: TestServices, world: World, done: readonly Done[]): Promise<Outcome> {
  const said = done.map(({ name, code }) => `${name}: ${code}`).toSorted();
  const { account, newEmail, thiefsEmail } = world;
  const named = (mail: string): string =>
    mail
      .replaceAll(account.email, 'its address')
      .replaceAll(newEmail, 'new address')
      .replaceAll(thiefsEmail, 'thief’s address');
  // By what they say: addresses differ from run to run, and so does their order.
  const text = JSON.stringify(done.flatMap(({ mails }) => mails.map(named)).toSorted());
  const state = await stateOf(db, world);
  // Else each run would look through the mails of all those before.
  await sql`DELETE FROM graphile_worker._private_jobs`.execute(db);
  return [...said, text, state].join('\n');
}

/** What puts a thief out, once it is done; all but a suspension end a password of theirs too. */
const securing = ['reset', 'change the password', 'turn the factor on', 'confirm by a new password', 'suspend'];

/** What a thief is left after an outcome in which somebody put them out. */
function leftOpen(outcome: Outcome): string[] {
  const lines = outcome.split('\n');
  const done = securing.filter((name) => lines.includes(`${name}: ok`));
  if (done.length === 0) return [];
  const open = ['["verify_email", "thief’s address"]', '["verify_email", "new address"]', '["thief", '];
  if (!done.includes('suspend')) open.push('thief has chosen');
  const state = lines.at(-1) ?? '';
  return open.filter((text) => state.includes(text)).map((text) => `${lines.slice(0, 2).join(', ')}: ${text} is left`);
}

/** The lines and fields in which an outcome is neither of the two expected. */
function difference(outcome: Outcome, expected: readonly Outcome[]): string {
  const parts = (text: string): string[] => text.split(/\n|(?<=[\]},]) (?="[a-z]+": )/);
  const known = new Set(expected.flatMap(parts));
  const strange = parts(outcome).filter((part) => !known.has(part));
  return strange.length > 0
    ? strange.join(' · ')
    : `a mixture of both orders: ${outcome.split('\n').slice(0, 2).join(' · ')}`;
}
