import { PassThrough } from 'node:stream';
import { defaultQuotas, type Quotas } from '@promptory/api/server';
import { givenGroup, givenPerson, givenPrompt, newAddress, PASSWORD, type Person } from '@promptory/api/testing';
import { expect } from 'vitest';
import { givenApp } from '../../harness/boot.ts';
import {
  type Answer,
  bearer,
  callProcedure,
  type Headers,
  type Input,
  type Transport,
  transports,
} from '../../harness/transports.ts';
import { logIn } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Each quota at its limit: of a hundred calls at once, over every transport, as many have an effect as there is room for.

const MOST_AT_ONCE = 100;
const AT_ONCE = 20;
const LIMIT = 4;
const BYTES = 1_000;

const server = await givenApp();
const { db } = server.services;

type Quota = keyof Quotas;

const atOnce = (calls: number, call: (at: number) => Promise<Answer>): Promise<Answer[]> =>
  Promise.all(Array.from({ length: calls }, (_, at) => call(at)));

/** One call that adds to a quota, and how it is made so many `times` without meeting anything else. */
type Adding = (person: Person, times: number) => Promise<(count: number) => { path: string; input: Input }>;

const content = (count: number): string => String(count).padEnd(BYTES - 'Title'.length - '{}'.length, '.');

const adding: Partial<Record<Quota, Adding>> = {
  prompts: async () => (count) => ({ path: 'prompts.create', input: { title: 'Same', content: `${count}` } }),
  storedBytes: async () => (count) => ({ path: 'prompts.create', input: { title: 'Title', content: content(count) } }),
  versions: async () => (count) => ({ path: 'prompts.create', input: { title: 'Same', content: `${count}` } }),
  versionsPerPrompt: async (person) => {
    const { id } = await givenPrompt(server.services, person, 'Versioned');
    let first = true;
    return (count) => {
      // The prompt has its first version already.
      if (first) {
        first = false;
        return { path: 'prompts.get', input: { id } };
      }
      return { path: 'prompts.update', input: { id, content: `Version ${count}` } };
    };
  },
  labelsPerPrompt: async (person) => {
    const { id } = await givenPrompt(server.services, person, 'Labelled');
    return (count) => ({ path: 'labels.move', input: { id, label: `label-${count}`, version: 1 } });
  },
  labelMovesPerPrompt: async (person) => {
    const { id } = await givenPrompt(server.services, person, 'Moved');
    return (count) => ({ path: 'labels.move', input: { id, label: `label-${count}`, version: 1 } });
  },
  groups: async () => (count) => ({ path: 'groups.create', input: { name: `Group ${count}` } }),
  membersPerGroup: async (person, times) => {
    const id = await givenGroup(server.services, { owner: person });
    const others = await Promise.all(Array.from({ length: times }, () => givenPerson(server.services)));
    return (count) => ({ path: 'members.add', input: { id, handle: others[count]?.handle, role: 'viewer' } });
  },
  invitations: async (person) => {
    const id = await givenGroup(server.services, { owner: person });
    return () => ({ path: 'members.add', input: { id, email: newAddress(), role: 'viewer' } });
  },
  invitationsPerAddress: async (person, times) => {
    const email = newAddress();
    const groups = await Promise.all(
      Array.from({ length: times }, () => givenGroup(server.services, { owner: person })),
    );
    return (count) => ({ path: 'members.add', input: { id: groups[count], email, role: 'viewer' } });
  },
  favorites: async (_, times) => {
    const others = await givenPerson(server.services);
    const prompts: string[] = [];
    for (let made = 0; made < times; made += 1) {
      prompts.push((await givenPrompt(server.services, others, `Of all ${made}`, { visibility: 'public' })).id);
    }
    return (count) => ({ path: 'favorites.add', input: { promptId: prompts[count] } });
  },
  apiKeys: async () => (count) => ({
    path: 'apiKeys.create',
    input: { name: `Key ${count}`, scopes: ['prompts:read'] },
  }),
};

const setQuotas = async ({ id }: Person, quotas: Partial<Quotas>): Promise<void> => {
  const stored = JSON.stringify(quotas);
  await db.updateTable('account_resources').set({ quotas: stored }).where('user_id', '=', id).execute();
};

function checkRefusal(proof: Proof, where: string, quota: Quota, limit: number, answer: Answer): void {
  const { code, status, error } = answer;
  const said = error !== null && error.quota === quota && error.limit === limit && Number(error.used) <= limit;
  proof.check(
    code === 'quota.exceeded' && status === 403 && said,
    () => `${where}: ${status} ${JSON.stringify(error)}`,
  );
}

