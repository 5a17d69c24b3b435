import { setTimeout as sleep } from 'node:timers/promises';
import { givenPerson, type Person } from '@promptory/api/testing';
import type { CreatedApiKey } from '@promptory/schemas';
import { type BootedApp, bootApp, givenApp } from '../../harness/boot.ts';
import { givenWorld, type World } from '../../harness/given-world.ts';
import { readWhile } from '../../harness/slow-reader.ts';
import { callProcedure, type Headers, type Input, transports } from '../../harness/transports.ts';
import type { Caller } from '../../harness/world-callers.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Two servers share one database. What is taken away on one is gone on both at the next call, and what is still being
// written is cut off.

const first = await givenApp();
const second = await givenApp({ beside: first });

/** Something that is taken away, by whom, and a call that was served before and is refused after. */
interface Loss {
  readonly what: string;
  readonly by: Caller;
  readonly taking: (world: World) => { procedure: string; input: Input };
  readonly from: Caller;
  readonly call: (world: World) => { procedure: string; input: Input };
  readonly refusal: string;
}

const me = () => ({ procedure: 'me.get', input: {} });
const readShared = ({ shared }: World) => ({ procedure: 'prompts.get', input: { id: shared } });

const losses: readonly Loss[] = [
  {
    what: 'a member is removed',
    by: 'owner',
    taking: ({ group, people }) => ({ procedure: 'members.remove', input: { id: group, userId: people.carol.id } }),
    from: 'viewer',
    call: readShared,
    refusal: 'prompt.not_found',
  },
  {
    what: 'an editor is made a viewer',
    by: 'owner',
    taking: ({ group, people }) => ({
      procedure: 'members.update',
      input: { id: group, userId: people.bob.id, role: 'viewer' },
    }),
    from: 'editor',
    call: ({ shared }) => ({ procedure: 'prompts.update', input: { id: shared, category: 'Changed' } }),
    refusal: 'prompt.forbidden',
  },
  {
    what: 'a prompt is taken out of the group',
    by: 'owner',
    taking: ({ group, shared }) => ({ procedure: 'groups.removePrompt', input: { id: group, promptId: shared } }),
    from: 'editor',
    call: readShared,
    refusal: 'prompt.not_found',
  },
  {
    what: 'the group is deleted',
    by: 'owner',
    taking: ({ group }) => ({ procedure: 'groups.delete', input: { id: group } }),
    from: 'viewer',
    call: readShared,
    refusal: 'prompt.not_found',
  },
  {
    what: 'the prompt is deleted',
    by: 'owner',
    taking: ({ shared }) => ({ procedure: 'prompts.delete', input: { id: shared } }),
    from: 'viewer',
    call: readShared,
    refusal: 'prompt.not_found',
  },
  {
    what: 'a public prompt turns private',
    by: 'stranger',
    taking: ({ published }) => ({ procedure: 'prompts.update', input: { id: published, visibility: 'private' } }),
    from: 'viewer',
    call: ({ published }) => ({ procedure: 'prompts.get', input: { id: published } }),
    refusal: 'prompt.not_found',
  },
  {
    what: 'an account is suspended',
    by: 'admin',
    taking: ({ people }) => ({ procedure: 'admin.users.update', input: { id: people.carol.id, status: 'suspended' } }),
    from: 'viewer',
    call: me,
    refusal: 'auth.invalid_token',
  },
  {
    what: 'the owner of a key is suspended',
    by: 'admin',
    taking: ({ people }) => ({ procedure: 'admin.users.update', input: { id: people.alice.id, status: 'suspended' } }),
    from: 'full key',
    call: me,
    refusal: 'auth.invalid_token',
  },
  {
    what: 'a password is reset by mail',
    by: 'anonymous',
    taking: ({ resetToken }) => ({
      procedure: 'auth.resetPassword',
      input: { token: resetToken, password: 'another password' },
    }),
    from: 'owner',
    call: me,
    refusal: 'auth.invalid_token',
  },
  {
    what: 'one logs out',
    by: 'viewer',
    taking: () => ({ procedure: 'auth.logout', input: {} }),
    from: 'viewer',
    call: me,
    refusal: 'auth.invalid_token',
  },
];

proves(
  'A6',
  'what is taken away on one server is refused by both at the next call, through every transport',
  async (proof) => {
    for (const loss of proof.sample(losses, 3)) {
      for (const transport of transports) {
        const world = await givenWorld(first);
        const headers = await world.headersOf(loss.from);
        const { procedure, input } = loss.call(world);
        const before = await callProcedure(first, transport, procedure, input, headers);
        const taking = loss.taking(world);
        const taken = await callProcedure(
          first,
          'tRPC',
          taking.procedure,
          taking.input,
          await world.headersOf(loss.by),
        );
        const isGiven = before.code === 'ok' && taken.code === 'ok';
        proof.works(isGiven, () => `${loss.what}: the call was answered ${before.code}, the taking ${taken.code}`);
        for (const [name, server] of Object.entries({ first, second })) {
          const { code } = await callProcedure(server, transport, procedure, input, headers);
          proof.check(code === loss.refusal, () => `${loss.what}, ${name} server, ${transport}: ${code}`);
        }
      }
    }
  },
);

