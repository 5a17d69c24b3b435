import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateApiKey } from '@promptory/auth';
import { MAX_CONTENT_LENGTH } from '@promptory/schemas';
import type { Account } from './soak-site.ts';

/** What a hostile account does again and again until `signal`; nothing that it is answered stops it. */
type Attack = (site: Target) => Promise<void>;

interface Target {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  readonly met: Met;
}

/** What an attack was answered so far. An attack of which nothing is done is none. */
export interface Met {
  /** Answered as what is asked for. */
  done: number;
  refused: number;
  /** Cut off, or not answered within its time. */
  unanswered: number;
}

/** As long as a prompt may be. */
const LARGE = 'x'.repeat(MAX_CONTENT_LENGTH);
/** As many lines as it may have. */
const LINES = MAX_CONTENT_LENGTH / 2;

/** One request, read to its end. Answers its status and what it says, or null where there was no answer. */
async function send(
  { url, headers, signal, met }: Target,
  method: string,
  path: string,
  body?: object | { readonly type: string; readonly text: string },
): Promise<{ status: number; answer: Record<string, unknown> } | null> {
  const isText = body !== undefined && 'type' in body && 'text' in body;
  const type = isText ? String(body.type) : 'application/json';
  try {
    const answer = await fetch(url + path, {
      method,
      signal,
      headers: body === undefined ? { ...headers } : { ...headers, 'content-type': type },
      ...(body === undefined ? {} : { body: isText ? String(body.text) : JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (answer.ok) met.done += 1;
    else met.refused += 1;
    // A stream, or an answer that was cut, is no JSON.
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text.split('\n', 1)[0] ?? '{}') : {};
    return { status: answer.status, answer: parsed as Record<string, unknown> };
  } catch {
    met.unanswered += 1;
    return null;
  }
}

const create = (target: Target, content: string, rest: object = {}) =>
  send(target, 'POST', '/prompts', { title: 'Equal', content, ...rest });

/** What an attack is made of, which counts as none of it: asked for until it is there. @throws Error where it can be none */
async function given(target: Target, method: string, path: string, body: object): Promise<unknown> {
  const uncounted = { ...target, met: { done: 0, refused: 0, unanswered: 0 } };
  while (!target.signal.aborted) {
    const made = await send(uncounted, method, path, body);
    if (made !== null && made.status < 300) return made.answer.id;
    if (made !== null && made.status < 429) throw new Error(`${method} ${path}: ${JSON.stringify(made).slice(0, 500)}`);
    await sleep(200);
  }
  return undefined;
}

const givenPrompt = (target: Target, content: string) => given(target, 'POST', '/prompts', { title: 'Equal', content });

async function forever(target: Target, atOnce: number, call: (index: number) => Promise<unknown>): Promise<void> {
  const lane = async (first: number): Promise<void> => {
    for (let index = first; !target.signal.aborted; index += atOnce) {
      const answer = await call(index);
      // Whoever was refused comes back at once all the same, as long as the machine lets it.
      if (answer === null) await sleep(50);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, (_, index) => lane(index)));
}

/** The largest answers: whole groups of large prompts, alone and twenty in a batch. */
const largeAnswers: Attack = async (target) => {
  const id = await given(target, 'POST', '/groups', { name: 'Large' });
  for (let count = 0; count < 40; count += 1) {
    const promptId = await givenPrompt(target, LARGE);
    await given(target, 'POST', `/groups/${id}/prompts`, { promptId });
  }
  const input = encodeURIComponent(
    JSON.stringify(Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, { id }]))),
  );
  const batch = `/trpc/${Array.from({ length: 20 }, () => 'groups.get').join(',')}?batch=1&input=${input}`;
  await forever(target, 10, (index) => send(target, 'GET', index % 2 === 0 ? `/groups/${id}` : batch));
};

/** Who reads nothing does not see that it was cut: by then it was, and opens another. */
const UNREAD_MS = 40_000;

/** A hundred connections that ask for large pages and read none of them. */
const unreadAnswers: Attack = async (target) => {
  for (let count = 0; count < 10; count += 1) await givenPrompt(target, LARGE);
  const { hostname, port } = new URL(target.url);
  const lines = Object.entries(target.headers).map(([name, value]) => `${name}: ${value}`);
  const request = ['GET /prompts?owner=me&limit=100 HTTP/1.1', `host: ${hostname}`, ...lines].join('\r\n');
  const open = async (): Promise<void> => {
    while (!target.signal.aborted) {
      const socket = connect(Number(port), hostname);
      const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
      socket.on('error', () => undefined);
      socket.once('connect', () => {
        target.met.done += 1;
      });
      socket.pause();
      for (let count = 0; count < 4; count += 1) socket.write(`${request}\r\n\r\n`);
      const end = (): void => void socket.destroy();
      target.signal.addEventListener('abort', end, { once: true });
      const held = setTimeout(end, UNREAD_MS);
      await closed;
      clearTimeout(held);
      target.signal.removeEventListener('abort', end);
      await sleep(50);
    }
  };
  await Promise.all(Array.from({ length: 100 }, open));
};

