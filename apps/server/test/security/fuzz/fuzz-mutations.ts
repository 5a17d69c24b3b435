import fc from 'fast-check';
import { nastyText, nastyValue, oddName, Written } from './fuzz-values.ts';

// An input and what was done to it.

/** What is sent: an input that may hold `Written` values, and how much of its text is left. */
export interface Sent {
  readonly input: unknown;
  /** From 0 to 1 of the JSON text; 1 for all. */
  readonly kept: number;
}

type Kind = 'replace' | 'leave out' | 'add' | 'wrap' | 'nest' | 'whole' | 'cut';

interface Mutation {
  readonly kind: Kind;
  /** Chooses where, among the places that the input has. */
  readonly place: number;
  readonly name: string;
  readonly value: unknown;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  kind: fc.oneof(
    { weight: 14, arbitrary: fc.constant<Kind>('replace') },
    { weight: 2, arbitrary: fc.constant<Kind>('leave out') },
    { weight: 3, arbitrary: fc.constant<Kind>('add') },
    { weight: 1, arbitrary: fc.constant<Kind>('wrap') },
    { weight: 1, arbitrary: fc.constant<Kind>('nest') },
    { weight: 1, arbitrary: fc.constant<Kind>('whole') },
    { weight: 1, arbitrary: fc.constant<Kind>('cut') },
  ),
  place: fc.nat(),
  name: oddName,
  value: fc.oneof(nastyValue, nastyText),
});

type Step = readonly [holder: Record<string, unknown> | unknown[], key: string];

const isHolder = (value: unknown): value is Record<string, unknown> | unknown[] =>
  typeof value === 'object' && value !== null && !(value instanceof Written);

/** Every place of a value, outermost first. */
function placesOf(value: unknown): Step[] {
  if (!isHolder(value)) return [];
  return Object.entries(value).flatMap(([key, inner]): Step[] => [[value, key], ...placesOf(inner)]);
}

const set = (holder: object, key: string, value: unknown): void => {
  // An assignment to `__proto__` would set no key.
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
};

function mutate(sent: Sent, { kind, place, name, value }: Mutation): Sent {
  if (kind === 'whole') return { ...sent, input: value };
  if (kind === 'cut') return { ...sent, kept: (place % 1_000) / 1_000 };
  const input = structuredCloneOf(sent.input);
  const places = placesOf(input);
  const step = places[place % Math.max(1, places.length)];
  if (kind === 'add' || step === undefined) {
    if (Array.isArray(input)) input.push(value);
    else if (isHolder(input)) set(input, name, value);
    return { ...sent, input };
  }
  const [holder, key] = step;
  const old: unknown = Reflect.get(holder, key);
  if (kind === 'leave out') Reflect.deleteProperty(holder, key);
  else set(holder, key, kind === 'wrap' ? [old] : kind === 'nest' ? { [key]: old } : value);
  return { ...sent, input };
}

/** A copy that keeps `Written` values and own `__proto__` keys. */
function structuredCloneOf(value: unknown): unknown {
  if (!isHolder(value)) return value;
  if (Array.isArray(value)) return value.map(structuredCloneOf);
  const copy = {};
  for (const [key, inner] of Object.entries(value)) set(copy, key, structuredCloneOf(inner));
  return copy;
}

/** What was sent, with one to three things done to it. */
export const mutated = (valid: fc.Arbitrary<Sent>): fc.Arbitrary<Sent> =>
  fc
    .tuple(valid, fc.array(mutation, { minLength: 1, maxLength: 3 }))
    .map(([sent, mutations]) => mutations.reduce(mutate, sent));
