import { existsSync, openAsBlob } from 'node:fs';
import { resolve } from 'node:path';
import { ROOT } from '../harness/run-server.ts';

/** A file in the columns of prompts.chat. */
export interface PromptsFile {
  readonly file: Blob;
  readonly rows: number;
}

// The collection of prompts.chat, where somebody has put it beside the project.
const COLLECTION = resolve(ROOT, '../shared/data/prompts.csv');
const COLLECTION_ROWS = 1_493;
const EXAMPLE_ROWS = 1_500;

/** The collection, or as many examples; both hold `Linux Terminal`, `Travel Guide`, `Storyteller` and `论文降重指南`. */
export async function promptsFile(): Promise<PromptsFile> {
  if (existsSync(COLLECTION)) return { file: await openAsBlob(COLLECTION), rows: COLLECTION_ROWS };
  return { file: new Blob([exampleCsv(EXAMPLE_ROWS)]), rows: EXAMPLE_ROWS };
}

const cell = (text: string): string => `"${text.replaceAll('"', '""')}"`;

const known = ['Linux Terminal', 'Travel Guide', 'Storyteller', '论文降重指南'];
const trades = [
  'Gardener',
  'Pilot',
  'Notary',
  'Luthier',
  'Baker',
  'Surveyor',
  'Übersetzer',
  'Sommelier',
  '翻译',
  'Coach',
];
const tasks = ['plans a week', 'explains a mistake', 'answers a letter', 'checks a list', 'draws up a table'];

/** The same rows each time, with what real ones have: several lines, quotes, commas, other scripts, long texts. */
function exampleCsv(rows: number): string {
  const lines = ['act,prompt,for_devs,type,contributor'];
  for (let row = 0; row < rows; row += 1) {
    const trade = trades[row % trades.length] ?? '';
    const task = tasks[row % tasks.length] ?? '';
    const title = known[row] ?? `${trade} ${row} who ${task}`;
    const steps = Array.from(
      { length: 1 + (row % 90) },
      (_, step) => `${step + 1}. Ask for "part ${row * step}", then wait.`,
    );
    const content = [`I want you to act as ${title}.`, ...steps, 'Answer about {{ topic }} only.'].join('\n');
    lines.push([cell(title), cell(content), row % 3 === 0 ? 'TRUE' : 'FALSE', 'TEXT', `person-${row % 40}`].join(','));
  }
  return `${lines.join('\n')}\n`;
}
