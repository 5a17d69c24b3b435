import { randomUUID } from 'node:crypto';
import type { Meta } from '@promptory/api/server';
import { afterAll, beforeAll } from 'vitest';
import { rows } from '../../contract/access-matrix.rows.ts';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { takeChanges, watchRows } from '../../harness/row-changes.ts';
import {
  type Answer,
  callProcedure,
  endpointOf,
  type Headers,
  type Input,
  procedures,
  unbatchedTransports,
} from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

let server: BootedApp;
beforeAll(async () => {
  server = await bootApp();
  await watchRows(server.database);
});
afterAll(() => server.close());

const creating = procedures.filter(({ meta }) => (meta as Meta).creates === true).map(({ path }) => path);

async function keyed(path: string): Promise<{ input: Input; headers: Headers }> {
  const world = await givenWorld(server);
  const headers = { ...(await world.headersOf('owner')), 'idempotency-key': randomUUID() };
  const input = rows[path]?.input(world) ?? {};
  await takeChanges(server.database);
  return { input, headers };
}

/** Entries of the audit log since the last time: one for each effect. */
const effects = async (): Promise<number> =>
  (await takeChanges(server.database)).filter(({ table }) => table === 'audit_log').length;

const comparable = ({ response, status, code, result }: Answer): string =>
  JSON.stringify([response.statusCode, status, code, result, response.headers.location]);

const AT_ONCE = 20;

proves(
  'D4',
  '20 calls at once under one Idempotency-Key have one effect and one answer, of each creating procedure',
  async (proof) => {
    for (const path of creating) {
      for (const transport of unbatchedTransports) {
        const { input, headers } = await keyed(path);
        const calls = Array.from({ length: proof.share(AT_ONCE, 5) }, () =>
          callProcedure(server, transport, path, input, headers),
        );
        const answers = await Promise.all(calls);
        proof.cases(answers.length);
        const different = new Set(answers.map(comparable));
        const made = await effects();
        if (different.size !== 1 || made !== 1 || answers[0]?.code !== 'ok') {
          proof.deviation(`${path} by ${transport}: ${different.size} answers, ${made} effects, ${answers[0]?.code}`);
        }
      }
    }
  },
);

/** Inputs that are not the first one, by every field that it has. */
function otherInputs(path: string, input: Input): Input[] {
  const { inputs } = endpointOf(path);
  const changed = Object.entries(input).flatMap(([name, value]): Input[] => {
    if (typeof value === 'number') return [{ ...input, [name]: value + 1 }];
    if (typeof value !== 'string') return [];
    // Another id, another of two roles, or a character more.
    const another = value === 'viewer' ? 'editor' : /^[0-9a-f-]{36}$/.test(value) ? randomUUID() : `${value}x`;
    return [{ ...input, [name]: another }];
  });
  return changed.filter((other) => inputs?.safeParse(other).success === true);
}

proves(
  'D4',
  'another input under the same Idempotency-Key is 422 and has no effect, whichever field differs',
  async (proof) => {
    for (const path of creating) {
      for (const transport of unbatchedTransports) {
        const { input, headers } = await keyed(path);
        await callProcedure(server, transport, path, input, headers);
        await takeChanges(server.database);
        for (const other of otherInputs(path, input)) {
          const { status, code } = await callProcedure(server, transport, path, other, headers);
          const made = await effects();
          // What another id names may be refused first, as it would be without a key.
          const isRefused = code === 'request.idempotency_mismatch' || status === 404;
          proof.check(
            isRefused && made === 0,
            () => `${path} by ${transport} ${JSON.stringify(other)}: ${status} ${code}, ${made} effects`,
          );
        }
      }
    }
  },
);
