import type { Group, ImportEvent, inferOutputs, Prompt, SignedIn } from '@promptory/client';
import {
  createTestDatabase,
  type DatabaseServer,
  startEphemeralCluster,
  type TestDatabase,
} from '@promptory/db/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catchMail, linkIn, type MailCatcher } from '../../harness/mail-catcher.ts';
import { runServer, type ServerProcess, type Settings } from '../harness/run-server.ts';
import { clientTransport } from './client-transport.ts';
import type { PromptsFile } from './prompts-file.ts';
import { restTransport } from './rest-transport.ts';
import { type Caller, codeOf, refusal, type Transport } from './transport.ts';

const PUBLIC_URL = 'https://prompts.example.org';
const PASSWORD = 'violet ladders hum quietly';
const NEW_PASSWORD = 'seven amber kettles sing';
const CSV = 'text/csv';
const NDJSON = 'application/x-ndjson';

interface Person extends Caller {
  readonly email: string;
  readonly tokens: SignedIn;
}
type Portable = inferOutputs<'transfer.export'> extends AsyncIterable<infer Item> ? Item : never;

/** A way to the server at an address. */
export interface Through {
  readonly through: string;
  open(url: string): Transport | Promise<Transport>;
}

const both: readonly Through[] = [
  { through: 'the typed client', open: clientTransport },
  { through: 'REST', open: restTransport },
];

/** What serves at an address: one process, or several. */
export type Service = Omit<ServerProcess, 'pid'>;

/** Where the service runs. */
export interface Site {
  readonly database: DatabaseServer;
  serve(settings: Settings): Promise<Service>;
  stop(): Promise<void>;
}

async function openOneServer(): Promise<Site> {
  const cluster = await startEphemeralCluster();
  return { database: cluster, serve: (settings) => runServer(settings), stop: () => cluster.stop() };
}

interface ScenarioOptions {
  readonly transports?: readonly Through[];
  readonly openSite?: () => Promise<Site>;
}

let site: Site;

/** The tests of the whole service in use, through each transport, with one file of prompts: of one server, unless another site is given. */
export function describeScenario(
  promptsFile: PromptsFile,
  { transports = both, openSite = openOneServer }: ScenarioOptions = {},
): void {
  beforeAll(async () => {
    site = await openSite();
  });
  afterAll(() => site?.stop());
  describe.each(transports)('the whole service, through $through', (transport) =>
    describeSteps(transport, promptsFile),
  );
}

