import { vi } from 'vitest';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { proves } from '../harness/proof.ts';

// A loaded machine has no time for all comparisons of a batch within the fifteen seconds that it may take. Here the threads take
// the first ones and no others, and the time is the test's.

const server = await givenApp();

const CALLS = 20;
/** As many as begin at once: answers of 2 MiB each, of the 8 that a batch has. */
const AT_ONCE = 3;
const LIMIT_MS = 15_000;

interface Refused {
  readonly code: string;
  readonly retryAfterSeconds?: number;
}
type Result = { readonly result?: object; readonly error?: { readonly data: Refused } };

/** A batch of comparisons of long texts, of which threads do the first three and go on with three others without end. */
async function lateBatch() {
  const world = await givenWorld(server);
  const owner = await world.headersOf('owner');
  const post = async (path: string, payload: object) => {
    const answer = await server.call({ method: 'POST', url: `/trpc/${path}`, headers: owner, payload });
    return answer.json().result.data;
  };
  const { id } = await post('prompts.create', { title: 'Compared', content: 'a\n'.repeat(5_000) });
  await post('prompts.update', { id, content: 'b\n'.repeat(5_000) });
  const inputs = Object.fromEntries(Array.from({ length: CALLS }, (_, at) => [at, { id, from: 1, to: 2 }]));
  const { workers } = server.services;
  const { run } = workers;
  let begun = 0;
  let haveBegun: () => void = () => undefined;
  const isStuck = new Promise<void>((resolve) => {
    haveBegun = resolve;
  });
  const take: typeof run = (name, ...input) => {
    begun += 1;
    if (begun === 2 * AT_ONCE) haveBegun();
    return begun <= AT_ONCE ? run(name, ...input) : new Promise(() => undefined);
  };
  Object.assign(workers, { run: take });
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  try {
    const answer = server.call({
      url: `/trpc/${Array(CALLS).fill('versions.diff').join()}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`,
      headers: owner,
    });
    await isStuck;
    await vi.advanceTimersByTimeAsync(LIMIT_MS);
    return { answer: await answer, begun };
  } finally {
    vi.useRealTimers();
    Object.assign(workers, { run });
  }
}

proves(
  'F3',
  'of twenty comparisons that have no time together each is answered for itself: done, begun, or put off',
  async (proof) => {
    proof.atLeast(CALLS);
    const done = proof.demand(AT_ONCE, 'comparisons that were done are answered');
    const { answer, begun } = await lateBatch();
    const results: readonly Result[] = answer.json();
    for (const { result } of results) done(result !== undefined);
    for (const refused of results.flatMap(({ error }) => error?.data ?? [])) {
      const { code, retryAfterSeconds = 0 } = refused;
      const isFine = ['server.busy', 'server.unavailable'].includes(code) && retryAfterSeconds >= 1;
      proof.check(isFine, () => JSON.stringify(refused));
    }
    const count = (code: string): number => results.filter(({ error }) => error?.data.code === code).length;
    proof.check(answer.statusCode === 207, () => `answered ${answer.statusCode}`);
    proof.check(Number(answer.headers['retry-after']) >= 1, () => 'no Retry-After');
    // What was begun may have been done, as far as anybody knows; what was put off was not.
    proof.check(count('server.unavailable') === AT_ONCE, () => `${count('server.unavailable')} had begun`);
    proof.check(count('server.busy') === CALLS - 2 * AT_ONCE, () => `${count('server.busy')} were put off`);
    proof.check(begun === 2 * AT_ONCE, () => `${begun} were begun`);
  },
);
