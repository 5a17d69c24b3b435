import { readFile } from 'node:fs/promises';
import { madeUpCorpus } from '@promptory/api/testing';
import { seededRandom } from '@promptory/db/testing';
import { type Benchmark, median } from './benchmark.ts';
import { type Imported, openImportSite } from './import/import-site.ts';

const ROUNDS = Number(process.env.IMPORT_ROUNDS ?? 7);
const MADE_UP = 1_493;
const SEED = Number(process.env.IMPORT_SEED ?? 1);
const LARGE = Number(process.env.IMPORT_ROWS ?? 100_000);

export default {
  name: 'import',
  claim: `An import takes at most twice as long as the same rows by plain INSERTs of 500 rows into the same table; one of ${LARGE} prompts takes no more memory behind its middle than before.`,
  async run() {
    const csv = await collection();
    const site = await openImportSite();
    try {
      // What is loaded and prepared once is nobody's.
      const { created } = await site.imported(csv);
      await site.inserted();
      const [plain, imports]: [number[], number[]] = [[], []];
      for (let round = 0; round < ROUNDS; round += 1) {
        plain.push(await site.inserted());
        imports.push((await site.imported(csv)).ms);
      }
      const large = await site.imported(shortPrompts(LARGE));
      if (large.created !== LARGE) throw new Error(`Of ${LARGE} prompts ${large.created} were made.`);
      const [before, behind] = [mostMemory(large, 0.1, 0.5), mostMemory(large, 0.5, 1)];
      return {
        tables: [
          {
            columns: [`${created} prompts`, 'ms', 'ms a prompt'],
            rows: [
              { label: 'plain INSERTs, 500 rows each', values: [median(plain), median(plain) / created] },
              { label: 'import over HTTP', values: [median(imports), median(imports) / created] },
              { label: `import of ${LARGE} short ones`, values: [large.ms, large.ms / LARGE] },
            ],
          },
          {
            columns: [`resident memory, ${LARGE} prompts`, 'MB'],
            rows: [
              { label: 'most before the middle', values: [before / 2 ** 20] },
              { label: 'most behind it', values: [behind / 2 ** 20] },
            ],
          },
        ],
        ratios: [
          {
            label: 'import',
            value: median(imports.map((ms, round) => ms / (plain[round] ?? Number.NaN))),
            target: { atMost: 2 },
            against: 'plain INSERTs',
          },
          {
            label: 'memory behind the middle',
            value: behind / before,
            target: { atMost: 1.15 },
            against: 'memory before it',
          },
        ],
      };
    } finally {
      await site.close();
    }
  },
} satisfies Benchmark;

/** Resident bytes of the server at most, between two parts of an import; the first tenth is its beginning. */
const mostMemory = ({ memory, created }: Imported, from: number, to: number): number =>
  Math.max(...memory.flatMap(({ rows, bytes }) => (rows > created * from && rows <= created * to ? [bytes] : [])));

/** The collection that PROMPTORY_CORPUS names, else one made up. */
async function collection(): Promise<string> {
  const path = process.env.PROMPTORY_CORPUS;
  if (path !== undefined && path !== '') return readFile(path, 'utf8');
  const { prompts } = madeUpCorpus();
  const rows = Array.from({ length: MADE_UP }, (_, at) => {
    const { title, content } = prompts[at % prompts.length] ?? { title: 'None', content: 'none' };
    return [`${title} ${at}`, content];
  });
  return ['title,content', ...rows.map((row) => row.map(quoted).join())].join('\n');
}

/** Of words by a number: so short that as many as are asked for are a file. */
function shortPrompts(count: number): string {
  const random = seededRandom(SEED);
  const word = (): string => Math.floor(random() * 5_000).toString(36);
  const rows = Array.from({ length: count }, (_, at) => {
    const text = Array.from({ length: 20 }, word).join(' ');
    return `Prompt ${at} ${word()},${text}`;
  });
  return ['title,content', ...rows].join('\n');
}

const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
