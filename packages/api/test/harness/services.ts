import { createAccessTokens, createCredentialMarks, createSecretBox, type PasswordHasher } from '@promptory/auth';
import type { Clock, Db, Limiter, Log, Mail, Mailer, Services, UsageEvent, Workers } from '../../src/context.ts';
import { bundleKeyOf } from '../../src/domain/bundles/bundle-signature.ts';
import { defaultQuotas } from '../../src/domain/quotas/quota-limits.ts';
import { createLive } from '../../src/live/live.ts';
import { noMemory } from '../../src/memory/memory.ts';
import { runTask } from '../../src/tasks.ts';

/** A clock that stands until it is moved. */
export class ManualClock implements Clock {
  #now: number;

  constructor(start = Date.now()) {
    this.#now = start;
  }

  now(): Date {
    return new Date(this.#now);
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
  }
}

/** Keeps the mails that it is given to send. */
export class MailOutbox implements Mailer {
  readonly sent: Mail[] = [];

  async send(mail: Mail): Promise<void> {
    this.sent.push(mail);
  }
}

export const silentLog: Log = { info: () => undefined, warn: () => undefined, error: () => undefined };

export const noLimits: Limiter = { consume: async () => ({ allowed: true, retryAfterSeconds: 0 }) };

// Argon2id is tested where it lives; here it would only cost time.
export const plainPasswords: PasswordHasher = {
  hash: async (password) => `plain:${password}`,
  verify: async (hash, password) => hash === `plain:${password}`,
  verifyNothing: async () => false as const,
};

/** Does what workers do at once and in this thread. */
const workersHere: Workers = { run: async (name, ...input) => runTask(name, input) };

const SECRETS = ['a secret of thirty-two bytes, or more'];

/** Reports nothing: what is watched is what it was at first. */
const quietFeed = { listen: () => () => undefined, isCurrent: () => true, position: () => null };

export interface TestServices extends Services {
  readonly clock: ManualClock;
  readonly mailer: MailOutbox;
  readonly recorded: UsageEvent[];
}

/** Services with only clock, mail, limits and password hashing replaced. The database is real. */
export function testServices(db: Db, settings: Partial<Services['settings']> = {}): TestServices {
  const recorded: UsageEvent[] = [];
  return {
    db,
    reads: null,
    clock: new ManualClock(),
    log: silentLog,
    limiter: noLimits,
    mailer: new MailOutbox(),
    recorded,
    usage: { record: (event) => recorded.push(event) },
    keptEntries: () => true,
    workers: workersHere,
    memory: noMemory,
    live: createLive({
      feed: quietFeed,
      pool: { query: () => Promise.reject(new Error('Nothing is told.')) } as never,
      log: silentLog,
      streams: 1_000,
    }),
    passwords: plainPasswords,
    accessTokens: createAccessTokens({ secrets: SECRETS, issuer: 'promptory', audience: 'promptory' }),
    secretBox: createSecretBox(SECRETS),
    marks: createCredentialMarks(SECRETS),
    serverKey: Buffer.alloc(32, 7),
    bundleKey: bundleKeyOf(Buffer.alloc(32, 9)),
    settings: {
      publicUrl: 'https://promptory.example',
      requireEmailVerification: false,
      registration: { mode: 'open' },
      quotas: defaultQuotas,
      ...settings,
    },
  };
}
