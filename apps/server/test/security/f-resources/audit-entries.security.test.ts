import { createKeptEntries } from '@promptory/api/server';
import { givenGroup, givenPerson, givenPrompt } from '@promptory/api/testing';
import { givenApp } from '../../harness/boot.ts';
import { callProcedure, type Input, transports } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

const KEPT = 10;
const server = await givenApp({ keptEntries: createKeptEntries(KEPT) });
const { services, database } = server;

/** What an account left: rows, and the changes that they speak of. */
async function leftBy(userId: string, where: string): Promise<{ rows: number; changes: number; bytes: number }> {
  const { rows } = await database.pool.query<{ rows: number; changes: number; bytes: number }>(
    `SELECT count(*)::integer AS rows, coalesce(sum(changes), 0)::integer AS changes,
       coalesce(sum(pg_column_size(audit_log.*)), 0)::integer AS bytes
     FROM audit_log WHERE actor_id = $1 AND action ${where}`,
    [userId],
  );
  return rows[0] ?? { rows: -1, changes: -1, bytes: -1 };
}

proves(
  'F5',
  'changes without end leave few audit entries, which say how many they were, and hide none of security',
  async (proof) => {
    const rounds = proof.share(20, 3);
    for (const transport of transports) {
      const person = await givenPerson(services);
      const headers = await server.as.person(person);
      const group = await givenGroup(services, { owner: person });
      const mine = await Promise.all(
        Array.from({ length: 20 }, (_, at) => givenPrompt(services, person, `Mine ${at}`)),
      );
      const ids = mine.map(({ id }) => id);
      const make = async (path: string, input: Input): Promise<void> => {
        const { status } = await callProcedure(server, transport, path, input, headers);
        proof.works(status < 300, () => `${path}: ${status}`);
      };
      const before = await leftBy(person.id, "LIKE '%'");
      let made = 0;
      for (let round = 0; round < rounds; round += 1) {
        await make('prompts.updateMany', { prompts: ids.map((id) => ({ id, content: `Text ${round}` })) });
        await make('favorites.add', { promptId: ids[0] });
        await make('favorites.remove', { promptId: ids[0] });
        await make('me.update', { name: `Name ${round}` });
        made += ids.length + 3;
      }
      const { handle } = await givenPerson(services);
      await make('members.add', { id: group, handle, role: 'viewer' });
      await make('apiKeys.create', { name: 'Key', scopes: ['prompts:read'] });
      const all = await leftBy(person.id, "LIKE '%'");
      const [rows, changes] = [all.rows - before.rows, all.changes - before.changes];
      // Two hours, where the hour ends meanwhile; four actions; a member and a key.
      proof.check(rows <= KEPT + 2 * 4 + 2, () => `${transport}: ${rows} rows for ${changes} changes`);
      proof.check(changes === made + 2, () => `${transport}: ${changes} changes are counted of ${made + 2}`);
      for (const action of ['group.member_added', 'apiKey.created']) {
        const { rows: own } = await leftBy(person.id, `= '${action}'`);
        proof.check(own === 1, () => `${transport}: ${own} entries of ${action}`);
      }
      proof.remark(`${transport}: ${changes} changes left ${rows} rows of ${all.bytes} bytes`);
    }
  },
);
