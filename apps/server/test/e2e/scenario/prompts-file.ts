/** A file in the columns of prompts.chat. */
export interface PromptsFile {
  readonly file: Blob;
  readonly rows: number;
}

const ROWS = 1_500;

/** Examples that we wrote, as many as the collection of prompts.chat has, with the titles of it that the steps use. */
export const examplePrompts = (): PromptsFile => ({ file: new Blob([exampleCsv(ROWS)]), rows: ROWS });

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
