import { afterAll, beforeAll } from 'vitest';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import { procedures } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';
import { isIn, type Part, parts } from './fuzz-parts.ts';
import { fuzz, Tally } from './fuzz-run.ts';
import { givenOtherTenant, type OtherTenant } from './fuzz-things.ts';

const doing: Readonly<Record<Part['type'], string>> = {
  query: 'reads',
  mutation: 'changes something',
  subscription: 'watches',
};

/** Registers the proof of D1 for the procedures of a part: of some areas those that read, change something, or watch. */
export function fuzzes(name: keyof typeof parts): void {
  const { type, areas }: Part = parts[name];
  const chosen = procedures.filter((procedure) => isIn(parts[name], procedure));
  let server: BootedApp;
  let other: OtherTenant;
  beforeAll(async () => {
    server = await bootApp({ remembers: type === 'subscription' });
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
        if (type !== 'mutation') proof.demand(5, `calls of ${endpoint.path} succeeded`)(tally.succeeded - before);
      }
      // A fifth of the inputs are valid.
      proof.demand(tally.answers * 0.03, 'calls succeeded')(tally.succeeded);
      tally.remarkOn(proof, `${type} of ${areas.join(', ')}`);
    },
  );
}