for (const [quota, prepare] of Object.entries(adding) as Array<[Quota, Adding]>) {
  proves('F5', `${quota}: of ${MOST_AT_ONCE} calls at once, one below the quota, one has an effect`, async (proof) => {
    for (const transport of proof.sample(transports, 1)) {
      const calls = proof.share(MOST_AT_ONCE, AT_ONCE);
      const person = await givenPerson(server.services);
      const headers = bearer((await server.session(person)).accessToken);
      const call = await prepare(person, calls + LIMIT);
      const limit = quota === 'storedBytes' ? LIMIT * BYTES + 100 : LIMIT;
      await setQuotas(person, { [quota]: limit });
      let count = 0;
      const once = (): Promise<Answer> => {
        const { path, input } = call(count);
        count += 1;
        return callProcedure(server, transport, path, input, headers);
      };
      for (let made = 1; made < LIMIT; made += 1) {
        const { code } = await once();
        proof.check(code === 'ok', () => `${transport}, ${made} of ${LIMIT}: ${code}`);
      }
      const answers = await atOnce(calls, once);
      const done = answers.filter(({ code }) => code === 'ok').length;
      proof.works(done === 1, () => `${transport}: ${done} of ${calls} had an effect`);
      for (const answer of answers.filter(({ code }) => code !== 'ok')) {
        checkRefusal(proof, transport, quota, limit, answer);
      }
      const me = await callProcedure(server, transport, 'me.get', {}, headers);
      const shown = Object(me.result).quotas.find((each: { quota: string }) => each.quota === quota);
      const used = quota === 'storedBytes' ? shown?.used > 0 : [LIMIT, null].includes(shown?.used);
      proof.check(shown?.limit === limit && used, () => `${transport}: me.get shows ${JSON.stringify(shown)}`);
    }
  });
}

proves('F5', 'of 20 accounts that invite one address at once, none learns that others do', async (proof) => {
  proof.atLeast(20);
  const email = newAddress();
  const senders = await Promise.all(Array.from({ length: AT_ONCE }, () => givenPerson(server.services)));
  const calls: Array<() => Promise<Answer>> = [];
  for (const [at, sender] of senders.entries()) {
    await setQuotas(sender, { invitationsPerAddress: 1 });
    const id = await givenGroup(server.services, { owner: sender });
    const headers = bearer((await server.session(sender)).accessToken);
    const transport = transports[at % transports.length] ?? 'REST';
    calls.push(() => callProcedure(server, transport, 'members.add', { id, email, role: 'viewer' }, headers));
  }
  for (const { code, result } of await Promise.all(calls.map((call) => call()))) {
    proof.works(code === 'ok' && Object(result).status === 'invited', () => `members.add: ${code}`);
  }
});

proves(
  'F5',
  'sessions: nobody is refused; the ones not used for longest end, of 20 log-ins at once too',
  async (proof) => {
    proof.atLeast(22);
    const person = await givenPerson(server.services);
    await db.deleteFrom('sessions').where('user_id', '=', person.id).execute();
    await setQuotas(person, { sessions: LIMIT });
    const first = await logIn(server, 'REST', { email: person.email, password: PASSWORD });
    server.services.clock.advance(1_000);
    const answers = await atOnce(AT_ONCE, (at) =>
      logIn(server, at % 2 === 0 ? 'REST' : 'tRPC', { email: person.email, password: PASSWORD }),
    );
    for (const { code } of answers) proof.works(code === 'ok', () => `log-in: ${code}`);
    const left = await db.selectFrom('sessions').select('id').where('user_id', '=', person.id).execute();
    proof.works(left.length === LIMIT, () => `${left.length} sessions are left`);
    const oldest = await callProcedure(server, 'REST', 'me.get', {}, bearer(String(Object(first.result).accessToken)));
    proof.check(oldest.code === 'auth.invalid_token', () => `the oldest session: ${oldest.code}`);
  },
);

proves('F5', 'an import imports what fits, and each row beyond the quota fails with the reason', async (proof) => {
  const rows = proof.share(600, 40);
  const limit = Math.floor(rows / 2);
  const person = await givenPerson(server.services);
  await setQuotas(person, { prompts: limit });
  const file = Array.from({ length: rows }, (_, at) =>
    JSON.stringify({ title: `Row ${at}`, content: `Content ${at}` }),
  );
  const { accessToken } = await server.session(person);
  const answer = await server.call({
    method: 'POST',
    url: '/prompts/import',
    headers: { ...bearer(accessToken), 'content-type': 'application/x-ndjson' },
    payload: file.join('\n'),
  });
  const events = answer.body
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
  const failed = events.filter(({ type, outcome }) => type === 'row' && outcome === 'failed');
  proof.check(failed.length === rows - limit, () => `${failed.length} rows failed of ${rows}`);
  for (const { reason } of failed) proof.check(/as many prompts/.test(reason), () => `reason: ${reason}`);
  const { made } = await db
    .selectFrom('prompts')
    .select((eb) => eb.fn.countAll<number>().as('made'))
    .where('user_id', '=', person.id)
    .executeTakeFirstOrThrow();
  proof.works(made === limit, () => `${made} prompts were made`);
  proof.cases(made);
});

