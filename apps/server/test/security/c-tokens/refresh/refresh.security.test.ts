import { createHash, randomBytes } from 'node:crypto';
import { givenPerson } from '@promptory/api/testing';
import { type BootedApp, givenApp } from '../../../harness/boot.ts';
import { bearer } from '../../../harness/transports.ts';
import { auth } from '../../harness/account-calls.ts';
import { type Proof, proves } from '../../harness/proof.ts';
import { cookieHeaders, isLetIn, type RefreshWay, refreshBy, refreshWays, sessionFor } from './refresh-ways.ts';

// Refresh tokens are spent, spent again, lost, stolen, altered, and spent by many at once, on two servers that share one
// database.

const LOST_ANSWER_MS = 10_000;

const first = await givenApp();
const second = await givenApp({ beside: first });
const account = await givenPerson(first.services);

const servers = (): [BootedApp, BootedApp] => [first, second];
const pass = (milliseconds: number): void => first.services.clock.advance(milliseconds);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

async function rowOf(sessionId: string): Promise<string | undefined> {
  const text = 'SELECT to_jsonb(sessions)::text AS row FROM sessions WHERE id = $1';
  const { rows } = await first.database.pool.query<{ row: string }>(text, [sessionId]);
  return rows[0]?.row;
}

async function auditsOf(sessionId: string, action: string): Promise<number> {
  const rows = await first.services.db
    .selectFrom('audit_log')
    .select('id')
    .where('target_id', '=', sessionId)
    .where('action', '=', action)
    .execute();
  return rows.length;
}

for (const way of refreshWays) {
  proves('C2', `each refresh gives another opaque token, of which only hashes rest: ${way}`, async (proof) => {
    for (let round = proof.share(8, 2); round > 0; round -= 1) {
      const { sessionId, refreshToken } = await sessionFor(first, account, way);
      const seen = [refreshToken];
      for (let turn = 0; turn < 6; turn += 1) {
        pass(1 + proof.below(60_000));
        const answer = await refreshBy(proof.pick(servers()), way, seen.at(-1) ?? '');
        const isNew = /^ptr_[a-z2-7]{52}\.[\w-]{43}$/.test(answer.refreshToken) && !seen.includes(answer.refreshToken);
        proof.works(answer.code === 'ok' && isNew, () => `${answer.status} ${answer.code}`);
        proof.check(await isLetIn(second, bearer(answer.accessToken)), () => 'the access token does not open');
        seen.push(answer.refreshToken);
      }
      const row = (await rowOf(sessionId)) ?? '';
      const parts = seen.flatMap((token) => token.replace('ptr_', '').split('.'));
      const forms = parts.flatMap((part) => [part, Buffer.from(part).toString('hex'), hexOf(part)]);
      proof.check(!forms.some((form) => row.includes(form)), () => 'a token rests in the session');
      const [luciaId = '', rotation = ''] = parts.slice(-2);
      proof.check(row.includes(sha256(luciaId)) && row.includes(sha256(rotation)), () => 'the hashes are not there');
    }
  });

  proves('C2', `a lost answer can be asked for again for ten seconds, to the millisecond: ${way}`, async (proof) => {
    proof.atLeast(15);
    const waits = [0, 1, 5_000, LOST_ANSWER_MS - 1, LOST_ANSWER_MS];
    for (const wait of waits) {
      const { refreshToken, sessionId } = await sessionFor(first, account, way);
      const next = await refreshBy(first, way, refreshToken);
      pass(wait);
      const again = await refreshBy(second, way, refreshToken);
      const isSame = again.code === 'ok' && again.refreshToken === next.refreshToken;
      proof.works(isSame, () => `after ${wait} ms: ${again.status} ${again.code}`);
      proof.check((await auditsOf(sessionId, 'session.refreshed')) === 1, () => 'it advanced twice');
      pass(LOST_ANSWER_MS);
      const goesOn = await refreshBy(first, way, next.refreshToken);
      proof.works(goesOn.code === 'ok', () => `the next token after ${wait} ms: ${goesOn.code}`);
    }
  });

  proves('C2', `a spent token that comes back ends the session and its access tokens: ${way}`, async (proof) => {
    proof.atLeast(60);
    const replays = [
      { turns: 1, wait: LOST_ANSWER_MS + 1 },
      { turns: 1, wait: 60_000 },
      { turns: 1, wait: 86_400_000 },
      { turns: 2, wait: 0 },
      { turns: 2, wait: LOST_ANSWER_MS },
      { turns: 3, wait: 1 },
      { turns: 5, wait: 0 },
    ];
    for (const { turns, wait } of replays) {
      const { accessToken, refreshToken } = await sessionFor(first, account, way);
      const other = await sessionFor(first, account, way);
      const refreshed = [];
      let token = refreshToken;
      for (let turn = 0; turn < turns; turn += 1) {
        const answer = await refreshBy(first, way, token);
        refreshed.push(answer);
        token = answer.refreshToken;
      }
      pass(wait);
      const what = `${turns} refreshes ago, ${wait} ms later`;
      const replay = await refreshBy(second, way, refreshToken);
      proof.check(replay.code === 'auth.session_ended', () => `${what}: ${replay.status} ${replay.code}`);
      proof.check(!/ptr_[a-z2-7]|eyJ/.test(replay.text), () => `${what}: the refusal holds a token`);
      for (const server of servers()) {
        for (const each of [accessToken, ...refreshed.map((answer) => answer.accessToken)]) {
          proof.check(!(await isLetIn(server, bearer(each))), () => `${what}: an access token lives on`);
        }
        proof.check(!(await isLetIn(server, cookieHeaders(token))), () => `${what}: the cookie lives on`);
        const last = await refreshBy(server, way, token);
        proof.check(last.status === 401, () => `${what}: the last token is answered ${last.status}`);
      }
      const untouched = await refreshBy(first, way, other.refreshToken);
      proof.works(untouched.code === 'ok', () => `${what}: another session of the account ended`);
    }
  });
}

