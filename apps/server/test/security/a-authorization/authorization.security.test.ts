import { z } from 'zod';
import { type Row, rows } from '../../contract/access-matrix.rows.ts';
import { callers, type Walk, walkHidden, walkMatrix } from '../../contract/access-matrix.walk.ts';
import { givenApp } from '../../harness/boot.ts';
import { givenWorld } from '../../harness/given-world.ts';
import { takeChanges, watchRows } from '../../harness/row-changes.ts';
import { callProcedure, endpointOf, procedures, transports } from '../../harness/transports.ts';
import { type Caller, knownCallers } from '../../harness/world-callers.ts';
import { type Proof, proves } from '../harness/proof.ts';

// Who may do what: every caller at every procedure through every transport, ids that are somebody else's, fields that
// are nobody's to set, and answers that say too much.

const server = await givenApp();
await watchRows(server.database);

/** Walks the share of the procedures that this run is given. */
function walkOf(proof: Proof, tried: Walk['tried']): Walk {
  // Everybody sees themselves, so that something is served to somebody whatever is chosen.
  const chosen = new Set([...proof.sample(Object.keys(rows)), 'me.get']);
  return {
    includes: (procedure) => chosen.has(procedure),
    tried(answer) {
      proof.case();
      tried(answer);
    },
    report: (fault) => proof.deviation(fault),
  };
}

for (const transport of transports) {
  proves(
    'A1',
    `every procedure gives each of ${callers.length} callers what the table says: ${transport}`,
    async (proof) => {
      const served = proof.demand(10, 'calls were served');
      await walkMatrix(
        server,
        transport,
        walkOf(proof, ({ code }) => served(code === 'ok')),
      );
    },
  );
  proves(
    'A2',
    `an id of another tenant, of what was deleted or below another parent is not found: ${transport}`,
    async (proof) => {
      // Some procedures take no id, so all are walked whatever the scale.
      proof.atLeast(80);
      await walkHidden(server, transport, {
        tried: () => proof.case(),
        report: (fault) => proof.deviation(fault),
        served: proof.demand(10, 'readings of what is the caller’s own'),
      });
    },
  );
}

proves('A1', 'no procedure is without a row of the table', (proof) => {
  proof.atLeast(60);
  const listed = proof.demand(60, 'procedures have a row');
  for (const { path } of procedures) proof.check(listed(Object.hasOwn(rows, path)), () => `${path} has no row`);
});

const NOBODYS_TO_SET: Readonly<Record<string, unknown>> = {
  id: '01900000-0000-7000-8000-000000000000',
  userId: '01900000-0000-7000-8000-000000000000',
  user_id: '01900000-0000-7000-8000-000000000000',
  ownerId: '01900000-0000-7000-8000-000000000000',
  role: 'admin',
  isAdmin: true,
  status: 'active',
  version: 99,
  createdAt: '2020-01-01T00:00:00.000Z',
  passwordHash: 'x',
  emailVerifiedAt: '2020-01-01T00:00:00.000Z',
  permissions: { canEdit: true },
};

/** Somebody whom a procedure serves. */
const whoMay = ({ expected }: Row): Caller =>
  expected === 'anyone' ? 'owner' : (knownCallers.find((caller) => expected[caller] === 'ok') ?? 'owner');

for (const transport of transports) {
  proves(
    'A5',
    `a field that is not the caller's to set is refused, and no row changes: ${transport}`,
    async (proof) => {
      let world = await givenWorld(server);
      await takeChanges(server.database);
      const mutations = Object.entries(rows).filter(([path]) => endpointOf(path).type === 'mutation');
      // A batch takes no sign-in: only of the others shows that they work without such a field.
      const isOfAuth = ([path]: readonly [string, unknown]) => path.startsWith('auth.');
      const chosen = [mutations.filter(isOfAuth), mutations.filter((one) => !isOfAuth(one))];
      for (const [procedure, row] of chosen.flatMap((some) => proof.sample(some))) {
        const input = row.input(world);
        const taken = new Set([...Object.keys(input), ...fieldsOf(endpointOf(procedure).inputs)]);
        const headers = await world.headersOf(whoMay(row));
        for (const [field, value] of Object.entries(NOBODYS_TO_SET)) {
          if (taken.has(field)) continue;
          const { code } = await callProcedure(server, transport, procedure, { ...input, [field]: value }, headers);
          const refused = ['request.invalid', 'request.batch_refused'].includes(code);
          proof.check(refused, () => `${procedure} with ${field}: ${code}`);
        }
        const written = await takeChanges(server.database);
        if (written.length > 0) proof.deviation(`${procedure} wrote ${written.map(({ table }) => table).join(', ')}`);
        if (transport === 'tRPC batch' && procedure.startsWith('auth.')) continue;
        const { code } = await callProcedure(server, transport, procedure, input, headers);
        proof.works(code === 'ok', () => `${procedure} without such a field: ${code}`);
        world = await givenWorld(server);
        await takeChanges(server.database);
      }
    },
  );
}

/** The fields that an input has anyway: a role that may be given is no fault. */
function fieldsOf(schema: z.ZodType | undefined): string[] {
  return schema === undefined ? [] : namesIn(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

/** The names of all properties in a JSON Schema, however deep. */
function namesIn(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = 'properties' in schema ? Object.keys(Object(schema.properties)) : [];
  return [...own, ...Object.values(schema).flatMap(namesIn)];
}

const SECRET_NAME = /pass(?:word|phrase)?|hash|secret|token|salt|digest|cipher|sealed/i;
/**
 * What a caller is given once, because it is theirs to keep; the digest of a version, by which equal texts are known; and how many
 * things pass on to others.
 */
const GIVEN_OUT: Readonly<Record<string, readonly string[]>> = {
  'auth.register': ['accessToken', 'accessTokenExpiresAt', 'refreshToken'],
  'auth.login': ['accessToken', 'accessTokenExpiresAt', 'refreshToken'],
  'auth.refresh': ['accessToken', 'accessTokenExpiresAt', 'refreshToken'],
  'auth.totp.start': ['secret'],
  'me.deletion': ['groupsPassed', 'promptsPassed'],
  'prompts.resolve': ['contentHash'],
  'prompts.resolveMany': ['contentHash'],
  'versions.get': ['contentHash'],
  'versions.restore': ['contentHash'],
};

proves('A5', 'no output has a key that is named like a secret', (proof) => {
  proof.atLeast(500);
  const allowedOnes = proof.demand(10, 'of the given secrets were seen');
  for (const { path, output } of procedures) {
    const allowed = GIVEN_OUT[path] ?? [];
    const names = output === undefined ? [] : namesIn(z.toJSONSchema(output, { io: 'output', unrepresentable: 'any' }));
    for (const name of new Set(names)) {
      proof.check(!SECRET_NAME.test(name) || allowedOnes(allowed.includes(name)), () => `${path} answers ${name}`);
    }
  }
});
