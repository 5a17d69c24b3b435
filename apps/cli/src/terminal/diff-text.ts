import type { VersionDiff } from '@promptory/client';
import type { Paint } from './paint.ts';
import { visible } from './visible.ts';

type TextDiff = VersionDiff['content'];
type JsonDiff = VersionDiff['config'];
type Run = TextDiff['runs'][number];

const SIGNS = { same: ' ', removed: '-', added: '+' } as const;
const STYLES = { removed: 'red', added: 'green' } as const;

function runLines({ type, words, count, newStart }: Run, paint: Paint): string[] {
  if (words === null) return [paint('dim', `  … ${count} lines from ${newStart} on are the same`)];
  if (type === 'same')
    return visible(words.map(({ text }) => text).join(''))
      .split('\n')
      .map((line) => `  ${line}`);
  const style = STYLES[type];
  // What differs within changed lines stands out; styles end with each line.
  const lines: string[] = [''];
  for (const piece of words) {
    const pieceStyle =
      piece.type === 'same' || words.every(({ type: each }) => each !== 'same')
        ? style
        : ([style, 'underline'] as const);
    for (const [at, part] of visible(piece.text).split('\n').entries()) {
      if (at > 0) lines.push('');
      lines[lines.length - 1] += part === '' ? '' : paint([...[pieceStyle].flat()], part);
    }
  }
  return lines.map((line) => `${paint(style, SIGNS[type])} ${line}`);
}

/** The lines of a difference between two texts, as `diff -u` shows them. */
export function textDiffLines({ changed, runs, stoppedAt }: TextDiff, paint: Paint): string[] {
  if (!changed) return [];
  const lines = runs.flatMap((run) => runLines(run, paint));
  if (runs.every(({ type }) => type === 'same')) lines.push(paint('dim', '  Only the ends of lines differ.'));
  if (stoppedAt !== null) lines.push(paint('dim', `  … more from line ${stoppedAt.newLine} on`));
  return lines;
}

function jsonDiffLines({ changes, stoppedAt }: JsonDiff, paint: Paint): string[] {
  const value = (json: unknown) => visible(JSON.stringify(json));
  const lines = changes.flatMap(({ path, type, from, to }) => [
    `  ${visible(path === '' ? '(the whole)' : path)}: ${type}`,
    ...(from === undefined ? [] : [paint('red', `- ${value(from)}`)]),
    ...(to === undefined ? [] : [paint('green', `+ ${value(to)}`)]),
  ]);
  return stoppedAt === null ? lines : [...lines, paint('dim', `  … more from ${visible(stoppedAt)} on`)];
}

/** What differs between two versions, part by part; of a chat `content` shows the messages too. */
export function versionDiffText(diff: VersionDiff, paint: Paint): string {
  const parts: [string, string[]][] = [
    ['title', textDiffLines(diff.title, paint)],
    ['description', textDiffLines(diff.description, paint)],
    ['content', textDiffLines(diff.content, paint)],
    ['messages', diff.content.changed ? [] : jsonDiffLines(diff.messages, paint)],
    ['config', jsonDiffLines(diff.config, paint)],
    ['inputs', jsonDiffLines(diff.inputSchema, paint)],
    ['output', jsonDiffLines(diff.outputSchema, paint)],
  ];
  return parts
    .filter(([, lines]) => lines.length > 0)
    .map(([name, lines]) => [paint('bold', name), ...lines].join('\n'))
    .join('\n\n');
}
