import { randomUUID } from 'node:crypto';
import { patienceOf, setPatience } from '@promptory/db/testing';
import type { CreatedApiKey } from '@promptory/schemas';
import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  callersOf,
  codeOf,
  contextOf,
  errorOf,
  givenApi,
  givenKeyPrincipal,
  givenPrompt,
  givenSession,
} from '../../test/index.ts';
import type { IdempotencyHeader, Principal, SignedInContext } from '../context.ts';
import { deleteOldAnswers } from './delete-old-answers.ts';
import { replayOwnResult, runIdempotent } from './run-idempotent.ts';

const { db, services, cast } = await givenApi({ max: 10 });
const { alice, bob } = cast;

interface Sent extends IdempotencyHeader {
  replays: number;
}

const given = (value: string = randomUUID()): Sent => ({
  value,
  isOfOneCall: true,
  replays: 0,
  markReplayed() {
    this.replays += 1;
  },
});

const as = (principal: Principal, idempotencyHeader: IdempotencyHeader | null, more: Partial<typeof services> = {}) =>
  callersOf({ ...services, ...more }).as(principal, { idempotencyHeader });

const titled = async (title: string): Promise<number> =>
  (await db.selectFrom('prompts').select('id').where('title', '=', title).execute()).length;

const audited = async (action: string, targetId: string): Promise<number> =>
  (
    await db
      .selectFrom('audit_log')
      .select('id')
      .where('action', '=', action)
      .where('target_id', '=', targetId)
      .execute()
  ).length;

const storedAnswers = async (): Promise<number> =>
  (await db.selectFrom('idempotency_keys').select('key_hash').execute()).length;

/** Three calls on a group of alice's that bob edits, each made under its key and answered once more. */
async function answeredInGroup(name: string) {
  const { id } = await as(alice.principal, null).groups.create({ name });
  const prompt = await givenPrompt(services, alice, `In ${name}`);
  const open = await givenPrompt(services, alice, `Open, in ${name}`, { visibility: 'public' });
  await as(alice.principal, null).groups.addPrompt({ id, promptId: prompt.id });
  await as(alice.principal, null).members.add({ id, handle: bob.handle, role: 'editor' });
  const keys = [given(), given(), given()] as const;
  const [restored, added, shared] = keys;
  const restore = () => as(bob.principal, restored).versions.restore({ id: prompt.id, version: 1 });
  const add = () => as(bob.principal, added).groups.addPrompt({ id, promptId: open.id });
  const share = () => as(alice.principal, shared).members.add({ id, email: 'guest@example.com', role: 'viewer' });
  for (const call of [restore, add, share]) expect(await call()).toEqual(await call());
  return { id, open, restore, add, share, keys };
}

