import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';

export interface CorpusPrompt {
  readonly title: string;
  readonly content: string;
}

export interface Corpus {
  readonly name: string;
  readonly prompts: readonly CorpusPrompt[];
}

const PROMPTS_CHAT = fileURLToPath(new URL('../../../../../shared/data/prompts.csv', import.meta.url));

/** The prompts.chat collection where it lies beside the repository, else one made of few words in many combinations. */
export function searchCorpus(): Corpus {
  if (!existsSync(PROMPTS_CHAT)) return { name: 'made up', prompts: madeUp() };
  const rows: Record<string, string>[] = parse(readFileSync(PROMPTS_CHAT), { columns: true, bom: true });
  const prompts = rows.map((row) => ({ title: (row.act ?? '').trim().slice(0, 200), content: row.prompt ?? '' }));
  return { name: 'prompts.chat', prompts };
}

const tones = ['Friendly', 'Formal', 'Concise', 'Playful', 'Patient', 'Critical', 'Détaillé'];
const subjects = ['Travel', 'Kubernetes', 'Recipe', 'Contract', 'Biology', 'Marketing', 'Spanish', 'Chess', 'Résumé'];
const roles = ['Guide', 'Reviewer', 'Translator', 'Planner', 'Interviewer', 'Summarizer', 'Storyteller'];
const chinese = [
  '论文降重指南',
  '小红书推广提示词',
  '电商选品助手',
  '网络故障报告撰写',
  '代码目录解释器',
  '医疗器械专家指导',
];

function madeUp(): CorpusPrompt[] {
  const titles = tones.flatMap((tone) =>
    subjects.flatMap((subject) => roles.map((role) => `${tone} ${subject} ${role}`)),
  );
  return [
    ...titles.map((title, index) => ({
      title,
      content: `Act as ${title.toLowerCase()}. Keep to ${subjects[index % subjects.length]} and ask what is unclear.`,
    })),
    ...chinese.map((title) => ({ title, content: `${title}：${[...title].reverse().join('')}` })),
  ];
}

/** Numbers from 0 to 1 that are the same in every run: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
