import { givenPerson, type Person } from '@promptory/api/testing';
import type { UserRole } from '@promptory/schemas';
import { givenApp } from '../../../harness/boot.ts';
import { bearer } from '../../../harness/transports.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { cookieHeaders, isLetIn, type RefreshWay, refreshBy, refreshWays, sessionFor } from './refresh-ways.ts';

// When a session ends that nobody ends: unused, and at the latest, by the role of the moment, to the millisecond.

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const server = await givenApp();

/** What a session is asked at its end. The last two do not spend its token. */
const uses = [...refreshWays, 'an access token', 'a cookie'] as const;
type Use = (typeof uses)[number];

const wayOf = (use: Use): RefreshWay =>
  use === 'an access token' ? 'REST' : use === 'a cookie' ? 'REST by cookie' : use;

/** A session under a clock that only goes forward from its start. */
class Lifetime {
  readonly use: Use;
  readonly #start: number;
  readonly #userId: string;
  readonly #sessionId: string;
  #token: string;

  private constructor(use: Use, account: Person, session: { sessionId: string; refreshToken: string }) {
    this.use = use;
    this.#start = server.services.clock.now().getTime();
    this.#userId = account.id;
    this.#sessionId = session.sessionId;
    this.#token = session.refreshToken;
  }

  static async start(use: Use, role: UserRole): Promise<Lifetime> {
    const account = await givenPerson(server.services, { role });
    return new Lifetime(use, account, await sessionFor(server, account, wayOf(use)));
  }

  /** Uses it at a time after its start. @returns whether it was still there */
  async usedAt(milliseconds: number): Promise<boolean> {
    const { clock, accessTokens } = server.services;
    this.#goTo(milliseconds);
    if (this.use === 'a cookie') return isLetIn(server, cookieHeaders(this.#token));
    if (this.use === 'an access token') {
      // One made this second, for it would have run out long before its session.
      const who = { userId: this.#userId, sessionId: this.#sessionId, now: clock.now() };
      return isLetIn(server, bearer((await accessTokens.sign(who)).token));
    }
    const answer = await refreshBy(server, this.use, this.#token);
    this.#token = answer.refreshToken;
    return answer.code === 'ok';
  }

  #goTo(milliseconds: number): void {
    const { clock } = server.services;
    clock.advance(this.#start + milliseconds - clock.now().getTime());
  }

  async becomesAt(milliseconds: number, role: UserRole): Promise<void> {
    this.#goTo(milliseconds);
    await server.services.db.updateTable('users').set({ role }).where('id', '=', this.#userId).execute();
  }
}

/** What happens to a session before its end is looked for. */
interface Course {
  readonly what: string;
  readonly role: UserRole;
  readonly steps: readonly (readonly [at: number, step: 'used' | UserRole])[];
  /** When it has ended. */
  readonly end: number;
}

const usedEach = (span: number, until: number) =>
  Array.from({ length: Math.ceil(until / span) - 1 }, (_, index) => [(index + 1) * span, 'used'] as const);

const courses: readonly Course[] = [
  { what: 'a user, unused', role: 'user', steps: [], end: 14 * DAY },
  { what: 'a user, used once', role: 'user', steps: [[3 * DAY + 1, 'used']], end: 17 * DAY + 1 },
  { what: 'a user, used all the time', role: 'user', steps: usedEach(7 * DAY, 30 * DAY), end: 30 * DAY },
  { what: 'a user, used just in time', role: 'user', steps: usedEach(14 * DAY - 1, 30 * DAY), end: 30 * DAY },
  { what: 'an admin, unused', role: 'admin', steps: [], end: 12 * HOUR },
  { what: 'an admin, used once', role: 'admin', steps: [[HOUR, 'used']], end: 13 * HOUR },
  { what: 'an admin, used all the time', role: 'admin', steps: usedEach(3 * HOUR, 24 * HOUR), end: 24 * HOUR },
  { what: 'an admin, used just in time', role: 'admin', steps: usedEach(12 * HOUR - 1, 24 * HOUR), end: 24 * HOUR },
  { what: 'promoted, unused', role: 'user', steps: [[HOUR, 'admin']], end: 12 * HOUR },
  { what: 'promoted late, unused', role: 'user', steps: [[12 * HOUR - 1, 'admin']], end: 12 * HOUR },
  {
    what: 'promoted, used before and after',
    role: 'user',
    steps: [
      [HOUR, 'used'],
      [2 * HOUR, 'admin'],
      [9 * HOUR, 'used'],
      [15 * HOUR, 'used'],
    ],
    end: 24 * HOUR,
  },
  {
    what: 'promoted after a day of use',
    role: 'user',
    steps: [
      [23 * HOUR, 'used'],
      [24 * HOUR - 2, 'admin'],
    ],
    end: 24 * HOUR,
  },
  { what: 'demoted, unused', role: 'admin', steps: [[HOUR, 'user']], end: 12 * HOUR },
  {
    what: 'demoted, and used after it: no longer than it was opened for',
    role: 'admin',
    steps: [
      [HOUR, 'user'],
      [2 * HOUR, 'used'],
    ],
    end: 24 * HOUR,
  },
  {
    what: 'promoted and demoted, and used after it',
    role: 'user',
    steps: [
      [HOUR, 'admin'],
      [2 * HOUR, 'used'],
      [3 * HOUR, 'user'],
      [4 * HOUR, 'used'],
    ],
    end: 4 * HOUR + 14 * DAY,
  },
];

async function follow(proof: Proof, course: Course, use: Use, offset: number): Promise<void> {
  const lifetime = await Lifetime.start(use, course.role);
  for (const [at, step] of course.steps) {
    if (step !== 'used') {
      await lifetime.becomesAt(at, step);
      continue;
    }
    const isThere = await lifetime.usedAt(at);
    if (!isThere) proof.deviation(`${course.what}, by ${use}: ended at ${at} ms`);
  }
  const isThere = await lifetime.usedAt(course.end + offset);
  proof.worksIf(
    offset < 0,
    isThere === offset < 0,
    () => `${course.what}, by ${use}: ${isThere} ${offset} ms from its end`,
  );
}

for (const use of uses) {
  proves('C2', `a session ends unused and at the latest to the millisecond, promoted or not: ${use}`, async (proof) => {
    for (const course of proof.sample(courses, 4)) {
      for (const offset of [-1, 0, 1]) await follow(proof, course, use, offset);
    }
  });
}
