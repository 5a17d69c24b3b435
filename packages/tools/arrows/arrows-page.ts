import type { ArrowTable, PackageArrows } from './arrow-table.ts';

const OURS = /^(type )?@promptory\//;

/** `type @promptory/db` as `types of db`, `npm:zod` as `zod`. */
const short = (target: string): string =>
  target.replace(OURS, (_, type?: string) => (type ? 'types of ' : '')).replace(/^npm:/, '');

const listed = (targets: readonly string[]): string => targets.map((target) => `\`${short(target)}\``).join(' ');

function parted(
  targets: readonly string[],
  rooms: PackageArrows['rooms'],
): Record<'rooms' | 'ours' | 'others', string> {
  const ours = targets.filter((target) => OURS.test(target));
  const inside = targets.filter((target) => target in rooms);
  const others = targets.filter((target) => !ours.includes(target) && !inside.includes(target));
  return { rooms: listed(inside), ours: listed(ours), others: listed(others) };
}

/** Markdown: what each package may import, then the rooms of each that has more than one. */
export function arrowsPage(table: ArrowTable): string {
  const packages = Object.entries(table).filter(([, { rooms }]) => Object.keys(rooms).length > 0);
  return [
    '| package | imports of ours | libraries |',
    '|---|---|---|',
    ...packages.map(([dir, { everywhere = [], rooms }]) => {
      const targets = [...new Set([...everywhere, ...Object.values(rooms).flat()])].sort();
      const { ours, others } = parted(
        targets.filter((target) => !target.startsWith('node:')),
        rooms,
      );
      return `| \`${dir}\` | ${ours || 'nothing'} | ${others} |`;
    }),
    ...packages
      .filter(([, { rooms }]) => Object.keys(rooms).length > 1)
      .flatMap(([dir, arrows]) => roomTable(dir, arrows)),
  ].join('\n');
}

const roomTable = (dir: string, { everywhere = [], rooms }: PackageArrows): string[] => [
  '',
  `<details><summary>The rooms of <code>${dir}</code></summary>`,
  '',
  '| room | imports the rooms | and besides |',
  '|---|---|---|',
  ...Object.entries(rooms).map(([room, targets]) => {
    const { rooms: inside, ours, others } = parted(targets, rooms);
    return `| \`${room}\` | ${inside} | ${[ours, others].filter(Boolean).join(' ')} |`;
  }),
  ...(everywhere.length > 0 ? [`| every room | | ${listed(everywhere)} |`] : []),
  '',
  '</details>',
];