proves(
  'C2',
  '20 refreshes at once, on two servers and through both transports, advance a session once',
  async (proof) => {
    for (let round = proof.share(25); round > 0; round -= 1) {
      const byCookie = round % 2 === 0;
      const ways = refreshWays.filter((way) => way.endsWith('cookie') === byCookie);
      const { refreshToken, sessionId } = await sessionFor(first, account, ways[0] ?? 'REST');
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, index) =>
          refreshBy(servers()[index % 2] ?? first, ways[(index >> 1) % 2] ?? 'REST', refreshToken),
        ),
      );
      const tokens = new Set(answers.map((answer) => answer.refreshToken));
      const [next = ''] = tokens;
      const codes = [...new Set(answers.map(({ code }) => code))].join();
      const isOne = tokens.size === 1 && next !== refreshToken && codes === 'ok';
      proof.works(isOne, () => `${tokens.size} next tokens, ${codes}`);
      const audits = await auditsOf(sessionId, 'session.refreshed');
      proof.check(audits === 1, () => `it advanced ${audits} times`);
      pass(LOST_ANSWER_MS + 1);
      const goesOn = await refreshBy(second, ways[1] ?? 'REST', next);
      proof.works(goesOn.code === 'ok', () => `the one next token: ${goesOn.code}`);
    }
  },
);

proves('C2', 'a replay among refreshes at once leaves nothing of the session, whoever is first', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { refreshToken: stolen, sessionId } = await sessionFor(first, account, 'REST');
    const { refreshToken, code } = await refreshBy(first, 'REST', stolen);
    proof.works(code === 'ok', () => `the first use of it: ${code}`);
    pass(LOST_ANSWER_MS + 1);
    const at = proof.below(10);
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        refreshBy(servers()[index % 2] ?? first, 'REST', index === at ? stolen : refreshToken),
      ),
    );
    const isEnded = (await rowOf(sessionId)) === undefined && answers[at]?.status === 401;
    proof.check(isEnded, () => `the replay was answered ${answers[at]?.status}`);
    proof.check(
      answers.every(({ status }) => status < 500),
      () => answers.map(({ status }) => status).join(),
    );
    for (const { accessToken } of answers.filter((answer) => answer.code === 'ok')) {
      proof.check(!(await isLetIn(second, bearer(accessToken))), () => 'an access token outlives the replay');
    }
  }
});

proves('C2', 'a refresh that races with a log-out opens nothing once both are answered', async (proof) => {
  for (let round = proof.share(20); round > 0; round -= 1) {
    const { refreshToken } = await sessionFor(first, account, 'REST');
    const other = await sessionFor(first, account, 'REST');
    const [answer] = await Promise.all([
      refreshBy(first, 'REST', refreshToken),
      auth(second, 'tRPC', 'logout', { refreshToken }),
    ]);
    proof.check(answer.status < 500, () => `the refresh: ${answer.status}`);
    const after = await refreshBy(second, 'REST', answer.refreshToken || refreshToken);
    proof.check(after.status === 401, () => `a refresh after both: ${after.status}`);
    const isIn = answer.accessToken !== '' && (await isLetIn(first, bearer(answer.accessToken)));
    proof.check(!isIn, () => 'an access token outlives the log-out');
    const goesOn = await refreshBy(second, 'REST', other.refreshToken);
    proof.works(goesOn.code === 'ok', () => `another session of the account: ${goesOn.code}`);
  }
});

/** What a session is by the rules, beside which the server's answers are held. */
interface Model {
  current: string;
  previous: string | null;
  rotatedAt: number;
  spent: string[];
}

