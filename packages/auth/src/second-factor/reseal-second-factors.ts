import type { Database } from '@promptory/db';
import type { Kysely } from 'kysely';
import { sql } from 'kysely';
import type { SecretBox } from '../secrets/secret-box.ts';
import { codePlace, keyPlace } from './stored-factor.ts';

const AT_ONCE = 500;

/**
 * Seals what rests under an older secret anew, so that the older one may be taken away. What opens under none of the
 * secrets is left as it is.
 *
 * @returns how many seals are new, and how many could not be opened
 */
export async function resealSecondFactors(
  db: Kysely<Database>,
  box: SecretBox,
): Promise<{ resealed: number; unreadable: number }> {
  const tables = [
    { table: 'user_totp', id: 'user_id', column: 'sealed_key', placeOf: keyPlace },
    { table: 'recovery_codes', id: 'id', column: 'sealed_hash', placeOf: codePlace },
  ] as const;
  let [resealed, unreadable] = [0, 0];
  for (const { table, id, column, placeOf } of tables) {
    let after = '00000000-0000-0000-0000-000000000000';
    for (;;) {
      const { rows } = await sql<{ id: string; userId: string; sealed: Buffer }>`
        SELECT ${sql.ref(id)} AS id, user_id AS "userId", ${sql.ref(column)} AS sealed FROM ${sql.table(table)}
        WHERE ${sql.ref(id)} > ${after} AND substring(${sql.ref(column)}, 1, ${box.keyId.length}) <> ${box.keyId}
        ORDER BY 1 LIMIT ${AT_ONCE}
      `.execute(db);
      for (const { id: rowId, userId, sealed } of rows) {
        const opened = box.open(sealed, placeOf(userId));
        if (opened === null) {
          unreadable += 1;
          continue;
        }
        // Only where it is still what was read: the person may have set it up anew meanwhile.
        const { numAffectedRows } = await sql`
          UPDATE ${sql.table(table)} SET ${sql.ref(column)} = ${box.seal(opened, placeOf(userId))}
          WHERE ${sql.ref(id)} = ${rowId} AND ${sql.ref(column)} = ${sealed}
        `.execute(db);
        resealed += Number(numAffectedRows ?? 0n);
      }
      const last = rows.at(-1);
      if (last === undefined || rows.length < AT_ONCE) break;
      after = last.id;
    }
  }
  return { resealed, unreadable };
}
