import { type AppError, detailedError, type GeneralLimit, type Principal } from '@promptory/api/server';
import type { RequestLimiter } from '../rate-limit-headers.ts';
import { anonymous, ended } from './find-principal.ts';
import type { KnownCredentials } from './known-credentials.ts';
import type { Credential, Presented } from './presented-credential.ts';

interface Authentication {
  readonly presented: Presented;
  readonly address: string;
  readonly known: KnownCredentials;
  readonly limiter: RequestLimiter;
  /** @param turn whose turn it takes to look up the credential, where that is known before; null for the address's */
  find(credential: Credential, turn: Turn | null): Promise<Principal>;
}

/** A person's, or, before it is known who they are, that of the account for which we marked a credential. */
export type Turn = { readonly userId: string } | { readonly owner: string };

/**
 * Who makes a request. A limit counts before the database is asked: the person's own, where a signature or the memory of
 * what was accepted lately says whose the credential is; else one for credentials that are not accepted: of whom it was,
 * where it is known to have been good once; of whom our mark says that we made it for; or of the address. So no stranger
 * behind the same address shuts out one that works, be it new to this process or not.
 *
 * @throws AppError limit.exceeded
 */
export async function authenticate(authentication: Authentication): Promise<Principal> {
  const { presented, known, limiter } = authentication;
  if (presented.kind === 'nothing') return anonymous(presented.rejected);
  // Of many calls at once by a credential that is new here the first tells for all.
  const underWay = known.underWay(presented.id);
  if (underWay !== undefined) await underWay;
  const lately = known.get(presented.id);
  if (lately === undefined) {
    const done = known.lookUp(presented.id);
    try {
      if (presented.kind === 'accessToken') await countAhead(limiter, { name: 'user', key: presented.userId });
      return await findStranger(authentication, presented);
    } finally {
      done();
    }
  }

  await countAhead(limiter, presented.kind === 'accessToken' ? { name: 'user', key: presented.userId } : lately.limit);
  const principal = await authentication.find(presented, lately);
  if (principal.kind !== 'anonymous') {
    known.remember(presented.id, principal);
    return principal;
  }
  known.end(presented.id, lately.userId);
  await limiter.takeBack();
  await limiter.consume('credential', failureKey(authentication, presented));
  return ended(lately.userId);
}

async function countAhead(limiter: RequestLimiter, general: GeneralLimit): Promise<void> {
  const { allowed, retryAfterSeconds } = await limiter.countAhead(general);
  if (!allowed) throw exceeded(general.name, retryAfterSeconds);
}

/** A credential that was not accepted lately counts as one that is refused until it has been looked up. */
async function findStranger(authentication: Authentication, credential: Credential): Promise<Principal> {
  const { known, limiter } = authentication;
  const key = failureKey(authentication, credential);
  const { allowed, retryAfterSeconds } = await limiter.consume('credential', key);
  if (!allowed) {
    await limiter.takeBack();
    throw exceeded('credential', retryAfterSeconds);
  }
  let isRefused = false;
  try {
    const principal = await authentication.find(credential, turnOf(credential));
    if (principal.kind !== 'anonymous') {
      known.remember(credential.id, principal);
      return principal;
    }
    isRefused = true;
    await limiter.takeBack();
    const endedOf = principal.endedOf ?? known.endedOf(credential.id) ?? ownerOf(credential);
    if (endedOf === null) return principal;
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

/**
 * Whom failures are counted for. Only we sign access tokens, so a dead one is its own affair and not its address's; and only
 * we mark keys and cookies. One that is known to be dead counts apart, so that it uses up nothing of what works.
 */
function failureKey({ address, known }: Authentication, credential: Credential): string {
  if (credential.kind === 'accessToken') return credential.id;
  const endedOf = known.endedOf(credential.id);
  if (endedOf !== undefined) return `ended|${endedOf}`;
  return credential.owner === null ? address : `owner|${credential.owner}`;
}

const ownerOf = (credential: Credential): string | null =>
  credential.kind === 'accessToken' ? null : credential.owner;

function turnOf(credential: Credential): Turn | null {
  if (credential.kind === 'accessToken') return { userId: credential.userId };
  return credential.owner === null ? null : { owner: credential.owner };
}

const exceeded = (limit: string, retryAfterSeconds: number): AppError =>
  detailedError('limit.exceeded', { limit }, { retryAfterSeconds });
