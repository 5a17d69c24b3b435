import { createPromptory } from '@promptory/client';
import { Liquid } from 'liquidjs';
import { type Benchmark, medians } from './benchmark.ts';
import { source, values } from './rendered-prompt.ts';

const REF = 'support/triage@production';
const prompt = {
  ...{ promptId: '01900000-0000-7000-8000-000000000001', version: 1, ref: 'ann/support/triage', title: 'Triage' },
  ...{ description: '', content: source, messages: null, config: {}, inputSchema: null, outputSchema: null },
};

/** A server that knows one prompt. */
const fetch = async () =>
  new Response(JSON.stringify([{ result: { data: prompt } }]), { headers: { 'content-type': 'application/json' } });
const promptory = createPromptory({ url: 'http://promptory.test', apiKey: 'pty_live_x', fetch });
const bare = new Map([[REF, prompt]]);
const liquid = new Liquid({ ownPropertyOnly: true, strictFilters: true });
const parsed = liquid.parse(source);

export default {
  name: 'prompts',
  claim:
    'A prompt that is kept costs at most 5 µs of the processor; rendering it by its reference at most 1.5 times what plain LiquidJS takes.',
  async run() {
    const { text } = await promptory.prompt(REF).render(values);
    if (text !== liquid.renderSync(parsed, values)) throw new Error('both render the same');
    const handle = promptory.prompt(REF);
    const short = await medians(
      {
        nothing: async () => ({ ...bare.get(REF) }),
        hit: () => promptory.prompt(REF).get(),
        'hit of a handle': () => handle.get(),
      },
      { rounds: 100, iterations: 4_000, by: 'processor' },
    );
    const long = await medians(
      { plain: async () => liquid.renderSync(parsed, values), render: () => handle.render(values) },
      { rounds: 100, iterations: 200, by: 'processor' },
    );
    const row = (label: string, ms: number, unit: number) => ({ label, values: [ms * 1000, ms / unit] });
    return {
      tables: [
        {
          columns: ['', 'µs', '× a Map'],
          rows: [
            row('an object in a Map, awaited', short.nothing, short.nothing),
            row('prompt(ref).get()', short.hit, short.nothing),
            row('handle.get()', short['hit of a handle'], short.nothing),
          ],
        },
        {
          columns: ['', 'µs', '× plain LiquidJS'],
          rows: [row('plain LiquidJS', long.plain, long.plain), row('handle.render()', long.render, long.plain)],
        },
      ],
      ratios: [
        {
          label: 'a hit',
          value: short.hit * 1000,
          target: { atMost: 5 },
          against: 'a microsecond',
          note: `${(short.hit / short.nothing).toFixed(1)} × an object in a Map`,
        },
        {
          label: 'render by reference',
          value: long.render / long.plain,
          target: { atMost: 1.5 },
          against: 'plain LiquidJS',
          note: `${(long.render * 1000).toFixed(1)} µs`,
        },
      ],
    };
  },
} satisfies Benchmark;