/** @returns the token presented, and what must become of it */
function nextMove(proof: Proof, model: Model, now: number): { token: string; due: 'next' | 'same' | 'ended' } {
  const { current, previous, spent } = model;
  const chance = proof.random();
  if (chance < 0.06 && spent.length > 0) return { token: proof.pick(spent) ?? '', due: 'ended' };
  if (chance < 0.08)
    return { token: `${current.split('.')[0]}.${randomBytes(32).toString('base64url')}`, due: 'ended' };
  if (chance < 0.45 && previous !== null) {
    return { token: previous, due: now - model.rotatedAt <= LOST_ANSWER_MS ? 'same' : 'ended' };
  }
  return { token: current, due: 'next' };
}

proves(
  'C2',
  'whatever tokens come in whatever order, each gets what the rules say, on either server',
  async (proof) => {
    const { clock } = first.services;
    let way: RefreshWay = 'REST';
    let model: Model | null = null;
    const steps = [0, 1, 1_000, LOST_ANSWER_MS - 1, LOST_ANSWER_MS, LOST_ANSWER_MS + 1, 3_600_000];
    for (let step = proof.share(600); step > 0; step -= 1) {
      if (model === null) {
        way = proof.pick(refreshWays) ?? 'REST';
        const { refreshToken } = await sessionFor(first, account, way);
        model = { current: refreshToken, previous: null, rotatedAt: 0, spent: [] };
      }
      pass(proof.pick(steps) ?? 0);
      const now = clock.now().getTime();
      const { token, due }: ReturnType<typeof nextMove> = nextMove(proof, model, now);
      const answer = await refreshBy(proof.pick(servers()), way, token);
      if (due === 'ended') {
        proof.check(answer.code === 'auth.session_ended', () => `a replay, ${way}: ${answer.code}`);
        model = null;
        continue;
      }
      const known: string[] = [model.current, ...model.spent];
      const isDue = due === 'same' ? answer.refreshToken === model.current : !known.includes(answer.refreshToken);
      proof.works(answer.code === 'ok' && isDue, () => `due ${due}, ${way}: ${answer.status} ${answer.code}`);
      if (answer.code !== 'ok') model = null;
      else if (due === 'next') {
        const spent: string[] = model.previous === null ? model.spent : [...model.spent, model.previous];
        model = { current: answer.refreshToken, previous: model.current, rotatedAt: now, spent };
      }
    }
  },
);

const hexOf = (part: string): string => Buffer.from(part, 'base64url').toString('hex');

/** A token that is not the one it was made of. */
function altered(proof: Proof, token: string): string {
  const [id = '', rotation = ''] = token.split('.');
  const at = proof.below(token.length);
  const other = proof.pick([...'abcxyzABCXYZ234567-_.=%+/ \t\0é']) ?? 'a';
  return (
    proof.pick([
      `${token.slice(0, at)}${other}${token.slice(at + 1)}`,
      `${token.slice(0, at)}${token.slice(at + 1)}`,
      `${token.slice(0, at)}${other}${token.slice(at)}`,
      token.slice(0, at),
      token.toUpperCase(),
      token.replace('ptr_', proof.pick(['', 'PTR_', 'pty_', 'ptr-', 'ptr_ptr_']) ?? ''),
      `${id}.${randomBytes(32).toString('base64url')}`,
      `ptr_${rotation}.${id}`,
      `${token}.${rotation}`,
      `${token}${other}`,
      `${other}${token}`,
      `${id}..${rotation}`,
      id,
      rotation,
      `${id}.${Buffer.from(rotation).toString('hex')}`,
      sha256(token),
      `ptr_${sha256(id).slice(0, 52)}.${rotation}`,
    ]) ?? ''
  );
}

proves('C2', '1,000 altered tokens open nothing, whichever way they come', async (proof) => {
  let session = await first.session(account);
  for (let round = proof.share(1_000); round > 0; round -= 1) {
    const text = altered(proof, session.refreshToken);
    if (text === session.refreshToken) continue;
    const way = proof.pick(refreshWays) ?? 'REST';
    const token = way.endsWith('cookie') ? encodeURIComponent(text) : text;
    const answer = await refreshBy(first, way, token);
    const isRefused = answer.status === 401 || answer.status === 400;
    proof.check(isRefused && !/"accessToken"/.test(answer.text), () => `${way}, ${text}: ${answer.status}`);
    // One whose first part is right is a copy of a spent one, and ends the session.
    if (!(await isLetIn(first, bearer(session.accessToken)))) {
      proof.check(text.includes(session.refreshToken.slice(4, 56)), () => `${text} ended the session`);
      session = await first.session(account);
    }
  }
  const right = await refreshBy(first, 'REST', session.refreshToken);
  proof.works(right.code === 'ok', () => `the token as it is: ${right.code}`);
});
