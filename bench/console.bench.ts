import { type Benchmark, median } from './benchmark.ts';
import { openConsoleWindow } from './console/console-window.ts';

const PROMPTS = Number(process.env.CONSOLE_PROMPTS ?? 100_000);
const ROUNDS = 15;
const CHARACTERS = 2_000;

export default {
  name: 'console',
  claim: `Among ${PROMPTS} prompts, from a click on a place of the console to its first rows it takes at most six times as long as the call that the click makes.`,
  async run() {
    const window = await openConsoleWindow(PROMPTS);
    try {
      const clicks = [];
      for (let round = 0; round < ROUNDS; round += 1) clicks.push(await window.clickToRows());
      const keys = await window.keyToRender(CHARACTERS, ROUNDS);
      return {
        tables: [
          {
            columns: ['median of each', 'ms'],
            rows: [
              { label: 'from a click to the first rows', values: [median(clicks.map(({ rows }) => rows))] },
              { label: 'the call that it makes', values: [median(clicks.map(({ call }) => call))] },
              { label: 'from a key to what 2 KB then say, with what waits for a pause', values: [median(keys)] },
            ],
          },
        ],
        ratios: [
          {
            label: 'from a click to the first rows',
            value: median(clicks.map(({ rows, call }) => rows / call)),
            target: { atMost: 6 },
            against: 'the call',
          },
        ],
      };
    } finally {
      await window.close();
    }
  },
} satisfies Benchmark;
