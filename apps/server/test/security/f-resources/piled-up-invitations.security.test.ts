import { INVITATIONS_TASK } from '@promptory/api/server';
import { deliverMail, givenPerson, newAddress, type Person, takeInvitations, tokenIn } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { bearer, callProcedure, unbatchedTransports } from '../../harness/transports.ts';
import { auth, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { proves } from '../harness/proof.ts';

// What strangers pile up for an address stops none of its owner's own actions. So many invitations once made a statement
// with more parameters than PostgreSQL takes, within the transactions that verify an address and reset a password.

const FLOOD = 16_384;
const ROWS_A_STATEMENT = 1_000;

const server = await givenApp({ settings: { requireEmailVerification: true } });
const { db } = server.services;

/** Strangers' groups, each of which invites the address. Written as rows, however many the quotas would allow. */
async function givenInvitations(email: string, count: number): Promise<void> {
  const { id: owner } = await givenPerson(server.services);
  for (let left = count; left > 0; left -= ROWS_A_STATEMENT) {
    await server.database.pool.query(FLOODING, [owner, Math.min(left, ROWS_A_STATEMENT), email]);
  }
}

const FLOODING = `
  WITH made AS (
    INSERT INTO groups (id, name, user_id) SELECT gen_random_uuid(), 'Flood', $1 FROM generate_series(1, $2) RETURNING id
  )
  INSERT INTO group_invitations (id, group_id, email, role, invited_by)
  SELECT gen_random_uuid(), id, $3, 'viewer', $1 FROM made
`;

const openFor = async (email: string): Promise<number> =>
  (
    await db
      .selectFrom('group_invitations')
      .select('id')
      .where('email', '=', email)
      .where('answer', 'is', null)
      .execute()
  ).length;
const groupsOf = async ({ id }: Pick<Person, 'id'>): Promise<number> =>
  (await db.selectFrom('group_members').select('group_id').where('user_id', '=', id).execute()).length;

const linkOf = async (path: string): Promise<string> => {
  const mails = await deliverMail(server.services);
  return tokenIn(mails.find(({ text }) => text.includes(path)));
};

proves('F5', 'a group that somebody keeps locked holds back no other invitation of an address', async (proof) => {
  const person = await givenPerson(server.services);
  const count = proof.share(200, 60);
  await givenInvitations(person.email, count);
  const held = await db
    .selectFrom('group_invitations')
    .select('group_id as id')
    .where('email', '=', person.email)
    .execute();
  const job = JSON.stringify({ userId: person.id, requestId: 'request' });
  await server.database.pool.query('SELECT graphile_worker.add_job($1, $2::json)', [INVITATIONS_TASK, job]);
  await db.transaction().execute(async (trx) => {
    await trx
      .selectFrom('groups')
      .select('id')
      .where('id', '=', held[0]?.id ?? '')
      .forUpdate()
      .execute();
    const outcome = await takeInvitations(server.services).catch((error: Error) => error.message);
    proof.check(/^1 invitations wait/.test(String(outcome)), () => `the job said: ${outcome}`);
  });
  const { accessToken } = await server.session(person);
  const listed = await callProcedure(server, 'REST', 'groups.list', { limit: 100 }, bearer(accessToken));
  proof.check(listed.code === 'ok', () => listed.code);
  const entered = await groupsOf(person);
  proof.works(entered === count - 1, () => `${entered} of ${count} groups entered`);
  proof.cases(entered);
});

proves(
  'F5',
  'an address that is invited 16,384 times is registered, verified and recovered as any other',
  async (proof) => {
    const count = proof.share(FLOOD, 2_000);
    const transport = proof.pick(unbatchedTransports);
    const email = newAddress();
    await givenInvitations(email, count);
    const registered = await auth(server, transport, 'register', { email, name: 'Ann', password: OTHER_PASSWORD });
    proof.check(registered.code === 'ok', () => `register: ${registered.code}`);
    const link = { token: await linkOf('/verify-email'), password: OTHER_PASSWORD };
    const verified = await auth(server, transport, 'verifyEmail', link);
    proof.check(verified.code === 'ok', () => `verifyEmail: ${verified.code}`);
    await auth(server, transport, 'forgotPassword', { email });
    const reset = { token: await linkOf('/reset-password'), password: `${OTHER_PASSWORD}!` };
    const recovered = await auth(server, transport, 'resetPassword', reset);
    proof.check(recovered.code === 'ok', () => `resetPassword: ${recovered.code}`);
    const login = await auth(server, transport, 'login', { email, password: reset.password });
    proof.works(login.code === 'ok', () => `login: ${login.code}`);

    const account = await db.selectFrom('users').select('id').where('email', '=', email).executeTakeFirstOrThrow();
    await takeInvitations(server.services);
    const [entered, open] = [await groupsOf(account), await openFor(email)];
    proof.works(entered === count && open === 0, () => `${entered} groups entered, ${open} invitations open`);
    proof.cases(entered);
  },
);

proves('F5', 'a reset opens an account whose address is invited 16,384 times and was never verified', async (proof) => {
  const count = proof.share(FLOOD, 2_000);
  const person = await givenPerson(server.services, { verified: false });
  await givenInvitations(person.email, count);
  await auth(server, 'REST', 'forgotPassword', { email: person.email });
  const token = await linkOf('/reset-password');
  const recovered = await auth(server, 'REST', 'resetPassword', { token, password: OTHER_PASSWORD });
  proof.works(recovered.code === 'ok', () => `resetPassword: ${recovered.code}`);
  proof.cases(count);
});
