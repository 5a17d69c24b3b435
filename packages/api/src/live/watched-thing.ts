import { StreamedEvent } from '@promptory/trpc-fastify/procedure';
import type { Seen } from '../context.ts';

/** Looks things up. */
interface Keeper<E extends object> {
  /** Something of a thing may not be as it was. */
  look(thing: WatchedThing<E>): void;
  /** Nobody watches a thing any more. */
  forget(thing: WatchedThing<E>): void;
}

/** Is told of a thing. */
interface Watcher<E extends object> {
  /**
   * It was looked up.
   * @param isNew whether it is another one than before
   * @param isFirst whether it has been looked up for the first time
   */
  seen(thing: WatchedThing<E>, isNew: boolean, isFirst: boolean): void;
}

/** A thing as one reader sees it, for all streams of that reader that watch it. */
export class WatchedThing<E extends object> {
  readonly key: string;
  readonly reader: Keeper<E>;
  readonly streams = new Set<Watcher<E>>();
  /** What is told of it; null until it has been looked up. */
  event: StreamedEvent<E> | null = null;
  dependsOn: readonly string[] = [];
  isWhole = true;
  /** Whether it is what the last look-up has found: nothing was reported since. */
  isSettled = false;

  constructor(reader: Keeper<E>, key: string) {
    this.reader = reader;
    this.key = key;
  }

  /** Takes what was found. @returns whether it is another one than before */
  take({ event, dependsOn, isWhole }: Seen<E>): boolean {
    this.dependsOn = dependsOn;
    this.isWhole = isWhole;
    const now = new StreamedEvent(event);
    if (this.event?.json === now.json) return false;
    this.event = now;
    return true;
  }
}
