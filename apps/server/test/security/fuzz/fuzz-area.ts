import { afterAll, beforeAll } from 'vitest';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import { procedures } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';
import { fuzz, Tally } from './fuzz-run.ts';
import { givenOtherTenant, type OtherTenant } from './fuzz-things.ts';

// The fuzzer takes minutes, so its procedures are parted: files run beside each other, and the longest decides.

const AREAS = {
  accounts: ['auth', 'me', 'preferences', 'apiKeys', 'admin'],
  prompts: ['prompts', 'versions', 'transfer', 'categories', 'tags', 'library', 'history', 'favorites'],
  groups: ['groups', 'members', 'invitations', 'labels', 'releases'],
} as const;

export type Area = keyof typeof AREAS;

function areaOf(path: string): Area {
  const [name] = path.split('.');
  for (const [area, routers] of Object.entries(AREAS)) {
    if (routers.some((router) => router === name)) return area as Area;
  }
  throw new Error(`${path} is in no area that is fuzzed.`);
}

const doing = { query: 'reads', mutation: 'changes something' } as const;

/** Registers the proof of D1 for the procedures of some areas that read, or that change something. */
export function fuzzes(type: keyof typeof doing, ...areas: readonly [Area, ...Area[]]): void {
  const chosen = procedures.filter((one) => areas.includes(areaOf(one.path)) && one.type === type);
  let server: BootedApp;
  let other: OtherTenant;
  beforeAll(async () => {
    server = await bootApp();
    other = await givenOtherTenant(server);
  });
  afterAll(() => server.close());

  proves(
    'D1',
    `500 valid and 2,000 broken inputs, spread over the transports, of each procedure that ${doing[type]}: ${areas.join(', ')}`,
    async (proof) => {
      const tally = new Tally();
      for (const endpoint of chosen) {
        const before = tally.succeeded;
        await fuzz({ server, other, proof, tally }, endpoint, { valid: proof.share(500), broken: proof.share(2_000) });
        // Half of the valid inputs name what the access table's row does, and most of its callers may read that.
        if (type === 'query') proof.demand(5, `calls of ${endpoint.path} succeeded`)(tally.succeeded - before);
      }
      // A fifth of the inputs are valid.
      proof.demand(tally.answers * 0.03, 'calls succeeded')(tally.succeeded);
      tally.remarkOn(proof, `${type} of ${areas.join(', ')}`);
    },
    { timeout: 900_000 },
  );
}
