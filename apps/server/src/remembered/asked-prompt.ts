import { ResolveInput } from '@promptory/schemas';
import { LRUCache } from 'lru-cache';
import { containsApiKey } from '../plugins/key-in-address.ts';

/** A call of `prompts.resolve` by GET. */
export interface AskedPrompt {
  readonly over: 'REST' | 'wire';
  readonly ref: string;
}

const REST = '/prompts/resolve?ref=';
const WIRE = '/trpc/prompts.resolve?input=';
/** Of one value, written as every client writes it: a query with a second name, or with `+` for a blank, is none. */
const ONE_VALUE = /^[\w.~!*'()%:/@-]+$/;

const MOST = 20_000;
const MOST_CHARACTERS = 4_000_000;

/** Reads addresses, and remembers what it has read: programs ask for the same ones. */
export function readsAskedPrompts(): (url: string) => AskedPrompt | null {
  const known = new LRUCache<string, AskedPrompt>({
    max: MOST,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: (_, url) => url.length,
  });
  return (url) => {
    const lately = known.get(url);
    if (lately !== undefined) return lately;
    const asked = askedPrompt(url);
    if (asked !== null) known.set(url, asked);
    return asked;
  };
}

/** What an address asks for, where nobody could read it in another way; null leaves it to the routes. */
export function askedPrompt(url: string): AskedPrompt | null {
  if (!(url.startsWith(REST) || url.startsWith(WIRE)) || containsApiKey(url)) return null;
  if (url.startsWith(REST)) return asked('REST', decoded(url.slice(REST.length)));
  const json = decoded(url.slice(WIRE.length));
  const ref = json === null ? null : refIn(json);
  // Written otherwise, one name may stand there twice.
  return ref !== null && JSON.stringify({ ref }) === json ? asked('wire', ref) : null;
}

const asked = (over: AskedPrompt['over'], ref: string | null): AskedPrompt | null =>
  ResolveInput.safeParse({ ref }).success ? { over, ref: String(ref) } : null;

function decoded(value: string): string | null {
  try {
    return ONE_VALUE.test(value) ? decodeURIComponent(value) : null;
  } catch {
    return null;
  }
}

function refIn(json: string): string | null {
  try {
    const ref: unknown = Reflect.get(Object(JSON.parse(json)), 'ref');
    return typeof ref === 'string' ? ref : null;
  } catch {
    return null;
  }
}
