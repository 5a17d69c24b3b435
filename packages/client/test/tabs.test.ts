import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createPromptory } from '../src/create-promptory.ts';
import type { SessionEvent } from '../src/session/session-events.ts';
import { stubPromptory } from './stub-promptory.ts';

const email = 'alice@example.org';
const password = 'correct horse';

/** The channels of a browser's tabs, by name; what one sends, the others hear in a later microtask. */
const channels = new Map<string, Set<Channel>>();

class Channel {
  onmessage: ((message: { data: unknown }) => void) | null = null;
  readonly #others: Set<Channel>;

  constructor(name: string) {
    this.#others = channels.get(name) ?? new Set();
    channels.set(name, this.#others.add(this));
  }

  postMessage(data: unknown): void {
    for (const other of this.#others) if (other !== this) queueMicrotask(() => other.onmessage?.({ data }));
  }

  close(): void {
    this.#others.delete(this);
  }
}

beforeEach(() => {
  channels.clear();
  vi.stubGlobal('BroadcastChannel', Channel);
  vi.stubGlobal('location', { href: 'http://promptory.test/' });
});

afterEach(() => {
  vi.unstubAllGlobals();
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

function tab(stub: ReturnType<typeof stubPromptory>, session: 'cookie' | 'token' = 'cookie') {
  const promptory = createPromptory({ ...stub, session });
  const events: SessionEvent[] = [];
  const stop = promptory.$onSession((event) => events.push(event));
  /** The events since the last look, and the state. */
  const seen = async () => {
    await settled();
    return { events: events.splice(0).map(({ type, elsewhere }) => `${type} ${elsewhere}`), state: promptory.$session };
  };
  return { promptory, seen, stop };
}

it('tells every tab that somebody signed in or out in one of them', async () => {
  const stub = stubPromptory();
  const [one, other] = [tab(stub), tab(stub)];
  expect(await one.promptory.$restore()).toBe(false);
  expect(await one.seen()).toEqual({ events: ['ended true'], state: 'signed_out' });
  expect(await other.seen()).toEqual({ events: [], state: 'unknown' });

  await one.promptory.$signIn({ email, password });
  expect(await one.seen()).toEqual({ events: ['began false'], state: 'signed_in' });
  expect(await other.seen()).toEqual({ events: ['began true'], state: 'signed_in' });
  expect(await other.promptory.prompts.get.query({ id: '1' })).toMatchObject({ id: '1' });
  expect([await one.seen(), await other.seen()].flatMap(({ events }) => events)).toEqual([]);

  await other.promptory.$signOut();
  expect(await other.seen()).toEqual({ events: ['ended false'], state: 'signed_out' });
  expect(await one.seen()).toEqual({ events: ['ended true'], state: 'signed_out' });
  await expect(one.promptory.prompts.get.query({ id: '1' })).rejects.toMatchObject({ code: 'auth.required' });
});

it('tells once that the server has ended a session, in every tab', async () => {
  const stub = stubPromptory();
  const [one, other] = [tab(stub), tab(stub)];
  await one.promptory.$signIn({ email, password });
  await other.promptory.prompts.get.query({ id: '1' });
  await Promise.all([one.seen(), other.seen()]);
  stub.endSession();
  const calls = ['1', '2'].map((id) => one.promptory.prompts.get.query({ id }));
  expect((await Promise.allSettled(calls)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await one.seen()).toEqual({ events: ['ended true'], state: 'signed_out' });
  expect(await other.seen()).toEqual({ events: ['ended true'], state: 'signed_out' });
});

it('takes up the session of a cookie without a word to the tabs that have it', async () => {
  const stub = stubPromptory();
  const one = tab(stub);
  await one.promptory.$signIn({ email, password });
  await one.seen();
  const later = tab(stub);
  expect(await later.promptory.$restore()).toBe(true);
  expect(await later.seen()).toEqual({ events: ['began false'], state: 'signed_in' });
  expect(await one.seen()).toEqual({ events: [], state: 'signed_in' });
});

it('leaves sessions alone whose refresh token no tab shares, clients of other servers, and those that are closed', async () => {
  const stub = stubPromptory();
  const closed = tab(stub);
  closed.promptory.$close();
  const others = [closed, tab(stub, 'token'), tab({ ...stub, url: 'http://other.test' })];
  await tab(stub).promptory.$signIn({ email, password });
  for (const other of others) expect(await other.seen()).toEqual({ events: [], state: 'unknown' });
});

it('tells nobody who no longer listens, and the others although one of them throws', async () => {
  const stub = stubPromptory();
  const { promptory, seen, stop } = tab(stub, 'token');
  const thrown: unknown[] = [];
  const caught = (error: unknown) => thrown.push(error);
  const listeners = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException');
  process.on('uncaughtException', caught);
  try {
    const late: string[] = [];
    promptory.$onSession(() => {
      throw new Error('of a listener');
    });
    promptory.$onSession(({ type }) => late.push(type));
    await promptory.$signIn({ email, password });
    expect(await seen()).toEqual({ events: ['began false'], state: 'signed_in' });
    expect([late, thrown]).toEqual([['began'], [new Error('of a listener')]]);
    stop();
    await promptory.$signOut();
    expect((await seen()).events).toEqual([]);
  } finally {
    process.off('uncaughtException', caught);
    for (const listener of listeners) process.on('uncaughtException', listener);
  }
});

it('has nothing to tell where there is no session', async () => {
  const promptory = createPromptory({ ...stubPromptory(), apiKey: 'pty_live_x' });
  const stop = promptory.$onSession(() => expect.unreachable());
  await promptory.prompts.get.query({ id: '1' });
  stop();
});
