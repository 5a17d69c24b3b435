import type { PublicUser } from '@promptory/schemas';
import { type RawBuilder, sql } from 'kysely';

/** The public side of a row of `users`, which the query names `alias`, as one JSON column. */
export const publicUser = (alias: string): RawBuilder<PublicUser> => sql<PublicUser>`json_build_object(
  'id', ${sql.ref(`${alias}.id`)}, 'handle', ${sql.ref(`${alias}.handle`)},
  'name', ${sql.ref(`${alias}.name`)}, 'avatarUrl', ${sql.ref(`${alias}.avatar_url`)}
)`;
