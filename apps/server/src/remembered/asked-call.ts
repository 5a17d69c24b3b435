import type { rememberedCalls } from '@promptory/api/server';
import { ById, ResolveInput } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import { containsApiKey } from '../plugins/key-in-address.ts';

/** A call by GET that may be answered by what is remembered. */
export interface AskedCall {
  readonly over: 'REST' | 'wire';
  readonly procedure: keyof typeof rememberedCalls;
  /** The id, or the reference. */
  readonly asked: string;
  /** Its path, as the log shows it. */
  readonly path: string;
  /** The template of the route that it is answered in place of. */
  readonly route: string;
}

interface Place extends Pick<AskedCall, 'over' | 'procedure' | 'route'> {
  /** What its address begins with. */
  readonly prefix: string;
  /** The name of what is asked for. */
  readonly name: string;
  readonly input: { safeParse(value: unknown): { readonly success: boolean } };
  path(asked: string): string;
}

const resolve = { procedure: 'prompts.resolve', name: 'ref', input: ResolveInput } as const;
const get = { procedure: 'prompts.get', name: 'id', input: ById } as const;
const RESOLVE = '/prompts/resolve';

/** The first whose prefix an address begins with counts. */
const places: readonly Place[] = [
  { ...resolve, over: 'REST', prefix: `${RESOLVE}?ref=`, route: RESOLVE, path: () => RESOLVE },
  { ...get, over: 'REST', prefix: '/prompts/', route: '/prompts/:id', path: (id) => `/prompts/${id}` },
  ...[resolve, get].map((call) => {
    const path = `/trpc/${call.procedure}`;
    return { ...call, over: 'wire' as const, prefix: `${path}?input=`, route: '/trpc/*', path: () => path };
  }),
];

/** Of one value, written as every client writes it: a query with a second name, or with `+` for a blank, is none. */
const ONE_VALUE = /^[\w.~!*'()%:/@-]+$/;
/** As we write them: any other is left to the routes, which say so of it in the log. */
const OWN_ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

const MOST = 20_000;
const MOST_CHARACTERS = 4_000_000;

/** Reads addresses, and remembers what it has read: programs ask for the same ones. */
export function readsAskedCalls(): (url: string) => AskedCall | null {
  const known = new LRUCache<string, AskedCall>({
    max: MOST,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_, url) => url.length,
  });
  return (url) => {
    const lately = known.get(url);
    if (lately !== undefined) return lately;
    const asked = askedCall(url);
    if (asked !== null) known.set(url, asked);
    return asked;
  };
}

/** What an address asks for, where nobody could read it in another way; null leaves it to the routes. */
export function askedCall(url: string): AskedCall | null {
  const place = places.find(({ prefix }) => url.startsWith(prefix));
  if (place === undefined || containsApiKey(url)) return null;
  const { over, procedure, route, name, input } = place;
  const value = decoded(url.slice(place.prefix.length));
  if (value === null) return null;
  const asked = over === 'REST' ? value : textIn(value, name);
  // Written otherwise, one name may stand there twice.
  if (asked === null || (over === 'wire' && JSON.stringify({ [name]: asked }) !== value)) return null;
  if (!input.safeParse({ [name]: asked }).success || (name === 'id' && !OWN_ID.test(asked))) return null;
  return { over, procedure, asked, route, path: place.path(asked) };
}

function decoded(value: string): string | null {
  try {
    return ONE_VALUE.test(value) ? decodeURIComponent(value) : null;
  } catch {
    return null;
  }
}

function textIn(json: string, name: string): string | null {
  try {
    const text: unknown = Reflect.get(Object(JSON.parse(json)), name);
    return typeof text === 'string' ? text : null;
  } catch {
    return null;
  }
}
