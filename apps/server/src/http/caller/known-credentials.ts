import { type GeneralLimit, generalLimit, type Principal } from '@promptory/api/server';
import { LRUCache } from 'lru-cache';

/** A credential that was accepted lately: whose it is, and against what its calls count. */
export interface KnownCredential {
  readonly userId: string;
  readonly limit: GeneralLimit;
}

/** What is remembered of credentials that were accepted lately, or once. It lets nobody in: `findPrincipal` does, for each call. */
export interface KnownCredentials {
  get(id: string): KnownCredential | undefined;
  remember(id: string, principal: Exclude<Principal, { kind: 'anonymous' }>): void;
  /** It is accepted no more; whose it was is remembered still. */
  end(id: string, userId: string): void;
  /** Whose it was. */
  endedOf(id: string): string | undefined;
  /** Ends when another call, which is looking it up, has found whose it is; undefined where none is. */
  underWay(id: string): Promise<void> | undefined;
  /** @returns to be called when it has been looked up */
  lookUp(id: string): () => void;
}

/** Some 200 bytes each. */
const MOST = 20_000;
const REMEMBERED_MS = 24 * 3_600_000;
/** How exact that is: else the clock is read for each call. */
const CLOCK_MS = 60_000;

export function createKnownCredentials(): KnownCredentials {
  const bounds = { max: MOST, ttl: REMEMBERED_MS, ttlResolution: CLOCK_MS, updateAgeOnGet: true };
  const known = new LRUCache<string, KnownCredential>(bounds);
  const ended = new LRUCache<string, string>(bounds);
  const underWay = new Map<string, Promise<void>>();
  return {
    get: (id) => known.get(id),
    remember: (id, principal) =>
      void known.set(id, { userId: principal.userId, limit: generalLimit(principal, principal.userId) }),
    end(id, userId) {
      known.delete(id);
      ended.set(id, userId);
    },
    endedOf: (id) => ended.get(id),
    underWay: (id) => underWay.get(id),
    lookUp(id) {
      const { promise, resolve } = Promise.withResolvers<void>();
      underWay.set(id, promise);
      return () => {
        if (underWay.get(id) === promise) underWay.delete(id);
        resolve();
      };
    },
  };
}
