import { givenPerson, newAddress } from '@promptory/api/testing';
import { createPasswordHasher } from '@promptory/auth';
import { givenApp } from '../../harness/boot.ts';
import { type UnbatchedTransport, unbatchedTransports } from '../../harness/transports.ts';
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
const hash = await passwords.hash('what nobody guesses here');

const median = (numbers: readonly number[]): number => {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
};

type Attempt = (transport: UnbatchedTransport, email: string) => Promise<unknown>;

async function medians(proof: Proof, calls: number, attempt: Attempt): Promise<{ known: number; unknown: number }> {
  const times: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
  for (let call = -WARM_UP; call < calls; call += 1) {
    const transport = unbatchedTransports[call & 1] ?? 'REST';
    const { email } = await givenPerson(server.services, { passwordHash: hash });
    const turns = [['known', email] as const, ['unknown', newAddress()] as const];
    for (const [whose, address] of proof.below(2) === 0 ? turns : turns.reverse()) {
      const start = performance.now();
      await attempt(transport, address);
      if (call >= 0) times[whose].push(performance.now() - start);
    }
  }
  return { known: median(times.known), unknown: median(times.unknown) };
}

async function takesTheSameTime(proof: Proof, name: string, attempt: Attempt): Promise<void> {
  const calls = proof.share(CALLS, LEAST);
  let difference = Number.POSITIVE_INFINITY;
  // Noise does not come back in more calls; what the code does, does.
  for (const tried of [calls, 2 * calls]) {
    const { known, unknown } = await medians(proof, tried, attempt);
    difference = Math.abs(known - unknown);
    const figures = `known ${known.toFixed(2)} ms, unknown ${unknown.toFixed(2)} ms, apart ${difference.toFixed(2)} ms`;
    proof.remark(`${name}: medians of ${tried} calls each: ${figures}`);
    proof.cases(2 * tried);
    if (difference < MOST_MS) return;
  }
  proof.deviation(`${name}: medians are ${difference.toFixed(2)} ms apart, ${MOST_MS} ms are allowed`);
}

proves('B1', 'a log-in takes as long for a known address as for another: medians of 300 calls differ < 5 ms', (proof) =>
  takesTheSameTime(proof, 'log-in', (transport, email) =>
    logIn(server, transport, { email, password: OTHER_PASSWORD }),
  ),
);

proves('B1', 'so does a forgotten password: < 5 ms', (proof) =>
  takesTheSameTime(proof, 'forgotten password', (transport, email) =>
    auth(server, transport, 'forgotPassword', { email }),
  ),
);

proves('B1', 'so does registering, where the address must be verified: < 5 ms', (proof) =>
  takesTheSameTime(proof, 'registering', (transport, email) =>
    auth(server, transport, 'register', { email, password: OTHER_PASSWORD, name: 'Ann' }),
  ),
);