// Each step goes on where the one before it stopped, as one person's first day does.
function describeSteps({ through, open }: Through, { file, rows }: PromptsFile): void {
  let database: TestDatabase;
  let mails: MailCatcher;
  let server: Service;
  let transport: Transport;
  let alice: Person;
  let bob: Person;
  let carol: Person;
  let terminal: Prompt;
  let guide: Prompt;
  let teller: Prompt;
  let group: Group;

  beforeAll(async () => {
    database = await createTestDatabase({ server: site.database });
    mails = await catchMail();
    server = await site.serve({
      NODE_ENV: 'production',
      DATABASE_URL: database.applicationConnectionString,
      JWT_SECRET: 'of no use to anybody but this test run',
      SMTP_CONFIG: mails.url,
      PUBLIC_URL,
    });
    transport = await open(server.url);
  });
  afterAll(async () => {
    await server?.kill();
    await mails?.close();
    await database?.drop();
  });

  let isBroken = false;
  beforeEach(({ onTestFailed }) => {
    if (isBroken) throw new Error('The step before it failed.');
    onTestFailed(() => {
      isBroken = true;
    });
  });

  const nobody = () => transport.nobody().calls;

  /** What a mail's link carries, once it is seen to lead to where the service is. */
  async function tokenOf(to: string, subject: string, path: string): Promise<string> {
    const link = linkIn(await mails.next(to, subject));
    expect(`${link.origin}${link.pathname}`).toBe(`${PUBLIC_URL}${path}`);
    return link.searchParams.get('token') ?? '';
  }

  async function register(name: string): Promise<string> {
    const email = `${name.toLowerCase()}@example.org`;
    const answer = await nobody().auth.register.mutate({ email, password: PASSWORD, name });
    expect(answer).toEqual({ status: 'verification_sent' });
    return email;
  }

  async function verifyAndSignIn(email: string): Promise<Person> {
    const token = await tokenOf(email, 'Confirm your e-mail address', '/verify-email');
    await nobody().auth.verifyEmail.mutate({ token, password: PASSWORD });
    const tokens = await nobody().auth.login.mutate({ email, password: PASSWORD });
    return { email, tokens, ...(await transport.person(tokens)) };
  }

  async function importAll(person: Caller, file: Blob, type: typeof CSV | typeof NDJSON) {
    const started = performance.now();
    const events: ImportEvent[] = [];
    for await (const event of person.importFile(file, { type })) events.push(event);
    const seconds = (performance.now() - started) / 1000;
    return { events, rows: events.filter((event) => event.type === 'row'), done: events.at(-1), seconds };
  }

  async function exportAll(person: Caller): Promise<Portable[]> {
    const prompts: Portable[] = [];
    for await (const prompt of await person.calls.transfer.export.query({ scope: 'mine' })) prompts.push(prompt);
    return prompts.sort((a, b) => (a.slug < b.slug ? -1 : 1));
  }

  /** The first ten that a search finds. */
  const find = async (person: Caller, q: string): Promise<readonly Prompt[]> =>
    (await person.calls.prompts.list.query({ q, limit: 10 })).items;

  async function titled(person: Caller, title: string): Promise<Prompt> {
    const found = (await find(person, title)).find((prompt) => prompt.title === title);
    if (found === undefined) throw new Error(`The search does not find ${title}.`);
    return found;
  }

  const order = async (person: Caller): Promise<string[]> => {
    const { prompts } = await person.calls.groups.get.query({ id: group.id });
    expect(prompts.map(({ position }) => position)).toEqual(prompts.map((_, index) => index));
    return prompts.map(({ prompt }) => prompt.title);
  };

  it('lets a person in who has opened the link in the mail, and not before', async () => {
    const email = await register('Alice');
    expect(await codeOf(nobody().auth.login.mutate({ email, password: PASSWORD }))).toBe('auth.email_not_verified');
    alice = await verifyAndSignIn(email);
    expect(await alice.calls.me.get.query({})).toMatchObject({ email, emailVerified: true, role: 'user' });
    bob = await verifyAndSignIn(await register('Bob'));
  });

  it('imports every row of a large file, reporting its progress, and changes nothing at the second time', async () => {
    const first = await importAll(alice, file, CSV);
    process.stdout.write(`import through ${through}: ${rows} rows in ${first.seconds.toFixed(2)} s\n`);
    expect(first.rows.map(({ row }) => row)).toEqual(Array.from({ length: rows }, (_, index) => index + 1));
    expect(first.done).toEqual({
      type: 'done',
      dryRun: false,
      rows,
      created: rows,
      updated: 0,
      unchanged: 0,
      failed: 0,
      file: { format: 'csv', encoding: 'utf-8', delimiter: 'comma', leftOut: [] },
    });
    expect(first.events.filter((event) => event.type === 'progress').length).toBeGreaterThanOrEqual(3);
    const before = await countRows();
    const second = await importAll(alice, file, CSV);
    expect(second.done).toMatchObject({ rows, created: 0, updated: 0, unchanged: rows, failed: 0 });
    expect(await countRows()).toEqual(before);
    expect(before).toMatchObject({ prompts: rows, versions: rows });
  });

  async function countRows() {
    const count = async (table: 'prompts' | 'prompt_versions' | 'audit_log'): Promise<number> => {
      const { rows } = await database.db
        .selectFrom(table)
        .select(({ fn }) => fn.countAll<number>().as('rows'))
        .executeTakeFirstOrThrow();
      return Number(rows);
    };
    return {
      prompts: await count('prompts'),
      versions: await count('prompt_versions'),
      audit: await count('audit_log'),
    };
  }

  it('finds prompts by their words, by words with a typing error, and by Chinese ones', async () => {
    const first = async (q: string) => (await find(alice, q)).map(({ title }) => title);
    expect(await first('linux terminal')).toContain('Linux Terminal');
    expect(await first('linux termnal')).toContain('Linux Terminal');
    expect(await first('降重')).toContain('论文降重指南');
    terminal = await titled(alice, 'Linux Terminal');
    guide = await titled(alice, 'Travel Guide');
    teller = await titled(alice, 'Storyteller');
  });

  it('keeps every edit as a version, refuses a stale one, and compares and restores', async () => {
    const { id, content } = terminal;
    const edit = (text: string, baseVersion: number) =>
      alice.calls.prompts.update.mutate({ id, content: text, baseVersion });
    expect(await edit(`${content}\nBe brief.`, 1)).toMatchObject({ version: 2 });
    expect(await edit(`${content}\nBe very brief.`, 2)).toMatchObject({ version: 3 });
    const stale = await refusal(edit('Mine!', 2));
    expect(stale).toMatchObject({ code: 'prompt.version_conflict', status: 409 });
    expect(stale.details).toMatchObject({ latest: { version: 3, author: { name: 'Alice' } } });
    const { content: diff } = await alice.calls.versions.diff.query({ id, from: 1, to: 3 });
    const added = diff.runs
      .filter(({ type }) => type === 'added')
      .map(({ words }) => words?.map(({ text }) => text).join(''));
    expect(added).toEqual(['Be very brief.']);
    expect(await alice.calls.versions.restore.mutate({ id, version: 1 })).toMatchObject({ version: 4, content });
    const { items } = await alice.calls.versions.list.query({ id });
    expect(items.map(({ version }) => version)).toEqual([4, 3, 2, 1]);
    terminal = await alice.calls.prompts.get.query({ id });
    expect(terminal).toMatchObject({ version: 4, content });
  });

  it('answers 304 to who has the version already, and 412 to a change of an older one', async () => {
    const address = `${server.url}/prompts/${teller.id}`;
    const authorization = `Bearer ${alice.tokens.accessToken}`;
    const etag = (await fetch(address, { headers: { authorization } })).headers.get('etag') ?? '';
    expect((await fetch(address, { headers: { authorization, 'if-none-match': etag } })).status).toBe(304);
    const put = (description: string) =>
      fetch(address, {
        method: 'PUT',
        headers: { authorization, 'if-match': etag, 'content-type': 'application/json' },
        body: JSON.stringify({ description }),
      });
    expect((await put('A first line.')).status).toBe(200);
    const late = await put('A second line.');
    expect(late.status).toBe(412);
    expect(await late.json()).toMatchObject({ code: 'request.precondition_failed', status: 412 });
  });

  it('shares a group with an address that has no account, which is a member once it is verified', async () => {
    group = await alice.calls.groups.create.mutate({ name: 'Favourites of the house' });
    for (const { id } of [terminal, guide, teller]) {
      await alice.calls.groups.addPrompt.mutate({ id: group.id, promptId: id });
    }
    const email = 'carol@example.org';
    const shared = await alice.calls.members.add.mutate({ id: group.id, email, role: 'viewer' });
    expect(shared).toEqual({ status: 'invited', email, role: 'viewer' });
    const invitation = linkIn(await mails.next(email, 'An invitation to a group of prompts'));
    expect(invitation.origin).toBe(PUBLIC_URL);
    carol = await verifyAndSignIn(await register('Carol'));
    const groups = () => carol.calls.groups.list.query({});
    await expect.poll(async () => (await groups()).items.length).toBe(1);
    expect((await groups()).items).toMatchObject([{ id: group.id, role: 'viewer', promptCount: 3, memberCount: 2 }]);
    expect(await carol.calls.prompts.get.query({ id: guide.id })).toMatchObject({ permissions: { canEdit: false } });
    const move = { id: group.id, promptId: teller.id, before: terminal.id };
    expect(await codeOf(carol.calls.groups.reorder.mutate(move))).toBe('group.forbidden');
  });

  it('lets an editor see and reorder a shared group, and nothing else of its owner', async () => {
    const hidden = { id: group.id };
    expect(await codeOf(bob.calls.groups.get.query(hidden))).toBe('group.not_found');
    const { handle } = bob.tokens.user;
    const shared = await alice.calls.members.add.mutate({ id: group.id, handle, role: 'editor' });
    expect(shared).toMatchObject({ status: 'member', member: { role: 'editor' } });
    const notification = linkIn(await mails.next(bob.email, 'A group of prompts was shared with you'));
    expect(notification.href).toBe(`${PUBLIC_URL}/shared/${group.id}`);
    expect(await order(bob)).toEqual(['Linux Terminal', 'Travel Guide', 'Storyteller']);
    await bob.calls.groups.reorder.mutate({ id: group.id, promptIds: [teller.id, terminal.id, guide.id] });
    expect(await order(alice)).toEqual(['Storyteller', 'Linux Terminal', 'Travel Guide']);
    await bob.calls.groups.reorder.mutate({ id: group.id, promptId: guide.id, before: terminal.id });
    expect(await order(carol)).toEqual(['Storyteller', 'Travel Guide', 'Linux Terminal']);
    const wrong = await refusal(bob.calls.groups.reorder.mutate({ id: group.id, promptIds: [teller.id, guide.id] }));
    expect(wrong).toMatchObject({ code: 'group.order_mismatch', details: { missing: [terminal.id], unexpected: [] } });
    const [other] = await find(alice, '降重');
    expect(await codeOf(bob.calls.prompts.get.query({ id: other?.id ?? '' }))).toBe('prompt.not_found');
    expect((await bob.calls.prompts.list.query({})).items).toHaveLength(3);
  });

  it('keeps favourites, says why each prompt stands in a library, and remembers what was read', async () => {
    await bob.calls.favorites.add.mutate({ promptId: guide.id });
    const favorites = await bob.calls.favorites.list.query({});
    expect(favorites.items.map(({ prompt }) => [prompt.id, prompt.isFavorite])).toEqual([[guide.id, true]]);
    const given = { type: 'group', group: { id: group.id, name: group.name } };
    const own = await bob.calls.prompts.create.mutate({ title: 'Own', content: 'Of Bob' });
    const library = await bob.calls.library.list.query({});
    const reasons = new Map(library.items.map(({ prompt, reasons: why }) => [prompt.id, why]));
    expect(reasons.size).toBe(4);
    expect(reasons.get(own.id)).toEqual([{ type: 'owned' }]);
    expect(reasons.get(guide.id)).toMatchObject([{ type: 'favorite' }, given]);
    expect(reasons.get(teller.id)).toMatchObject([given]);
    await bob.calls.prompts.get.query({ id: guide.id });
    await expect
      .poll(async () => (await bob.calls.history.list.query({})).items.at(0))
      .toMatchObject({ kind: 'read', prompt: { id: guide.id, title: 'Travel Guide' } });
  });

  it('resets a forgotten password by the mailed link, and ends every session that was open', async () => {
    const { email, tokens } = alice;
    const before = alice.calls;
    expect(await nobody().auth.forgotPassword.mutate({ email })).toEqual({ status: 'accepted' });
    const token = await tokenOf(email, 'Choose a new password', '/reset-password');
    await nobody().auth.resetPassword.mutate({ token, password: NEW_PASSWORD });
    await mails.next(email, 'Your password was changed');
    expect(await refusal(before.prompts.list.query({}))).toMatchObject({ status: 401 });
    const bearer = { headers: { authorization: `Bearer ${tokens.accessToken}` } };
    expect((await fetch(`${server.url}/users/me`, bearer)).status).toBe(401);
    const refreshToken = tokens.refreshToken ?? '';
    expect(await codeOf(nobody().auth.refresh.mutate({ refreshToken }))).toBe('auth.session_ended');
    const login = (password: string) => nobody().auth.login.mutate({ email, password });
    expect(await codeOf(login(PASSWORD))).toBe('auth.invalid_credentials');
    const again = nobody().auth.resetPassword.mutate({ token, password: 'another one altogether' });
    expect(await codeOf(again)).toBe('auth.link_invalid');
    const renewed = await login(NEW_PASSWORD);
    alice = { email, tokens: renewed, ...(await transport.person(renewed)) };
    expect(await alice.calls.me.get.query({})).toMatchObject({ email });
  });

  it('lets an API key read where it may read, write nothing, and do nothing once revoked', async () => {
    const { key, apiKey } = await alice.calls.apiKeys.create.mutate({ name: 'reader', scopes: ['prompts:read'] });
    const { calls } = transport.program(key);
    expect(await calls.prompts.get.query({ id: guide.id })).toMatchObject({ title: 'Travel Guide' });
    expect((await calls.prompts.list.query({ limit: 5 })).items).toHaveLength(5);
    const prompt = { title: 'By a program', content: 'No' };
    expect(await codeOf(calls.prompts.create.mutate(prompt))).toBe('auth.scope_missing');
    expect(await codeOf(calls.prompts.update.mutate({ id: guide.id, content: 'No' }))).toBe('auth.scope_missing');
    expect(await codeOf(calls.prompts.delete.mutate({ id: guide.id }))).toBe('auth.scope_missing');
    expect(await codeOf(calls.groups.list.query({}))).toBe('auth.scope_missing');
    expect(await codeOf(calls.apiKeys.list.query({}))).toBe('auth.session_required');
    await alice.calls.apiKeys.revoke.mutate({ id: apiKey.id });
    expect(await codeOf(calls.prompts.get.query({ id: guide.id }))).toBe('auth.invalid_token');
  });

  it('gives everything away as it was given, for another account to take in', async () => {
    const given = await exportAll(alice);
    expect(given).toHaveLength(rows);
    const dave = await verifyAndSignIn(await register('Dave'));
    const file = new Blob(given.map((prompt) => `${JSON.stringify(prompt)}\n`));
    const { done } = await importAll(dave, file, NDJSON);
    expect(done).toMatchObject({ rows, created: rows, failed: 0 });
    expect(await exportAll(dave)).toEqual(given);
  });

  it('ends when it is told to, having logged no failure and no secret', async () => {
    await server.stop();
    expect(server.failures()).toEqual([]);
    const secrets = [PASSWORD, NEW_PASSWORD, alice.tokens.accessToken, alice.tokens.refreshToken ?? PASSWORD];
    for (const secret of secrets) expect(server.log()).not.toContain(secret);
    await database.drop();
  });
}
