import { describe, expect, it } from 'vitest';
import { rows } from '../contract/access-matrix.rows.ts';
import { givenApp } from '../harness/boot.ts';
import { givenWorld } from '../harness/given-world.ts';
import { procedures } from '../harness/transports.ts';

// What every address answers however it is written, and to the methods that no procedure names.

const server = await givenApp();
const world = await givenWorld(server);
const headers = await world.headersOf('owner');

const METHODS = ['GET', 'HEAD', 'OPTIONS', 'PATCH'] as const;
type Method = (typeof METHODS)[number];

const pages = ['/docs', '/docs/errors', '/openapi.json', '/health/live', '/health/ready', '/sign-in', '/shared'];

const addresses = [
  ...new Set([
    ...procedures.map(({ path, rest }) => {
      const input = rows[path]?.input(world) ?? {};
      return rest.path.replace(/\{([^}]*)\}/g, (_, name: string) => encodeURIComponent(String(input[name])));
    }),
    ...pages,
  ]),
];

const ask = async (method: Method, url: string, sent: Readonly<Record<string, string>> = {}) => {
  const { statusCode, headers: answered, body } = await server.call({ method, url, headers: sent });
  return { status: statusCode, allow: answered.allow, body, headers: answered };
};
type Asked = Awaited<ReturnType<typeof ask>>;

/** What each address answers to each method as it is written, to who is not signed in. */
const plain = new Map<string, Asked>();
for (const url of addresses) for (const method of METHODS) plain.set(`${method} ${url}`, await ask(method, url));

/** Each address in another form, with every method: where the answer is not that of the address itself. */
async function others(formOf: (url: string) => string): Promise<string[]> {
  const faults: string[] = [];
  for (const url of addresses) {
    for (const method of METHODS) {
      const [asked, { status, allow }] = [await ask(method, formOf(url)), plain.get(`${method} ${url}`) as Asked];
      if (asked.status === status && asked.allow === allow) continue;
      faults.push(`${method} ${formOf(url)}: ${asked.status} ${asked.allow}, not ${status} ${allow}`);
    }
  }
  return faults;
}

describe('an address', () => {
  it('is the same with a slash at its end, whatever the method', async () => {
    expect(await others((url) => `${url}/`)).toEqual([]);
    expect(addresses.length).toBeGreaterThan(60);
  });

  it('is the same where a letter of it is percent-encoded', async () => {
    const encoded = (letter: string): string => `%${letter.charCodeAt(0).toString(16)}`;
    expect(await others((url) => url.replace(/[a-z]/, encoded))).toEqual([]);
  });

  it.each([
    ['a slash before it', (url: string) => `/${url}`],
    ['a slash in it twice', (url: string) => url.replace(/(?<=.)\/(?=[^/]*$)|^\/(?=[^/]*$)/, '//')],
    ['an encoded slash at its end', (url: string) => `${url}%2F`],
  ])('with %s is never answered as if it were there', async (_, formOf) => {
    const answered: string[] = [];
    for (const url of addresses) {
      const { status } = await ask('GET', formOf(url), headers);
      if (status < 400 || status >= 500) answered.push(`${formOf(url)}: ${status}`);
    }
    expect(answered).toEqual([]);
  });

  it.each(METHODS)('whose parameter is empty is none, for %s', async (method) => {
    for (const url of ['/prompts//', '/groups//', '/users/api-keys//', '/prompts//versions', '/prompts//labels/x']) {
      expect([url, (await ask(method, url, headers)).status]).toEqual([url, 404]);
    }
  });
});

describe('HEAD and OPTIONS', () => {
  it('answer at every address what GET does without its body, and what may be asked there', async () => {
    const faults: string[] = [];
    for (const url of addresses) {
      const [get, head, options] = (await Promise.all(
        (['GET', 'HEAD', 'OPTIONS'] as const).map((method) => ask(method, url, headers)),
      )) as [Asked, Asked, Asked];
      if (head.body !== '' || head.status !== get.status) faults.push(`HEAD ${url}: ${head.status} ${head.body}`);
      if (options.status !== 204 || options.body !== '') faults.push(`OPTIONS ${url}: ${options.status}`);
      const allowed = String(options.allow).split(', ');
      if (allowed.includes('GET') !== (get.status !== 405)) faults.push(`OPTIONS ${url}: ${options.allow}`);
    }
    expect(faults).toEqual([]);
  });
});

describe('a preference (RFC 7240)', () => {
  it.each(['return=minimal', 'respond-async, wait=10', ',,='])('is never an error: %s', async (prefer) => {
    for (const url of ['/users/me', '/prompts', '/trpc/me.get']) {
      const asked = await ask('GET', url, { ...headers, prefer });
      expect([asked.status, asked.headers['preference-applied']]).toEqual([200, undefined]);
    }
    const changed = { method: 'PUT', url: '/users/preferences', payload: { theme: 'dark' } } as const;
    expect((await server.call({ ...changed, headers: { ...headers, prefer } })).statusCode).toBe(200);
  });
});