describe('a creating call with an Idempotency-Key', () => {
  it('has one effect and one answer when it is made twenty times at once', async () => {
    const sent = given();
    const input = { title: 'Twenty at once', content: 'Say it' };
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => as(alice.principal, sent).prompts.create({ ...input })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(await titled(input.title)).toBe(1);
    expect(await audited('prompt.created', answers[0]?.id ?? '')).toBe(1);
    expect(sent.replays).toBe(19);
  });

  it('gives the same secret again, and the account has one key', async () => {
    const sent = given();
    const create = () => as(bob.principal, sent).apiKeys.create({ name: 'ci', scopes: ['prompts:read'] });
    const answers: CreatedApiKey[] = [await create(), await create(), await create()];
    expect(new Set(answers.map(({ key }) => key)).size).toBe(1);
    expect((await as(bob.principal, null).apiKeys.list({})).items).toHaveLength(1);
  });

  it('gives the answer of then, though what was made has changed since', async () => {
    const sent = given();
    const input = { title: 'As it was', content: 'Say it' };
    const first = await as(alice.principal, sent).prompts.create(input);
    await as(alice.principal, null).prompts.delete({ id: first.id });
    expect(await as(alice.principal, sent).prompts.create(input)).toEqual(first);
  });

  it('gives no answer again of what was taken from the caller since', async () => {
    const { id, open, restore, add, share, keys } = await answeredInGroup('Shared for a while');

    await as(alice.principal, null).prompts.update({ id: open.id, visibility: 'private' });
    expect(await codeOf(add())).toBe('prompt.not_found');
    await as(alice.principal, null).members.remove({ id, userId: bob.id });
    expect([await codeOf(restore()), await codeOf(add())]).toEqual(['prompt.not_found', 'group.not_found']);
    await as(alice.principal, null).groups.delete({ id });
    expect(await codeOf(share())).toBe('group.not_found');
    expect(keys.map(({ replays }) => replays)).toEqual([1, 1, 1]);
  });

  it('gives no answer again to a member who may see what it is of, but no longer make the call', async () => {
    const { id, restore, add, share, keys } = await answeredInGroup('Handed over');

    await as(alice.principal, null).members.update({ id, userId: bob.id, role: 'viewer' });
    const ofAViewer = [await codeOf(restore()), await codeOf(add())];
    // Who hands a group over stays in it as an editor.
    await as(alice.principal, null).members.update({ id, userId: bob.id, role: 'owner' });
    const ofAnEditor = await codeOf(share());
    expect([...ofAViewer, ofAnEditor]).toEqual(['prompt.forbidden', 'group.forbidden', 'group.forbidden']);
    expect(keys.map(({ replays }) => replays)).toEqual([1, 1, 1]);
  });

  it('refuses another input under the same key, and takes the same one in another order', async () => {
    const sent = given();
    const first = await as(alice.principal, sent).groups.create({ name: 'One', description: 'two' });
    expect(await codeOf(as(alice.principal, sent).groups.create({ name: 'Another' }))).toBe(
      'request.idempotency_mismatch',
    );
    expect(await as(alice.principal, sent).groups.create({ description: 'two', name: 'One' })).toEqual(first);
  });

  it('is another call for another caller, another procedure and the same person by an API key', async () => {
    const sent = given('the-same-for-all');
    const input = { title: 'Not shared', content: 'Say it' };
    const key = await givenKeyPrincipal(services, alice, ['prompts:write']);
    const otherKey = await givenKeyPrincipal(services, alice, ['prompts:write']);
    const made = [
      await as(alice.principal, sent).prompts.create(input),
      await as(bob.principal, sent).prompts.create(input),
      await as(key, sent).prompts.create(input),
      await as(otherKey, sent).prompts.create(input),
      await as(alice.principal, sent).prompts.duplicate({ id: (await givenPrompt(services, alice, 'Origin')).id }),
    ];
    expect(new Set(made.map(({ id }) => id)).size).toBe(5);
    expect(sent.replays).toBe(0);
    // Another session of the same person is the same caller.
    const again = await as((await givenSession(services, alice)).principal, sent).prompts.create(input);
    expect(again).toEqual(made[0]);
  });

  it('is given its answer again when the server failed between the commit and the answer', async () => {
    const { id } = await givenPrompt(services, alice, 'Copied once');
    const sent = given();
    const failing = {
      usage: {
        record: () => {
          throw new Error('the process ends here');
        },
      },
    };
    expect(await codeOf(as(bob.principal, null).prompts.duplicate({ id }))).toBe('prompt.not_found');
    await errorOf(as(alice.principal, sent, failing).prompts.duplicate({ id }));
    const [copy] = await db.selectFrom('prompts').select('id').where('origin_prompt_id', '=', id).execute();
    const uses = services.recorded.length;
    const answer = await as(alice.principal, sent).prompts.duplicate({ id });
    expect(answer.id).toBe(copy?.id);
    expect(await db.selectFrom('prompts').select('id').where('origin_prompt_id', '=', id).execute()).toHaveLength(1);
    expect(services.recorded).toHaveLength(uses);
  });

  it('is tried anew after it failed, and leaves nothing of the failure', async () => {
    const sent = given();
    const input = { title: 'Slug in use', content: 'Say it', slug: 'in-use' };
    const other = await as(alice.principal, null).prompts.create({ ...input, title: 'The first' });
    const rows = await storedAnswers();
    expect(await codeOf(as(alice.principal, sent).prompts.create(input))).toBe('prompt.slug_taken');
    expect(await storedAnswers()).toBe(rows);
    await as(alice.principal, null).prompts.update({ id: other.id, slug: 'elsewhere' });
    expect((await as(alice.principal, sent).prompts.create(input)).slug).toBe('in-use');
    expect(sent.replays).toBe(0);
  });

  it('says that the first is still at it when that takes longer than a lock is waited for', async () => {
    const group = await as(alice.principal, null).groups.create({ name: 'Slow to invite' });
    const begun = Promise.withResolvers<void>();
    const finish = Promise.withResolvers<void>();
    // The count of mails is taken within the transaction.
    const limiter = {
      consume: async (name: string) => {
        if (name === 'mail') begun.resolve();
        if (name === 'mail') await finish.promise;
        return { allowed: true, retryAfterSeconds: 0 };
      },
    };
    // The second waits for a quarter of a second, not for as long as tests have patience.
    const patience = patienceOf(db);
    setPatience(db, 0.05);
    onTestFinished(() => setPatience(db, patience));
    const sent = given();
    const invite = () =>
      as(alice.principal, sent, { limiter }).members.add({ id: group.id, email: 'slow@example.com', role: 'viewer' });
    const first = invite();
    await begun.promise;
    const late = await errorOf(invite());
    finish.resolve();
    expect([late.code, late.status, late.retryAfterSeconds]).toEqual(['request.in_progress', 409, 1]);
    expect(await invite()).toEqual(await first);
    expect(await audited('group.invited', group.id)).toBe(1);
  });

  it('stores the answer for a day, and takes the key for a new one after it', async () => {
    const sent = given();
    const input = { title: 'For a day', content: 'Say it' };
    const first = await as(alice.principal, sent).prompts.create(input);
    services.clock.advance(24 * 3_600_000 - 1);
    expect((await as(alice.principal, sent).prompts.create(input)).id).toBe(first.id);
    services.clock.advance(1);
    const second = await as(alice.principal, sent).prompts.create({ ...input, content: 'Say another' });
    expect(second.id).not.toBe(first.id);
    expect((await as(alice.principal, sent).prompts.create({ ...input, content: 'Say another' })).id).toBe(second.id);
  });

  it('says that it was done when the secret of the server was changed meanwhile', async () => {
    const sent = given();
    const input = { title: 'Other secret', content: 'Say it' };
    await as(alice.principal, sent).prompts.create(input);
    const rotated = { serverKey: Buffer.alloc(32, 8) };
    expect(await codeOf(as(alice.principal, sent, rotated).prompts.create(input))).toBe('request.conflict');
    expect(await titled(input.title)).toBe(1);
  });

  it('is refused in a batch and with a key that is none', async () => {
    const input = { title: 'Refused', content: 'Say it' };
    const refused = [
      { ...given(), isOfOneCall: false },
      ...['', 'two words', 'é', 'line\nbreak', 'x'.repeat(256)].map((value) => given(value)),
    ].map((sent) => codeOf(as(alice.principal, sent).prompts.create(input)));
    expect(await Promise.all(refused)).toEqual(['request.batch_refused', ...Array(5).fill('request.malformed')]);
    expect(await titled(input.title)).toBe(0);
    expect((await as(alice.principal, given('x'.repeat(255))).prompts.create(input)).title).toBe('Refused');
  });

  it('is authorized anew: a caller who may no longer make the call is not given the answer', async () => {
    const sent = given();
    const input = { title: 'Rights', content: 'Say it' };
    const key = await givenKeyPrincipal(services, alice, ['prompts:write']);
    await as(key, sent).prompts.create(input);
    expect(await codeOf(as({ ...key, scopes: ['prompts:read'] }, sent).prompts.create(input))).toBe(
      'auth.scope_missing',
    );
  });

  it('counts no mail of an invitation twice', async () => {
    const group = await as(alice.principal, null).groups.create({ name: 'Inviting' });
    let counted = 0;
    const limiter = {
      consume: async (name: string) => {
        if (name === 'mail') counted += 1;
        return { allowed: true, retryAfterSeconds: 0 };
      },
    };
    const sent = given();
    const invite = () =>
      as(alice.principal, sent, { limiter }).members.add({ id: group.id, email: 'new@example.com', role: 'viewer' });
    const answers = await Promise.all(Array.from({ length: 5 }, invite));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(counted).toBe(1);
  });
});

