import type { RestProcedure } from '@promptory/trpc-fastify';
import type { InjectOptions } from 'fastify';
import { ORIGIN } from '../../../harness/boot.ts';
import { type Headers, type Input, requestOf } from '../../../harness/transports.ts';

// Requests as the page of another site can have a browser send them: with forms, links, images, beacons and fetch.

/** What the browser says of such a page. The last is what it says when it says next to nothing. */
export const foreignOrigins: Readonly<Record<string, Headers>> = {
  'another site': { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
  'another site, without Sec-Fetch-Site': { origin: 'https://evil.example' },
  'another site that says same-origin': { origin: 'https://evil.example', 'sec-fetch-site': 'same-origin' },
  'no Origin, cross-site': { 'sec-fetch-site': 'cross-site' },
  'no Origin, same-site': { 'sec-fetch-site': 'same-site' },
  'Origin null': { origin: 'null' },
  'Origin null, same-origin': { origin: 'null', 'sec-fetch-site': 'same-origin' },
  'Origin empty': { origin: '' },
  'a sub-domain': { origin: 'https://x.promptory.example' },
  'the domain above': { origin: 'https://example' },
  'another port': { origin: `${ORIGIN}:8443` },
  'the port said': { origin: `${ORIGIN}:443` },
  'another scheme': { origin: 'http://promptory.example' },
  'a domain that begins so': { origin: `${ORIGIN}.evil.example` },
  'a domain that ends so': { origin: 'https://evilpromptory.example' },
  'user and host': { origin: 'https://promptory.example@evil.example' },
  'a path behind': { origin: `${ORIGIN}/` },
  'capital letters': { origin: 'https://PROMPTORY.example' },
  'a dot behind': { origin: `${ORIGIN}.` },
  'two origins': { origin: `${ORIGIN}, https://evil.example` },
  'our Referer beside it': { origin: 'https://evil.example', referer: `${ORIGIN}/page` },
  'our Host beside it': { origin: 'https://evil.example', 'x-forwarded-host': 'evil.example', host: 'evil.example' },
  'Host as its Origin': { origin: 'https://evil.example', host: 'evil.example' },
  'Referer alone': { referer: `${ORIGIN}/page` },
};

export interface ForgedRequests {
  /** As our own page makes the call, but for its Origin. */
  readonly honest: Readonly<Record<'tRPC' | 'tRPC batch' | 'REST', InjectOptions>>;
  /** In shapes that need no preflight, each with the most trustworthy Origin that it can have. */
  readonly forged: Readonly<Record<string, InjectOptions>>;
}

const evil = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
/** As a page of ours would be, were it tricked: the shape alone must be refused. */
const ours = { origin: ORIGIN, 'sec-fetch-site': 'same-origin' };

export function forgedRequests({ path, rest }: RestProcedure, input: Input): ForgedRequests {
  // What is answered bit by bit has to be asked for so.
  const asked: Headers = rest.stream === undefined ? {} : { 'trpc-accept': 'application/jsonl' };
  const honest = {
    tRPC: requestOf('tRPC', path, input, asked),
    'tRPC batch': requestOf('tRPC batch', path, input, asked),
    REST: requestOf('REST', path, input),
  };
  const addresses = { REST: String(honest.REST.url), tRPC: String(honest.tRPC.url) };
  const forged: Record<string, InjectOptions> = {};
  const add = (what: string, request: InjectOptions): void => {
    forged[what] = request;
  };
  const json = JSON.stringify(input);
  const form = Object.entries(input)
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`)
    .join('&');
  const multipart = Object.entries(input)
    .map(([name, value]) => `--x\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${String(value)}\r\n`)
    .join('');
  const bodies: Record<string, readonly [type: string | null, payload: string]> = {
    'a form': ['application/x-www-form-urlencoded', form],
    'a form of JSON': ['application/x-www-form-urlencoded', `${json.slice(0, -1)},"x":"="}`],
    'plain text of JSON': ['text/plain', json],
    'plain text that names JSON': ['text/plain; application/json', json],
    'JSON after a comma': ['text/plain, application/json', json],
    multipart: ['multipart/form-data; boundary=x', `${multipart}--x--`],
    'multipart that names JSON': ['multipart/form-data; boundary=application/json', json],
    'no content type': [null, json],
    'an empty content type': ['', json],
  };
  for (const [transport, url] of Object.entries(addresses)) {
    const restMethod = transport === 'REST' ? honest.REST.method : undefined;
    const method = restMethod ?? 'POST';
    for (const [what, [type, payload]] of Object.entries(bodies)) {
      const typed = type === null ? {} : { 'content-type': type };
      // Another site's, for what a browser sends without asking; ours, where a body decides and nothing else.
      add(`${what} from another site, ${transport}`, { method: 'POST', url, headers: { ...evil, ...typed }, payload });
      add(`${what} without an Origin, ${transport}`, { method, url, headers: typed, payload });
      // DELETE has its input in the address, and is our own page's to send.
      if (method !== 'DELETE') add(`${what}, ${transport}`, { method, url, headers: { ...ours, ...typed }, payload });
    }
    const at = `${url}${url.includes('?') ? '&' : '?'}`;
    const input64 = encodeURIComponent(json);
    for (const [site, headers] of Object.entries({ 'a link': {}, 'another site': evil, 'our page': ours })) {
      if (transport === 'REST' && method === 'GET') continue;
      add(`GET by ${site}, ${transport}`, { method: 'GET', url: `${at}input=${input64}&${form}`, headers });
      add(`HEAD by ${site}, ${transport}`, { method: 'HEAD', url: `${at}input=${input64}`, headers });
      add(`OPTIONS by ${site}, ${transport}`, { method: 'OPTIONS', url: `${at}input=${input64}`, headers });
    }
    for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override']) {
      add(`GET with ${name}, ${transport}`, {
        method: 'GET',
        url: `${at}input=${input64}`,
        headers: { [name]: method },
      });
    }
    add(`GET with _method, ${transport}`, {
      method: 'GET',
      url: `${at}_method=${method}&input=${input64}`,
      headers: {},
    });
    add(`a form with _method, ${transport}`, {
      method: 'POST',
      url: `${at}_method=${method}`,
      headers: { ...evil, 'content-type': 'application/x-www-form-urlencoded' },
      payload: `_method=${method}&${form}`,
    });
    for (const bare of ['PUT', 'DELETE', 'PATCH', 'POST'] as const) {
      add(`${bare} without a body, another site, ${transport}`, { method: bare, url, headers: evil });
      add(`${bare} without a body or an Origin, ${transport}`, { method: bare, url, headers: {} });
    }
    add(`JSON without an Origin, cross-site, ${transport}`, {
      method,
      url,
      headers: { 'content-type': 'application/json', 'sec-fetch-site': 'cross-site' },
      ...(method === 'DELETE' ? {} : { payload: json }),
    });
  }
  return { honest, forged };
}
