import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { givenPerson, newAddress, PASSWORD } from '@promptory/api/testing';
import { issueEmailToken, normalizeEmailAddress } from '@promptory/auth';
import { ROOT } from '../../e2e/harness/run-server.ts';
import { type BootedApp, bootApp, givenApp } from '../../harness/boot.ts';
import {
  type Answer,
  bearer,
  callProcedure,
  type Headers,
  type Input,
  type UnbatchedTransport,
  unbatchedTransports,
} from '../../harness/transports.ts';
import { auth, logIn } from '../harness/account-calls.ts';
import { inParallel } from '../harness/in-parallel.ts';
import { type Proof, proves } from '../harness/proof.ts';
import { refusedAddresses, storedAddresses } from './addresses.rows.ts';

// One person has one address however it is typed, and two people who look alike have two. Every procedure that takes an
// address must agree on which is which.

const server = await givenApp();
const strict = await givenApp({ beside: server, settings: { requireEmailVerification: true } });

const rowsOf = async (email: string): Promise<number> => {
  const rows = await server.services.db.selectFrom('users').select('id').where('email', '=', email).execute();
  return rows.length;
};
const countAll = async (): Promise<number> => {
  const { count } = await server.services.db
    .selectFrom('users')
    .select((eb) => eb.fn.countAll().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
};

/** The row's address, made this round's own so that none of another round stands in its way. */
function ofThisRound(typed: string, mark: string): string {
  // Behind the blanks in front of it, which are part of what is tried.
  return typed.replace(/\S/u, (first) => `${mark}${first}`);
}

let rounds = 0;
const newMark = (): string => {
  rounds += 1;
  return `r${rounds.toString(36)}x`;
};

proves(
  'B5',
  'the table of pairs: what is typed and what is stored, one account for both, ≥ 60 pairs',
  async (proof) => {
    const rows = proof.sample(storedAddresses, 20);
    for (const [what, typed, form] of rows) {
      const mark = newMark();
      const [mine, stored] = [ofThisRound(typed, mark), ofThisRound(form, mark)];
      proof.check(
        normalizeEmailAddress(mine) === stored,
        () => `${what}: ${normalizeEmailAddress(mine)}, not ${stored}`,
      );
      const password = PASSWORD;
      const first = await auth(server, proof.pick(unbatchedTransports), 'register', {
        email: mine,
        name: 'Ann',
        password,
      });
      const again = await auth(server, proof.pick(unbatchedTransports), 'register', {
        email: stored,
        name: 'Ann',
        password,
      });
      const signIn = await logIn(server, proof.pick(unbatchedTransports), { email: stored, password });
      const typedSignIn = await logIn(server, proof.pick(unbatchedTransports), { email: mine, password });
      const codes = [first, again, signIn, typedSignIn].map(({ code }) => code).join();
      const count = await rowsOf(stored);
      proof.works(
        codes === 'ok,auth.email_taken,ok,ok' && count === 1,
        () => `${what}: ${JSON.stringify(mine)} and ${JSON.stringify(stored)}: ${codes}, ${count} rows`,
      );
    }
  },
);

/** Each procedure that takes an address, given one. */
function takers(
  owner: Headers,
  groupId: string,
): [string, (transport: UnbatchedTransport, email: string) => Promise<Answer>][] {
  const call = (path: string, input: Input) => (transport: UnbatchedTransport, email: string) =>
    callProcedure(server, transport, path, { ...input, email }, path.startsWith('auth.') ? {} : owner);
  return [
    ['register', call('auth.register', { name: 'Ann', password: PASSWORD })],
    ['login', call('auth.login', { password: PASSWORD })],
    ['forgotPassword', call('auth.forgotPassword', {})],
    ['resendVerification', call('auth.resendVerification', {})],
    ['me.update', call('me.update', { currentPassword: PASSWORD })],
    ['members.add', call('members.add', { id: groupId, role: 'viewer' })],
  ];
}

proves(
  'B5',
  'what is no address is refused by every procedure that takes one, and nothing is written',
  async (proof) => {
    const { accessToken } = await server.session(await givenPerson(server.services));
    const owner = bearer(accessToken);
    const group = await callProcedure(server, 'REST', 'groups.create', { name: 'Group' }, owner);
    const all = takers(owner, String(Reflect.get(Object(group.result), 'id')));
    const before = await countAll();
    for (const [what, typed] of proof.sample(refusedAddresses, 20)) {
      for (const [name, take] of all) {
        const transport = proof.pick(unbatchedTransports);
        const answer = await take(transport, typed);
        const isRefused = answer.status === 400 && answer.code === 'request.invalid';
        proof.check(isRefused, () => `${name}, ${transport}, ${what}: ${answer.status} ${answer.code}`);
      }
    }
    proof.check((await countAll()) === before, () => 'a row was written');
    const invited = await server.services.db.selectFrom('group_invitations').select('email').execute();
    proof.check(invited.length === 0, () => `invited: ${JSON.stringify(invited)}`);
    for (const [name, take] of all) {
      const { code } = await take('REST', newAddress());
      const isTaken = code === (name === 'login' ? 'auth.invalid_credentials' : 'ok');
      proof.works(isTaken, () => `${name} of what is an address: ${code}`);
    }
  },
);

proves(
  'B5',
  'an address made of any characters is stored in one form, which stays as it is when it is read again',
  (proof) => {
    const planes = [0x80, 0x250, 0x600, 0x3000, 0x1_0000, 0x2_0000, 0x11_0000];
    const rounds = proof.share(50_000);
    const taken = proof.demand(rounds * 0.05, 'texts were taken for an address');
    for (let round = rounds; round > 0; round -= 1) {
      const character = (): string => String.fromCodePoint(proof.below(proof.pick(planes) ?? 0x80));
      const text = `a${character()}${proof.pick(['', character()])}b@${proof.pick(['', character()])}example.com`;
      const kept = normalizeEmailAddress(text);
      proof.case();
      if (!taken(kept !== null) || kept === null) continue;
      const isStill =
        normalizeEmailAddress(kept) === kept && kept === kept.normalize('NFKC').toLowerCase().normalize('NFKC');
      const isPlain = !/[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}]/u.test(kept) && Buffer.byteLength(kept) <= 254;
      const isAscii = /^[\x21-\x7e]+$/.test(kept.slice(kept.lastIndexOf('@')));
      if (!isStill || !isPlain || !isAscii) proof.deviation(JSON.stringify([text, kept]));
    }
  },
);

