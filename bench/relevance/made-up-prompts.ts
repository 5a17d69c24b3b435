import type { SearchedPrompt } from './queries.ts';

const TONES = ['Friendly', 'Formal', 'Concise', 'Playful', 'Patient', 'Critical', 'Détaillé'];
const SUBJECTS = [
  ...['Travel', 'Kubernetes', 'Recipe', 'Contract', 'Biology', 'Marketing', 'Spanish', 'Chess', 'Résumé', 'TypeScript'],
  ...['Go', 'C++', 'R', 'SQL', 'Gardening', 'Scripting'],
];
const ROLES = ['Guide', 'Reviewer', 'Translator', 'Planner', 'Interviewer', 'Summarizer', 'Storyteller', 'Golfer'];
const CHINESE = [
  '论文降重指南',
  '小红书推广提示词',
  '电商选品助手',
  '网络故障报告撰写',
  '代码目录解释器',
  '医疗器械专家指导',
];

/** A collection for whoever has none: few words in many combinations, nine hundred prompts. */
export function madeUpPrompts(): SearchedPrompt[] {
  const titles = TONES.flatMap((tone) =>
    SUBJECTS.flatMap((subject) => ROLES.map((role) => ({ title: `${tone} ${subject} ${role}`, subject, role }))),
  );
  return [
    ...titles.map(({ title, subject, role }, index) => ({
      title,
      content: `Act as ${title.toLowerCase()}. Keep to ${SUBJECTS[(index * 7) % SUBJECTS.length]}, and ask the ${role} number ${index} what is unclear.`,
      tags: [subject.toLowerCase(), role.toLowerCase()].filter((tag) => /^[a-z]{2,}$/.test(tag)),
    })),
    ...CHINESE.map((title) => ({ title, content: `${title}：${[...title].reverse().join('')}`, tags: [] })),
  ];
}
