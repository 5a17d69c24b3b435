import { callersOf, givenPerson, testServices } from '@promptory/api/testing';
import { createTestDatabase, startEphemeralCluster } from '@promptory/db/testing';
import { type Benchmark, medians } from './benchmark.ts';
import { source } from './rendered-prompt.ts';

export default {
  name: 'resolve',
  claim:
    'Fetching a prompt by its reference costs the server, its database included, at most 1.2 times what getting it by its id does.',
  async run() {
    const cluster = await startEphemeralCluster({ onDisk: true });
    try {
      // One connection: nothing of it is done beside something else.
      const database = await createTestDatabase({ server: cluster, max: 1 });
      const services = { ...testServices(database.db), usage: { record: () => undefined } };
      const ann = await givenPerson(services, { handle: 'ann' });
      const { prompts, labels } = callersOf(services).as(ann.principal);
      const { id } = await prompts.create({ title: 'Triage', slug: 'support/triage', content: source });
      await labels.move({ id, label: 'production', version: 1 });
      const { get, byLabel, byHandle } = await medians(
        {
          get: () => prompts.get({ id }),
          byLabel: () => prompts.resolve({ ref: 'support/triage@production' }),
          byHandle: () => prompts.resolve({ ref: 'ann/support/triage#1' }),
        },
        { rounds: 100, iterations: 20 },
      );
      await database.drop();
      const row = (label: string, ms: number) => ({ label, values: [ms * 1000, ms / get] });
      const ratio = (label: string, ms: number) => ({
        ...{
          label,
          value: ms / get,
          target: { atMost: 1.2 },
          against: 'prompts.get',
          note: `${(ms * 1000).toFixed(0)} µs`,
        },
      });
      return {
        tables: [
          {
            columns: ['', 'µs', '× prompts.get'],
            rows: [
              row('prompts.get', get),
              row('resolve slug@label', byLabel),
              row('resolve handle/slug#version', byHandle),
            ],
          },
        ],
        ratios: [ratio('resolve slug@label', byLabel), ratio('resolve handle/slug#version', byHandle)],
      };
    } finally {
      await cluster.stop();
    }
  },
} satisfies Benchmark;
