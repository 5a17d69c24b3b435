import type { ListedPrompt } from '@promptory/client';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { type Column, columnNames, columnWidths } from './columns.ts';

/** Labels that fit into a row. */
const IN_ROW = 3;

/** What stands above the columns; each cell says by itself what it is to who does not see that. */
export const Headings = ({ shown }: { shown: readonly Column[] }) => (
  <div aria-hidden className="hidden gap-3 ps-1 pe-[61px] pb-1.5 text-xs text-quiet xl:flex">
    <span className="flex-1" />
    {shown.map((column) => (
      <span key={column} className={columnWidths[column]}>
        {columnNames[column]}
      </span>
    ))}
  </div>
);

export const Cells = ({ prompt, shown }: { prompt: ListedPrompt; shown: readonly Column[] }) =>
  shown.map((column) => (
    <div key={column} className={`shrink-0 self-center text-sm text-quiet ${columnWidths[column]}`}>
      <span className="sr-only">{columnNames[column]}: </span>
      <Cell prompt={prompt} column={column} />
    </div>
  ));

function Cell({ prompt, column }: { prompt: ListedPrompt; column: Column }) {
  const { labels, version, lastUsedAt } = prompt;
  if (column === 'version') return `v${version}`;
  if (column === 'lastUse') return lastUsedAt === null ? '–' : <Time at={lastUsedAt} />;
  if (labels.length === 0) return '–';
  const more = labels.length - IN_ROW;
  return (
    <span className="flex flex-wrap gap-1">
      {labels.slice(0, IN_ROW).map(({ label, version: at }) => (
        <span key={label} className="flex max-w-full gap-1 rounded-md bg-hover px-1.5 text-xs leading-5 text-text">
          <span className="truncate">
            <Typed>{label}</Typed>
          </span>{' '}
          <span className={at === version ? 'text-quiet' : 'font-semibold'}>v{at}</span>
        </span>
      ))}
      {more > 0 && (
        <span
          className="text-xs leading-5"
          title={labels.map(({ label, version: at }) => `${label} v${at}`).join(', ')}
        >
          {more} more
        </span>
      )}
    </span>
  );
}