/** Batches of diffs between versions of a hundred thousand lines. */
const largeDiffs: Attack = async (target) => {
  const text = (step: number): string => Array.from({ length: LINES }, (_, line) => (line * step) % 7).join('\n');
  const id = await givenPrompt(target, text(1));
  await given(target, 'PUT', `/prompts/${id}`, { content: text(3) });
  const inputs = Array.from({ length: 20 }, (_, index) => [index, { id, from: 1, to: 2 }]);
  const path = `/trpc/${inputs.map(() => 'versions.diff').join(',')}?batch=1&input=${encodeURIComponent(JSON.stringify(Object.fromEntries(inputs)))}`;
  await forever(target, 4, () => send(target, 'GET', path));
};

/** The same file of five thousand equal titles, imported over and over. */
const equalTitles: Attack = async (target) => {
  const text = `title,content\n${Array.from({ length: 5_000 }, (_, index) => `Equal,${index}`).join('\n')}\n`;
  await forever(target, 3, () => send(target, 'POST', '/prompts/import', { type: 'text/csv', text }));
};

/** Prompts, groups and favourites, as many as there may be. */
const pilesOfRows: Attack = (target) =>
  forever(target, 20, async (index) => {
    const prompt = await create(target, `number ${index}`, { visibility: 'public' });
    await send(target, 'POST', `/users/favorites/${prompt?.answer.id}`);
    return send(target, 'POST', '/groups', { name: `Group ${index}` });
  });

/** Invitations to addresses that nobody has, with words of its own in the names. */
const invitations: Attack = async (target) => {
  const id = await given(target, 'POST', '/groups', { name: 'You won. Go to www.example.org now' });
  await forever(target, 10, (index) =>
    send(target, 'POST', `/groups/${id}/members`, { email: `guest${index}@example.net`, role: 'viewer' }),
  );
};

/** Forty updates of one prompt at once, which all wait for its row. */
const oneRow: Attack = async (target) => {
  const id = await givenPrompt(target, 'contended');
  await forever(target, 40, (index) => send(target, 'PUT', `/prompts/${id}`, { content: `edit ${index} of many` }));
};

/** Files whose shape costs more than their size. */
const shapes: Attack = async (target) => {
  const million = 1_000_000;
  const files = [
    { type: 'text/csv', text: ','.repeat(15 * million) },
    { type: 'text/csv', text: `title,content\n"${'x'.repeat(15 * million)}` },
    { type: 'text/csv', text: '\n'.repeat(15 * million) },
    { type: 'application/x-ndjson', text: `{"a":${'['.repeat(10 * million)}` },
    { type: 'application/x-ndjson', text: '{}\n'.repeat(4 * million) },
  ];
  await forever(target, 3, (index) => send(target, 'POST', '/prompts/import', files[index % files.length]));
};

/** Keys that are well formed and nobody's. */
const unknownKeys: Attack = (target) =>
  forever(target, 20, () => {
    const headers = { ...target.headers, 'x-api-key': generateApiKey().key };
    return send({ ...target, headers }, 'GET', '/prompts');
  });

/** Guessed passwords, searches of many words, and exports, in turn. */
const dearCalls: Attack = (target) =>
  forever(target, 12, (index) => {
    const words = Array.from({ length: 30 }, (_, word) => `word${word + index}`).join('+');
    if (index % 3 === 0) return send(target, 'GET', `/prompts?q=${words}`);
    if (index % 3 === 1) return send(target, 'GET', '/prompts/export');
    return send(target, 'POST', '/auth/login', { email: `guest${index}@example.net`, password: 'no such password' });
  });

const attacks: Readonly<Record<string, Attack>> = {
  largeAnswers,
  unreadAnswers,
  largeDiffs,
  equalTitles,
  pilesOfRows,
  invitations,
  oneRow,
  shapes,
  unknownKeys,
  dearCalls,
};

/** By name, in the order in which accounts take them. */
export const attackNames: readonly string[] = Object.keys(attacks);

/** Of what nobody was ever given, and of files that hold nothing, nothing is done: that they are refused is what shows the attack. */
const REFUSED: ReadonlySet<string> = new Set(['unknownKeys', 'shapes']);

/** Whether an attack has had an effect. */
export const isMade = (name: string, { done, refused }: Met): boolean => (REFUSED.has(name) ? refused : done) > 0;

/**
 * Lets each account do one of the attacks that are named, all at the same time, until the signal.
 * @param report is given every second what each attack was answered so far
 */
export async function attack(
  url: string,
  accounts: readonly Account[],
  names: readonly string[],
  signal: AbortSignal,
  report: (met: Readonly<Record<string, Met>>) => void,
): Promise<void> {
  const all = Object.fromEntries(names.map((name): [string, Met] => [name, { done: 0, refused: 0, unanswered: 0 }]));
  const reporting = setInterval(() => report(all), 1_000);
  signal.addEventListener('abort', () => clearInterval(reporting));
  await Promise.all(
    accounts.map(({ headers }, index) => {
      const name = names[index % names.length] ?? '';
      const met = all[name];
      return met === undefined ? undefined : attacks[name]?.({ url, headers, signal, met });
    }),
  );
}
