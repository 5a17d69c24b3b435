import { diffText } from '@promptory/template';
import { type Benchmark, medians } from './benchmark.ts';

const phrases = [
  'You are a support engineer for {{ product }}, and you answer in {{ language | default: "English" }}.',
  'Read the ticket below before you say anything; quote the line that decides your answer.',
  '- Never promise a date, a refund or a feature.',
  '- If the customer sounds angry, say first what you understood.',
  '',
  'Answer as JSON with the keys "category", "urgency" (1 to 5) and "reply".',
];

/** 50,000 characters of instructions whose lines are told apart by a number. */
function prompt(name: string): string[] {
  const lines: string[] = [];
  for (let size = 0; size < 50_000; size += (lines.at(-1)?.length ?? 0) + 1) {
    lines.push(`${phrases[lines.length % phrases.length]} (${name} ${lines.length})`);
  }
  return lines;
}

const before = prompt('rule');
const edited = before.with(before.length >> 1, `${before[before.length >> 1]} Keep it under 80 words.`).join('\n');
const from = before.join('\n');
const rewritten = prompt('section').join('\n');

export default {
  name: 'diff',
  claim:
    'Finding a one-line edit in a 50 kB prompt takes at most 30 times as long as splitting both versions into lines, the least that a diff by line must do.',
  async run() {
    const { split, edit, rewrite } = await medians(
      {
        split: () => from.split('\n').length + edited.split('\n').length,
        edit: () => diffText(from, edited),
        rewrite: () => diffText(from, rewritten),
      },
      { rounds: 60, iterations: 3 },
    );
    return {
      tables: [
        {
          columns: ['', 'ms', '× one line edited'],
          rows: [
            { label: 'splitting both versions', values: [split, split / edit] },
            { label: 'diff, one line edited', values: [edit, 1] },
            { label: 'diff, every line another', values: [rewrite, rewrite / edit] },
          ],
        },
      ],
      ratios: [
        {
          label: 'diff, one line edited',
          value: edit / split,
          target: { atMost: 30 },
          against: 'splitting both versions',
        },
      ],
    };
  },
} satisfies Benchmark;
