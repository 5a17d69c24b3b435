import { givenGroup, givenPerson, newAddress } from '@promptory/api/testing';
import { createPasswordHasher } from '@promptory/auth';
import { type BootedApp, givenApp } from '../../harness/boot.ts';
import { type Answer, type UnbatchedTransport, unbatchedTransports } from '../../harness/transports.ts';
import { auth, logIn, OTHER_PASSWORD } from '../harness/account-calls.ts';
import { type Proof, proves } from '../harness/proof.ts';

// The time an answer takes must not show whether the address has an account. Calls about known and unknown addresses
// take turns, so that whatever else the machine does befalls both; medians leave out what befell only a few.

const CALLS = 300;
const LEAST = 60;
const WARM_UP = 15;
const MOST_MS = 5;

const passwords = createPasswordHasher();
const server = await givenApp({ settings: { requireEmailVerification: true }, passwords });
const byInvitation = await givenApp({
  settings: { requireEmailVerification: true, registration: { mode: 'invitation' } },
  passwords,
});
const hash = await passwords.hash('what nobody guesses here');

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
};

/** Whose address a call is about: each makes one, in a place of its own. */
type Addresses = Readonly<Record<string, () => Promise<string>>>;

const known = (on: BootedApp) => async () => (await givenPerson(on.services, { passwordHash: hash })).email;
const unknown = async () => newAddress();

type Attempt = (transport: UnbatchedTransport, email: string) => Promise<Answer>;

async function medians(
  proof: Proof,
  calls: number,
  addresses: Addresses,
  attempt: Attempt,
  due: string,
): Promise<Record<string, number>> {
  const kinds = Object.entries(addresses);
  const times = new Map(kinds.map(([whose]): [string, number[]] => [whose, []]));
  for (let call = -WARM_UP; call < calls; call += 1) {
    const transport = unbatchedTransports[call & 1] ?? 'REST';
    const turns: (readonly [string, string])[] = [];
    for (const [whose, address] of kinds) turns.splice(proof.below(turns.length + 1), 0, [whose, await address()]);
    for (const [whose, address] of turns) {
      const start = performance.now();
      const { code } = await attempt(transport, address);
      proof.works(code === due, () => `${whose}: ${code} instead of ${due}`);
      if (call >= 0) times.get(whose)?.push(performance.now() - start);
    }
  }
  return Object.fromEntries(Array.from(times, ([whose, all]) => [whose, median(all)]));
}

async function takesTheSameTime(
  proof: Proof,
  name: string,
  addresses: Addresses,
  attempt: Attempt,
  due = 'ok',
): Promise<void> {
  const calls = proof.share(CALLS, LEAST);
  let difference = Number.POSITIVE_INFINITY;
  // Noise does not come back in more calls; what the code does, does.
  for (const tried of [calls, 2 * calls]) {
    const found = await medians(proof, tried, addresses, attempt, due);
    difference = Math.max(...Object.values(found)) - Math.min(...Object.values(found));
    const each = Object.entries(found).map(([whose, ms]) => `${whose} ${ms.toFixed(2)} ms`);
    const figures = `${each.join(', ')}, apart ${difference.toFixed(2)} ms`;
    proof.remark(`${name}: medians of ${tried} calls each: ${figures}`);
    if (difference < MOST_MS) return;
  }
  proof.deviation(`${name}: medians are ${difference.toFixed(2)} ms apart, ${MOST_MS} ms are allowed`);
}

proves('B1', 'a log-in takes as long for a known address as for another: medians of 300 calls differ < 5 ms', (proof) =>
  takesTheSameTime(
    proof,
    'log-in',
    { known: known(server), unknown },
    (transport, email) => logIn(server, transport, { email, password: OTHER_PASSWORD }),
    'auth.invalid_credentials',
  ),
);

proves('B1', 'so does a forgotten password: < 5 ms', (proof) =>
  takesTheSameTime(proof, 'forgotten password', { known: known(server), unknown }, (transport, email) =>
    auth(server, transport, 'forgotPassword', { email }),
  ),
);

proves('B1', 'so does registering, where the address must be verified: < 5 ms', (proof) =>
  takesTheSameTime(proof, 'registering', { known: known(server), unknown }, (transport, email) =>
    auth(server, transport, 'register', { email, password: OTHER_PASSWORD, name: 'Ann' }),
  ),
);

/** An address that is invited to a group, and has no account. */
async function invited(): Promise<string> {
  const { services, database } = byInvitation;
  const groupId = await givenGroup(services, { owner: await givenPerson(services, { passwordHash: hash }) });
  const email = newAddress();
  await database.pool.query(
    `INSERT INTO group_invitations (id, group_id, email, role) VALUES (gen_random_uuid(), $1, $2, 'viewer')`,
    [groupId, email],
  );
  return email;
}

proves('B1', 'so does registering by invitation: for addresses known, invited and neither < 5 ms', (proof) =>
  takesTheSameTime(
    proof,
    'registering by invitation',
    { known: known(byInvitation), invited, neither: unknown },
    (transport, email) => auth(byInvitation, transport, 'register', { email, password: OTHER_PASSWORD, name: 'Ann' }),
  ),
);