async function race(
  proof: Proof,
  apps: readonly BootedApp[],
  spellings: readonly string[],
  kept: string,
): Promise<void> {
  const answers: Answer[] = [];
  await inParallel(
    Array.from({ length: 50 }, (_, index) => index),
    50,
    async (index) => {
      const app = apps[index % apps.length] ?? server;
      const input = { email: spellings[index % spellings.length] ?? kept, name: 'Ann', password: PASSWORD };
      answers.push(await auth(app, unbatchedTransports[index % 2] ?? 'REST', 'register', input));
    },
  );
  const count = await rowsOf(kept);
  const faults = answers.filter(({ status }) => status >= 500);
  const codes = Object.entries(Object.groupBy(answers, ({ code }) => code)).map(
    ([code, list]) => `${list?.length} ${code}`,
  );
  proof.cases(answers.length - 1);
  proof.works(count === 1 && faults.length === 0, () => `${count} rows of ${kept}, ${codes.join()}`);
}

proves('B5', '50 parallel registrations of one address, however typed, make 1 row and 0 × 5xx', async (proof) => {
  const second = await bootApp({ beside: server });
  const secondStrict = await bootApp({ beside: server, settings: { requireEmailVerification: true } });
  try {
    for (let round = proof.share(16, 2); round > 0; round -= 1) {
      const kept = newAddress();
      const spellings = [kept, kept.toUpperCase(), `\u2003${kept}\n`, kept.replace('@', '＠'), kept.replace('p', 'ｐ')];
      await race(proof, round % 2 === 0 ? [server, second] : [strict, secondStrict], spellings, kept);
    }
  } finally {
    await second.close();
    await secondStrict.close();
  }
});

proves('B5', 'two accounts cannot both move to one address, whoever is quicker', async (proof) => {
  for (let round = proof.share(10); round > 0; round -= 1) {
    const wanted = newAddress();
    const accounts = [
      await givenPerson(server.services),
      await givenPerson(server.services),
      await givenPerson(server.services),
    ];
    const tokens = await Promise.all(
      accounts.map(({ id }) =>
        server.services.db.transaction().execute(async (trx) => {
          const input = {
            userId: id,
            purpose: 'verify_email',
            email: wanted,
            now: server.services.clock.now(),
          } as const;
          return (await issueEmailToken(trx, input)).token;
        }),
      ),
    );
    const answers = await Promise.all([
      ...tokens.map((token) =>
        auth(server, proof.pick(unbatchedTransports), 'verifyEmail', { token, password: PASSWORD }),
      ),
      auth(server, 'REST', 'register', { email: wanted, name: 'Ann', password: PASSWORD }),
    ]);
    const winners = answers.filter(({ code }) => code === 'ok').length;
    const losers = answers.filter(({ code }) => code === 'auth.email_taken').length;
    const count = await rowsOf(wanted);
    proof.works(
      winners === 1 && losers === 3 && count === 1,
      () => `${answers.map(({ code }) => code).join()}, ${count} rows`,
    );
  }
});

// In SQL and in code: anything that folds the case of an address by itself. `lower(email)` depends on the database's
// collation, so that two addresses could be one there and two here.
const FOLDING = [
  /\b(?:lower|upper|initcap|casefold)\s*\([^)]*e?mail/i,
  /\bcitext\b/i,
  /e?mail\w*["'`]?\s*(?:~~\*|~\*|\bi?like\b)/i,
  /(?:e?mail|address)\w*(?:\(\))?\??\.(?:toLowerCase|toLocaleLowerCase|toUpperCase|normalize|trim)\(/i,
];

/** Looks for a part of an address among those an administrator may see; finds nobody by it. */
const SEARCH = 'packages/api/src/features/admin/admin.queries.ts';

proves('B5', 'no source but the one normaliser folds an address: 0 times SQL lower() and its kin', async (proof) => {
  proof.atLeast(100);
  let files = 0;
  for (const pattern of ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts']) {
    for await (const name of glob(pattern, { cwd: ROOT })) {
      if (/\.test\.ts$|\/testing\/|packages\/auth\/src\/identity\/email-address\.ts$/.test(name) || name === SEARCH)
        continue;
      files += 1;
      const source = await readFile(join(ROOT, name), 'utf8');
      const found = FOLDING.find((folding) => folding.test(source));
      proof.check(found === undefined, () => `${name}: ${found?.exec(source)?.[0]}`);
    }
  }
  for (const text of ['lower(users.email)', 'email citext', 'email ~* $1', 'email.trim()', 'address().toLowerCase()']) {
    proof.works(
      FOLDING.some((folding) => folding.test(text)),
      () => `${text} is not seen`,
    );
  }
  proof.works(files > 100, () => `only ${files} files were read`);
});