describe('an effect of a creating call', () => {
  it('comes once, after the commit, though the transaction was given up and run again', async () => {
    const who = { userId: alice.id, isAdmin: false, groupId: null };
    const ctx = { ...contextOf(services, alice.principal), who, idempotencyKey: null } as SignedInContext;
    const happened: string[] = [];
    let runs = 0;
    const answer = await runIdempotent(ctx, {}, replayOwnResult, async (trx, afterCommit) => {
      runs += 1;
      const run = runs;
      afterCommit(() => happened.push(`effect of run ${run}`));
      happened.push(`run ${run}`);
      if (run < 3) await sql`do $$ begin raise exception 'conflict' using errcode = '40001'; end $$`.execute(trx);
      return `answer of run ${run}`;
    });
    expect(answer).toBe('answer of run 3');
    expect(happened).toEqual(['run 1', 'run 2', 'run 3', 'effect of run 3']);
  });
});

describe('what is stored', () => {
  it('shows neither key, nor answer, nor input', async () => {
    const sent = given('a-key-of-the-caller');
    const { key } = await as(alice.principal, sent).apiKeys.create({
      name: 'secretly named',
      scopes: ['prompts:read'],
    });
    const { rows } = await sql<{ row: string }>`
      SELECT encode(key_hash, 'escape') || encode(sealed_answer, 'escape') AS row FROM idempotency_keys
    `.execute(db);
    const all = rows.map(({ row }) => row).join('\n');
    expect(rows.length).toBeGreaterThan(0);
    expect([key, sent.value, 'secretly named'].filter((secret) => all.includes(secret))).toEqual([]);
  });

  it('is deleted after a day, and not before', async () => {
    await as(alice.principal, given()).groups.create({ name: 'Deleted' });
    const now = services.clock.now();
    await deleteOldAnswers(db, now);
    expect(await storedAnswers()).toBeGreaterThan(0);
    const stored = await storedAnswers();
    expect(await deleteOldAnswers(db, new Date(now.getTime() + 24 * 3_600_000 + 1))).toBe(stored);
    expect(await storedAnswers()).toBe(0);
  });

  it('is one of the last thousand of its account, whose earlier ones are forgotten, and nobody else’s', async () => {
    const [{ id: many }, { id: other }] = [alice, bob];
    await db.deleteFrom('idempotency_keys').execute();
    for (const id of [many, other]) {
      await sql`
        INSERT INTO idempotency_keys (key_hash, sealed_answer, created_at, user_id)
        SELECT sha256((n || ${id})::bytea), decode(repeat('00', 64), 'hex'), ${services.clock.now()}::timestamptz - n * interval '1 s', ${id}::uuid
        FROM generate_series(1, 1000) AS n
      `.execute(db);
    }
    const sent = given();
    const create = () => as(alice.principal, sent).groups.create({ name: 'One more' });
    const first = await create();
    const left = await db
      .selectFrom('idempotency_keys')
      .select((eb) => ['user_id as userId', eb.fn.countAll<number>().as('answers')])
      .groupBy('user_id')
      .execute();
    expect(left.toSorted((one, two) => (one.userId === many ? -1 : two.userId === many ? 1 : 0))).toEqual([
      { userId: many, answers: 1000 },
      { userId: other, answers: 1000 },
    ]);
    expect(await create()).toEqual(first);
  });

  it('keeps sixteen mebibytes of an account, the latest, and nobody else’s are touched', async () => {
    await db.deleteFrom('idempotency_keys').execute();
    for (const { id } of [alice, bob]) {
      await sql`
        INSERT INTO idempotency_keys (key_hash, sealed_answer, created_at, user_id)
        SELECT sha256((n || ${id})::bytea), decode(repeat('00', 1048576), 'hex'),
          ${services.clock.now()}::timestamptz - n * interval '1 s', ${id}::uuid
        FROM generate_series(1, 20) AS n
      `.execute(db);
    }
    const sent = given();
    const create = () => as(alice.principal, sent).groups.create({ name: 'One more' });
    const first = await create();
    const bytesOf = async (userId: string) => {
      const { rows } = await sql<{ answers: number; bytes: number }>`
        SELECT count(*)::int AS answers, sum(octet_length(sealed_answer))::int AS bytes
        FROM idempotency_keys WHERE user_id = ${userId}::uuid`.execute(db);
      return rows[0];
    };
    const mine = await bytesOf(alice.id);
    expect(mine?.answers).toBe(16);
    expect(mine?.bytes).toBeLessThanOrEqual(16 * 1_048_576);
    expect(await bytesOf(bob.id)).toEqual({ answers: 20, bytes: 20 * 1_048_576 });
    expect(await create()).toEqual(first);
  });
});
