import { generateApiKey } from '@promptory/auth';
import { newId } from '@promptory/db';
import { Scope } from '@promptory/schemas';
import type { BootedApp } from '../../../harness/boot.ts';
import type { Headers } from '../../../harness/transports.ts';

export const allScopes: readonly Scope[] = Scope.options;

/** What is not said is not limited. */
export interface KeyParts {
  readonly scopes?: readonly Scope[];
  readonly groupId?: string;
  readonly expiresAt?: Date;
  readonly revokedAt?: Date;
}

/** A key of somebody, used just now. @returns the header that shows it */
export async function givenKey(
  { services }: BootedApp,
  userId: string,
  parts: KeyParts = {},
): Promise<Headers & { 'x-api-key': string }> {
  const { key, hash, hint } = generateApiKey();
  const { scopes = allScopes, groupId = null, expiresAt = null, revokedAt = null } = parts;
  const now = services.clock.now();
  const row = { id: newId(), user_id: userId, name: 'test', key_hash: hash, hint, scopes: [...scopes] };
  await services.db
    .insertInto('api_keys')
    .values({
      ...row,
      group_id: groupId,
      expires_at: expiresAt,
      revoked_at: revokedAt,
      created_at: now,
      last_used_at: now,
    })
    .execute();
  return { 'x-api-key': key };
}
