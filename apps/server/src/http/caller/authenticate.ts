import { type AppError, detailedError, type Principal } from '@promptory/api/server';
import type { RequestLimiter } from '../rate-limit-headers.ts';
import { anonymous, ended } from './find-principal.ts';
import type { KnownCredentials } from './known-credentials.ts';
import type { Credential, Presented } from './presented-credential.ts';

interface Authentication {
  readonly presented: Presented;
  readonly address: string;
  readonly known: KnownCredentials;
  readonly limiter: RequestLimiter;
  /** @param userId whose the credential is said to be, where that is known already */
  find(credential: Credential, userId: string | null): Promise<Principal>;
}

/**
 * Who makes a request. A limit counts before the database is asked: the person's own, where a signature or the memory of
 * what was accepted lately says whose the credential is; else one for credentials that are not accepted: of whom it was,
 * where it is known to have been good once, or of the address, so that no stranger behind the same address shuts out one
 * that works.
 *
 * @throws AppError limit.exceeded
 */
export async function authenticate(authentication: Authentication): Promise<Principal> {
  const { presented, known, limiter } = authentication;
  if (presented.kind === 'nothing') return anonymous(presented.rejected);
  const lately = known.get(presented.id);
  const general = presented.kind === 'accessToken' ? ({ name: 'user', key: presented.userId } as const) : lately?.limit;
  const userId = presented.kind === 'accessToken' ? presented.userId : (lately?.userId ?? null);
  if (general !== undefined) {
    const { allowed, retryAfterSeconds } = await limiter.countAhead(general);
    if (!allowed) throw exceeded(general.name, retryAfterSeconds);
  }
  if (lately === undefined) return findStranger(authentication, presented, userId);

  const principal = await authentication.find(presented, userId);
  if (principal.kind !== 'anonymous') {
    known.remember(presented.id, principal);
    return principal;
  }
  known.end(presented.id, lately.userId);
  await limiter.takeBack();
  await limiter.consume('credential', failureKey(authentication, presented));
  return ended(lately.userId);
}

/** A credential that was not accepted lately counts as one that is refused until it has been looked up. */
async function findStranger(
  authentication: Authentication,
  credential: Credential,
  userId: string | null,
): Promise<Principal> {
  const { known, limiter } = authentication;
  const key = failureKey(authentication, credential);
  const { allowed, retryAfterSeconds } = await limiter.consume('credential', key);
  if (!allowed) {
    await limiter.takeBack();
    throw exceeded('credential', retryAfterSeconds);
  }
  let isRefused = false;
  try {
    const principal = await authentication.find(credential, userId);
    if (principal.kind !== 'anonymous') {
      known.remember(credential.id, principal);
      return principal;
    }
    isRefused = true;
    await limiter.takeBack();
    const { endedOf = known.endedOf(credential.id) } = principal;
    if (endedOf === undefined) return principal;
    known.end(credential.id, endedOf);
    // Its owner's affair from now on; where that is used up, the address pays, so that the number of queries stays bounded.
    const own = failureKey(authentication, credential);
    if (own !== key && (await limiter.consume('credential', own)).allowed) isRefused = false;
    return ended(endedOf);
  } finally {
    // Not where it was accepted, nor where the database was away.
    if (!isRefused) await limiter.refund('credential', key);
  }
}

/** Whom failures are counted for. Only we sign access tokens, so a dead one is its own affair and not its address's. */
function failureKey({ address, known }: Authentication, { kind, id }: Credential): string {
  if (kind === 'accessToken') return id;
  const endedOf = known.endedOf(id);
  return endedOf === undefined ? address : `ended|${endedOf}`;
}

const exceeded = (limit: string, retryAfterSeconds: number): AppError =>
  detailedError('limit.exceeded', { limit }, { retryAfterSeconds });
