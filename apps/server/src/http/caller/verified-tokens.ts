import { LRUCache } from 'lru-cache';

/** Of whom and of which session an access token speaks that was verified. */
export interface VerifiedToken {
  readonly userId: string;
  readonly sessionId: string;
  readonly expiresAt: Date;
}

/** Access tokens whose signature was found to be right lately, until they end. Whether their session still lives, each call asks. */
export interface VerifiedTokens {
  /** @param id a hash of all of the token */
  get(id: string, now: Date): VerifiedToken | undefined;
  remember(id: string, token: VerifiedToken): void;
}

/** Some 400 bytes each. */
const MOST = 20_000;

export function createVerifiedTokens(): VerifiedTokens {
  const known = new LRUCache<string, VerifiedToken>({ max: MOST });
  return {
    get(id, now) {
      const token = known.get(id);
      if (token === undefined || now < token.expiresAt) return token;
      known.delete(id);
      return undefined;
    },
    remember: (id, { userId, sessionId, expiresAt }) => void known.set(id, { userId, sessionId, expiresAt }),
  };
}
