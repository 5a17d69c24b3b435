import { afterAll, beforeAll } from 'vitest';
import { type BootedApp, bootApp } from '../boot.ts';
import { procedures } from '../three-doors.ts';
import { fuzz, Tally } from './fuzz-run.ts';
import { givenOtherTenant, type OtherTenant } from './fuzz-things.ts';
import { proves } from './proof.ts';

let server: BootedApp;
let other: OtherTenant;
beforeAll(async () => {
  server = await bootApp();
  other = await givenOtherTenant(server);
});
afterAll(() => server.close());

proves(
  'D1',
  '500 valid and 2,000 broken inputs of each procedure that reads, spread over the doors, break no rule of an answer',
  async (proof) => {
    const tally = new Tally();
    for (const endpoint of procedures.filter(({ type }) => type === 'query')) {
      await fuzz({ server, other, proof, tally }, endpoint, { valid: proof.share(500), broken: proof.share(2_000) });
    }
    tally.remarkOn(proof, 'reading');
  },
  { timeout: 900_000 },
);