proves(
  'F5',
  'imports at once: beyond the quota none begins, over any transport; one that ends makes room',
  async (proof) => {
    proof.atLeast(11);
    const person = await givenPerson(server.services);
    await setQuotas(person, { importsAtOnce: LIMIT });
    const headers = bearer((await server.session(person)).accessToken);
    const running = async (): Promise<number> =>
      (await db.selectFrom('running_imports').select('id').where('user_id', '=', person.id).execute()).length;
    const files = Array.from({ length: LIMIT }, () => new PassThrough());
    const open = files.map((file) => {
      file.write('title,content\n');
      const { method, url } = { method: 'POST' as const, url: '/prompts/import' };
      return server.call({ method, url, headers: { ...headers, 'content-type': 'text/csv' }, payload: file });
    });
    await expect.poll(running).toBe(LIMIT);
    const one = (transport: Transport): Promise<Answer> => {
      const source = { type: 'text/csv', body: 'title,content\nOne,one\n' };
      return callProcedure(server, transport, 'transfer.import', { source }, headers);
    };
    for (const transport of transports) {
      checkRefusal(proof, `${transport}, ${LIMIT} run`, 'importsAtOnce', LIMIT, await one(transport));
    }
    for (const file of files) file.end('Row,row\n');
    for (const { statusCode } of await Promise.all(open)) {
      proof.works(statusCode === 200, () => `an import that ran: ${statusCode}`);
    }
    for (const transport of transports) {
      const { code } = await one(transport);
      proof.works(code === 'ok', () => `${transport}, none runs: ${code}`);
    }
    proof.check((await running()) === 0, () => 'an import that ended still counts');
  },
);

proves('F5', 'what an editor adds to a prompt leaves its owner a tenth of every quota', async (proof) => {
  proof.atLeast(19);
  const [owner, editor] = [await givenPerson(server.services), await givenPerson(server.services)];
  const { id } = await givenPrompt(server.services, owner, 'Shared');
  await givenGroup(server.services, { owner, editors: [editor], promptIds: [id] });
  await setQuotas(owner, { versionsPerPrompt: 20 });
  const as = async (person: Person) => bearer((await server.session(person)).accessToken);
  const [owners, editors] = [await as(owner), await as(editor)];
  const update = (headers: Headers, text: string) =>
    callProcedure(server, proof.pick(transports), 'prompts.update', { id, content: text }, headers);
  for (let version = 2; version <= 18; version += 1) {
    const { code } = await update(editors, `Version ${version}`);
    proof.works(code === 'ok', () => `version ${version} by the editor: ${code}`);
  }
  const refused = await update(editors, 'Beyond');
  proof.check(refused.code === 'quota.exceeded', () => `beyond nine tenths: ${refused.code}`);
  const own = await update(owners, 'The owner’s');
  proof.works(own.code === 'ok', () => `the owner: ${own.code}`);
});

proves(
  'F5',
  'an administrator raises a quota of one account, and the audit log says by whom and to what',
  async (proof) => {
    proof.atLeast(12);
    const [person, admin] = [await givenPerson(server.services), await givenPerson(server.services, { role: 'admin' })];
    const headers = bearer((await server.session(person)).accessToken);
    const admins = bearer((await server.session(admin)).accessToken);
    const create = () => callProcedure(server, proof.pick(transports), 'groups.create', { name: 'One more' }, headers);
    const set = (quotas: Input, as = admins) =>
      callProcedure(server, proof.pick(transports), 'admin.users.update', { id: person.id, quotas }, as);
    proof.works((await set({ groups: 0 })).code === 'ok', () => 'setting none');
    proof.check((await create()).code === 'quota.exceeded', () => 'with none');
    proof.check((await set({ groups: 5 }, headers)).code === 'auth.forbidden', () => 'raised by the account itself');
    const raised = await set({ groups: 1 });
    proof.check(Object(raised.result).quotas?.groups === 1, () => JSON.stringify(raised.result));
    proof.works((await create()).code === 'ok', () => 'with one');
    proof.check((await create()).code === 'quota.exceeded', () => 'with one used');
    const back = await set({ groups: null });
    proof.check(Object(back.result).quotas?.groups === undefined, () => JSON.stringify(back.result));
    proof.check((await create()).code === 'ok', () => `with the server's ${defaultQuotas.groups}`);
    const entries = await db
      .selectFrom('audit_log')
      .select(['actor_id as actorId', 'details'])
      .where('action', '=', 'user.quotas_changed')
      .where('target_id', '=', person.id)
      .orderBy('id')
      .execute();
    const amounts = [null, 0, 1, null];
    proof.works(entries.length === 3, () => `${entries.length} entries`);
    for (const [at, { actorId, details }] of entries.entries()) {
      const { from, to } = Object(details).quotas.groups;
      const isRight = actorId === admin.id && from === amounts[at] && to === amounts[at + 1];
      proof.check(isRight, () => JSON.stringify(details));
    }
  },
);
