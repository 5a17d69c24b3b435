import { deliverMail, givenPerson, newAddress, PASSWORD, type Person } from '@promptory/api/testing';
import { afterEach } from 'vitest';
import { defaultLimits, type Limits } from '../../../src/settings/bounds/limits.ts';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import { type Answer, callProcedure, type Headers, unbatchedTransports } from '../../harness/transports.ts';
import { auth, comparableAnswer, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { type Proof, proves } from '../harness/proof.ts';

// How many mails one account, or one network address, can have sent to people who never asked for any.

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const { mailSender, mailSenderDay, mailNewSender, mailAddress, mailAddressDay } = defaultLimits;

async function boot(limits: Partial<Limits>): Promise<BootedApp> {
  const server = await bootApp({
    limits,
    settings: { requireEmailVerification: true },
    app: { trustProxy: ['127.0.0.0/8'] },
  });
  closing.push(() => server.close());
  return server;
}

interface Sender {
  readonly person: Person;
  /** A session and keys, which take turns. */
  readonly headers: readonly Headers[];
  readonly groups: readonly string[];
}

async function givenSender(
  server: BootedApp,
  { isNew, keys, groups }: { isNew: boolean; keys: number; groups: number },
): Promise<Sender> {
  const person = await givenPerson(server.services);
  const created_at = new Date(server.services.clock.now().getTime() - (isNew ? 1 : 25) * 3_600_000);
  await server.services.db.updateTable('users').set({ created_at }).where('id', '=', person.id).execute();
  const headers: Headers[] = [await server.as.person(person)];
  for (let key = 0; key < keys; key += 1) headers.push(await server.as.key(person));
  const ids: string[] = [];
  for (let group = 0; group < groups; group += 1) {
    const { result } = await callProcedure(server, 'REST', 'groups.create', { name: `Group ${group}` }, headers[0]);
    ids.push(String(Reflect.get(Object(result), 'id')));
  }
  return { person, headers, groups: ids };
}

const turn = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;

/** Invites `count` addresses over all transports, each caller and group in its turn; takes each back at once if asked to. */
async function inviteMany(
  server: BootedApp,
  proof: Proof,
  { headers, groups }: Sender,
  { count, withdraws = false }: { count: number; withdraws?: boolean },
): Promise<Answer[]> {
  const answers: Answer[] = [];
  const again = Array.from({ length: 20 }, newAddress);
  await inParallel([...Array(count).keys()], 8, async (at) => {
    const id = turn(groups, at);
    const email = withdraws ? turn(again, at) : newAddress();
    const caller = turn(headers, at);
    const transport = proof.pick(['tRPC', 'tRPC batch', 'REST'] as const);
    answers.push(await callProcedure(server, transport, 'members.add', { id, email, role: 'viewer' }, caller));
    if (!withdraws) return;
    const { rows } = await server.database.pool.query<{ id: string }>(
      'SELECT id FROM group_invitations WHERE group_id = $1 AND email = $2',
      [id, email],
    );
    for (const { id: invitationId } of rows) {
      await callProcedure(server, 'REST', 'invitations.withdraw', { id, invitationId }, caller);
    }
  });
  return answers;
}

const countOf = async (server: BootedApp, sql: string, ...values: unknown[]): Promise<number> =>
  Number((await server.database.pool.query<{ n: string }>(`SELECT count(*) AS n FROM ${sql}`, values)).rows[0]?.n);

/** Each is refused as beyond its limit, with when to come again, or was done. */
function checkRefusals(proof: Proof, name: string, answers: readonly Answer[], limits: readonly string[]): void {
  for (const { code, status, error, response } of answers) {
    if (code === 'ok') continue;
    const isSaid = code === 'limit.exceeded' && status === 429 && limits.includes(String(error?.limit));
    proof.check(isSaid, () => `${name}: ${status} ${code} ${JSON.stringify(error)}`);
    // A batch has one status and one set of headers for several calls.
    const wait = Number(response.headers['retry-after']);
    if (response.statusCode === 429) proof.check(wait > 0, () => `${name}: Retry-After ${wait}`);
  }
}

const ways = {
  'a session': { keys: 0, groups: 1 },
  'ten keys and many groups': { keys: 10, groups: 25 },
  'invitations that are taken back at once': { keys: 3, groups: 5, withdraws: true },
} as const;

proves('F6', 'one account has strangers mailed 50 times an hour, 20 times in its first day', async (proof) => {
  const server = await boot({ mailSender, mailSenderDay, mailNewSender });
  for (const [name, { keys, groups, ...how }] of Object.entries(ways)) {
    for (const isNew of [true, false]) {
      const sender = await givenSender(server, { isNew, keys, groups });
      const count = proof.share(600, 80);
      const answers = await inviteMany(server, proof, sender, { count, ...how });
      const mine = [sender.groups];
      const waiting = await countOf(server, 'group_invitations WHERE group_id = ANY($1)', ...mine);
      const audited = await countOf(
        server,
        "audit_log WHERE target_id = ANY($1) AND action = 'group.invited'",
        ...mine,
      );
      const done = answers.filter(({ code }) => code === 'ok').length;
      const queued = await countOf(server, "graphile_worker._private_jobs WHERE payload->>'kind' = 'group_invitation'");
      await deliverMail(server.services);
      const most = isNew ? mailNewSender.calls : mailSender.calls;
      const who = `${name}, ${isNew ? 'in the first day' : 'later'}`;
      proof.cases(count);
      proof.works(
        'withdraws' in how ? queued > 0 && queued <= most : queued === most,
        () => `${who}: ${queued} mails of ${count}`,
      );
      if (!('withdraws' in how)) {
        proof.check(waiting === queued, () => `${who}: ${waiting} invitations, ${queued} mails`);
        proof.check(done === queued && audited === queued, () => `${who}: ${done} done, ${audited} audited`);
      }
      checkRefusals(proof, who, answers, isNew ? ['mailNewSender'] : ['mailSender']);
      proof.remark(`${who}: ${queued} mails of ${count} calls`);
    }
  }
});

proves('F6', 'one account has strangers mailed no oftener by the day, by any kind of mail together', async (proof) => {
  const day = { calls: 30, seconds: 86_400 };
  const server = await boot({ mailSender, mailSenderDay: day });
  for (let round = proof.share(3); round > 0; round -= 1) {
    const sender = await givenSender(server, { isNew: false, keys: 2, groups: 3 });
    const [session = {}] = sender.headers;
    const members = await Promise.all(Array.from({ length: 10 }, () => givenPerson(server.services)));
    for (const member of members) {
      const input = { id: turn(sender.groups, round), email: member.email, role: 'viewer' };
      await callProcedure(server, proof.pick(unbatchedTransports), 'members.add', input, session);
    }
    for (let change = 0; change < 3; change += 1) {
      const input = { email: newAddress(), currentPassword: PASSWORD };
      await callProcedure(server, proof.pick(unbatchedTransports), 'me.update', input, session);
    }
    const answers = await inviteMany(server, proof, sender, { count: 40 });
    checkRefusals(proof, 'a day', answers, ['mailSender', 'mailSenderDay']);
    const refused = await callProcedure(
      server,
      'REST',
      'me.update',
      { email: newAddress(), currentPassword: PASSWORD },
      session,
    );
    proof.check(refused.code === 'limit.exceeded', () => `a change of address: ${refused.code}`);
    // The member reads of the group where they work; only the mail is left out.
    const late = await givenPerson(server.services);
    const id = turn(sender.groups, 0);
    const shared = await callProcedure(
      server,
      'REST',
      'members.add',
      { id, email: late.email, role: 'viewer' },
      session,
    );
    proof.check(shared.code === 'ok', () => `a share: ${shared.code}`);
    const mails = await deliverMail(server.services);
    proof.works(mails.length === day.calls, () => `${mails.length} mails in a day`);
    proof.check(!mails.some(({ to }) => to === late.email), () => 'a mail beyond the limit');
    // Of another account nothing was counted.
    const other = await givenSender(server, { isNew: false, keys: 0, groups: 1 });
    const [answer] = await inviteMany(server, proof, other, { count: 1 });
    proof.works(answer?.code === 'ok', () => `another account: ${answer?.code}`);
    await deliverMail(server.services);
  }
});

proves('F6', 'one network address has strangers mailed 20 times an hour, whoever has an account', async (proof) => {
  const server = await boot({ mailAddress, mailAddressDay });
  const asks = {
    forgotPassword: async () => (await givenPerson(server.services)).email,
    resendVerification: async () => (await givenPerson(server.services, { verified: false })).email,
    register: async () => newAddress(),
  } as const;
  let network = 0;
  for (const [procedure, addressOf] of Object.entries(asks)) {
    for (const known of procedure === 'register' ? [true] : [true, false]) {
      network += 1;
      const count = proof.share(300, 40);
      const caller = { 'x-forwarded-for': `2001:db8:0:${network}::1` };
      const answers: Answer[] = [];
      for (let at = 0; at < count; at += 1) {
        const email = known ? await addressOf() : newAddress();
        const input = procedure === 'register' ? { email, name: 'Ann', password: PASSWORD } : { email };
        // Other hosts of the one network.
        const headers = { 'x-forwarded-for': `${caller['x-forwarded-for']}${at}` };
        answers.push(await auth(server, turn(unbatchedTransports, at), procedure, input, headers));
      }
      const mails = await deliverMail(server.services);
      proof.cases(count);
      const isBounded = known ? mails.length === mailAddress.calls : mails.length === 0;
      proof.check(isBounded, () => `${procedure}: ${mails.length} mails of ${count} calls`);
      const accepted = answers.filter(({ code }) => code === 'ok').length;
      proof.works(accepted === mailAddress.calls, () => `${procedure}, known ${known}: ${accepted} accepted`);
      checkRefusals(proof, procedure, answers, ['mailAddress']);
      const elsewhere = { 'x-forwarded-for': `2001:db8:1:${network}::1` };
      const input = procedure === 'register' ? { name: 'Ann', password: PASSWORD } : {};
      const other = await auth(server, 'REST', procedure, { ...input, email: newAddress() }, elsewhere);
      proof.check(other.code === 'ok', () => `${procedure} from another network: ${other.code}`);
    }
  }
});

proves('F6', 'one network address has strangers mailed no oftener by the day, by whatever it asks', async (proof) => {
  const day = { calls: 12, seconds: 86_400 };
  const server = await boot({ mailAddress, mailAddressDay: day });
  const answers: Answer[] = [];
  const tried = proof.share(60, 18);
  for (let at = 0; at < tried; at += 1) {
    const { email } = await givenPerson(server.services, { verified: at % 2 === 0 });
    const procedure = at % 2 === 0 ? 'forgotPassword' : 'resendVerification';
    const headers = { 'x-forwarded-for': `2001:db8:2:1::${at}` };
    answers.push(await auth(server, turn(unbatchedTransports, at), procedure, { email }, headers));
    proof.case();
  }
  const mails = await deliverMail(server.services);
  proof.works(mails.length === day.calls, () => `${mails.length} mails in a day`);
  checkRefusals(proof, 'a day of one network', answers, ['mailAddressDay', 'mailAddress']);
});

proves('F6', 'no answer shows how often others had an address mailed', async (proof) => {
  const server = await boot({ mail: defaultLimits.mail });
  for (let round = proof.share(5); round > 0; round -= 1) {
    const email = newAddress();
    const seen = new Set<string>();
    for (let at = 0; at < 6; at += 1) {
      const { headers, groups } = await givenSender(server, { isNew: false, keys: 0, groups: 1 });
      const input = { id: turn(groups, 0), email, role: 'viewer' };
      const answer = await callProcedure(server, 'REST', 'members.add', input, headers[0]);
      proof.works(answer.code === 'ok', () => `inviting was answered ${answer.code}`);
      const limits = Object.entries(answer.response.headers).filter(([name]) => /limit|retry/.test(name));
      seen.add(comparableAnswer(answer) + JSON.stringify(limits).replaceAll(/[rt]=\d+/g, ''));
    }
    proof.check(seen.size === 1, () => [...seen].join('\n'));
  }
});

proves('F6', 'what is turned off and on again and again is said in three mails an hour', async (proof) => {
  const server = await boot({ mail: defaultLimits.mail });
  const person = await givenPerson(server.services);
  const headers = await server.as.person(person);
  for (let round = proof.share(100, 20); round > 0; round -= 1) {
    for (const security of [false, true]) {
      const transport = proof.pick(['tRPC', 'tRPC batch', 'REST'] as const);
      const input = { emailNotifications: { security } };
      const { code } = await callProcedure(server, transport, 'preferences.update', input, headers);
      proof.check(code === 'ok', () => `turning it ${security}: ${code}`);
    }
  }
  const mails = await deliverMail(server.services);
  proof.works(mails.length === defaultLimits.mail.calls, () => `${mails.length} mails`);
});

proves(
  'F6',
  'an account that never proved its address has that address mailed 3 times an hour by each kind',
  async (proof) => {
    const server = await boot({ mail: defaultLimits.mail });
    const person = await givenPerson(server.services, { verified: false });
    const headers = await server.as.person(person);
    let [current, next] = [PASSWORD, OTHER_PASSWORD];
    for (let round = proof.share(40, 10); round > 0; round -= 1) {
      const input = { currentPassword: current, newPassword: next };
      const { code } = await callProcedure(
        server,
        turn(unbatchedTransports, round),
        'auth.changePassword',
        input,
        headers,
      );
      proof.check(code === 'ok', () => `changing the password: ${code}`);
      [current, next] = [next, current];
    }
    const mails = await deliverMail(server.services);
    const kinds = Object.entries(Object.groupBy(mails, ({ subject }) => subject));
    for (const [subject, list] of kinds) {
      proof.works(list?.length === defaultLimits.mail.calls, () => `${list?.length} mails “${subject}”`);
    }
    proof.works(kinds.length === 2, () => `${kinds.length} kinds of mail`);
  },
);
