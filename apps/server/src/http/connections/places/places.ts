import type { Socket } from 'node:net';

/**
 * What a connection does. One `idle` has no request; one that `stands` sends a request that is not whole, or takes none of its
 * answer, or waits to be refused; one at `work` has a whole request, which is being answered.
 */
export type Doing = 'idle' | 'stands' | 'work';

/** A connection that is open. */
export interface Place {
  readonly socket: Socket;
  holder: Holder;
  /** Whether it is one beyond the bound, which makes way for its like only. */
  isSpare: boolean;
  doing: Doing;
  /** When it began to do so, or last moved on; in milliseconds. */
  since: number;
}

/** Whose connections they are. */
export interface Holder {
  /** Its network address; null for proxies while they ask for nobody. */
  readonly network: string | null;
  /** All that it has. */
  count: number;
  /** Longest first. */
  readonly idle: Set<Place>;
  /** Longest first. */
  readonly halted: Set<Place>;
}

export const newHolder = (network: string | null): Holder => ({
  network,
  count: 0,
  idle: new Set(),
  halted: new Set(),
});

/** How long one is left alone that has just come, or has just begun to send. */
const REST_MS = 2_000;
/** What it costs to lose an idle connection, to one that is not: its client opens another with its next request. */
const IDLE_WEIGHT = 4;
const FRESH_WEIGHT = 0.25;

const isRested = ({ since }: Place, time: number): boolean => time - since >= REST_MS;

/** The more it weighs the sooner it goes: by how many its holder has, by what it does, and by whether it has had its time. */
function weightOf(place: Place, time: number): number {
  const { holder, doing } = place;
  const many = holder.network === null ? 1 : holder.count;
  const kind = doing === 'idle' ? IDLE_WEIGHT : 1;
  return many * kind * (isRested(place, time) ? 1 : FRESH_WEIGHT);
}

/**
 * Who makes way for one more of `newcomer`, or undefined where nobody does. It is taken from who has most, and from nobody who
 * would then have less than the newcomer: so whoever has few is always let in, and whoever has many takes its own.
 * What is at work makes way for nobody.
 */
export function whoMakesWay(
  nobody: Holder,
  holders: Iterable<Holder>,
  newcomer: Holder,
  time: number,
): Place | undefined {
  let found: Place | undefined;
  let most = 0;
  const { count } = newcomer === nobody ? { count: 0 } : newcomer;
  const look = (holder: Holder, place: Place | undefined): void => {
    if (place === undefined) return;
    const weight = weightOf(place, time);
    const isOwn = holder === newcomer && holder !== nobody;
    const isFair = isOwn ? place.doing === 'idle' || isRested(place, time) : weight > count;
    if (!isFair || weight <= most) return;
    found = place;
    most = weight;
  };
  const lookAt = (holder: Holder): void => {
    for (const places of [holder.idle, holder.halted]) look(holder, places.values().next().value);
  };
  lookAt(nobody);
  for (const holder of holders) lookAt(holder);
  return found;
}

/** Which of its own connections a holder loses that has as many as it may: one that has had its time. */
export function ownThatMakesWay({ idle, halted }: Holder, time: number): Place | undefined {
  for (const [place] of [idle, halted]) if (place !== undefined && isRested(place, time)) return place;
  return undefined;
}