proves('A6', 'a key that is revoked on one server is refused by both at the next call', async (proof) => {
  proof.atLeast(12);
  for (const transport of transports) {
    const world = await givenWorld(first);
    const owner = await world.headersOf('owner');
    const asked = { name: 'short-lived', scopes: ['account:read'] };
    const made = await callProcedure(first, 'REST', 'apiKeys.create', asked, owner);
    const { apiKey, key } = made.result as CreatedApiKey;
    const headers = { 'x-api-key': key };
    for (const server of [first, second]) {
      const { code } = await callProcedure(server, transport, 'me.get', {}, headers);
      proof.works(code === 'ok', () => `a new key is answered ${code}`);
    }
    const revoked = await callProcedure(first, 'tRPC', 'apiKeys.revoke', { id: apiKey.id }, owner);
    if (revoked.code !== 'ok') throw new Error(`Revoking is answered ${revoked.code}.`);
    for (const [name, server] of Object.entries({ first, second })) {
      const { code } = await callProcedure(server, transport, 'me.get', {}, headers);
      proof.check(code === 'auth.invalid_token', () => `${name} server, ${transport}: ${code}`);
    }
  }
});

/** What a new session sends whose second factor has just been asked for. */
async function steppedUp(server: BootedApp, account: Person): Promise<Headers> {
  const { accessToken, sessionId } = await server.session(account);
  const now = server.services.clock.now();
  await server.services.db.updateTable('sessions').set({ second_factor_at: now }).where('id', '=', sessionId).execute();
  return { authorization: `Bearer ${accessToken}` };
}

proves('A6', 'of two admins who demote each other at once on two servers one stays, in 50 rounds', async (proof) => {
  const alone = await bootApp();
  const beside = await bootApp({ beside: alone });
  try {
    const one = await givenPerson(alone.services, { role: 'admin' });
    const other = await givenPerson(alone.services, { role: 'admin' });
    const { db } = alone.services;
    const rounds = proof.share(50);
    for (let round = 0; round < rounds; round += 1) {
      // New ones in each round: a session ends with its role.
      const [ones, others] = [await steppedUp(alone, one), await steppedUp(alone, other)];
      const answers = await Promise.all([
        callProcedure(alone, 'REST', 'admin.users.update', { id: other.id, role: 'user' }, ones),
        callProcedure(beside, 'tRPC', 'admin.users.update', { id: one.id, role: 'user' }, others),
      ]);
      const made = answers.filter(({ code }) => code === 'ok').length;
      proof.works(made === 1, () => `round ${round}: ${made} of two demotions were made`);
      const admins = await db.selectFrom('users').select('id').where('role', '=', 'admin').execute();
      const codes = answers.map(({ code }) => code).join(', ');
      proof.check(admins.length === 1, () => `round ${round}: ${admins.length} admins are left after ${codes}`);
      await db.updateTable('users').set({ role: 'admin' }).where('id', 'in', [one.id, other.id]).execute();
    }
  } finally {
    await beside.close();
    await alone.close();
  }
});

// More than the buffers between two ends of a connection take, so that an export waits for its reader.
const LONG = 'x'.repeat(200_000);
const PROMPTS = 80;

async function givenLongLibrary(server: BootedApp): Promise<{ account: Person; headers: Headers }> {
  const account = await givenPerson(server.services);
  const { accessToken } = await server.session(account);
  const headers = { authorization: `Bearer ${accessToken}` };
  for (let index = 0; index < PROMPTS; index += 1) {
    await callProcedure(server, 'REST', 'prompts.create', { title: `Long ${index}`, content: LONG }, headers);
  }
  return { account, headers };
}

proves(
  'A6',
  'an answer that is still being written ends within 5 s of the right to it, on the other server',
  async (proof: Proof) => {
    proof.atLeast(3);
    const begun = proof.demand(3, 'exports had begun');
    const { account, headers } = await givenLongLibrary(first);
    const base = await second.url();
    const wire = `${base}/trpc/transfer.export?batch=1&input=${encodeURIComponent('{"0":{}}')}`;
    const { db } = first.services;
    const cases = [
      ['REST', `${base}/prompts/export`, headers],
      ['tRPC', wire, { ...headers, 'trpc-accept': 'application/jsonl' }],
      ['REST by a key', `${base}/prompts/export`, await first.as.key(account, { scopes: ['prompts:read'] })],
    ] as const;
    let opened = 0;
    const ends = cases.map(async ([what, url, sent]) => {
      const suspended = async (): Promise<void> => {
        opened += 1;
        begun();
        while (opened < cases.length) await sleep(10);
        await db.updateTable('users').set({ status: 'suspended' }).where('id', '=', account.id).execute();
      };
      const end = await readWhile(url, sent, suspended);
      proof.check(end === 'cut off', () => `${what}: ${end} after its account was suspended`);
    });
    await Promise.all(ends);
  },
);
