import { Link } from 'wouter';
import { compareAt, promptAt } from '../addresses.ts';
import { Typed } from '../ui/page.tsx';
import { behind, columnsOf, type MatrixRow, versionAt } from './matrix.ts';

interface TableProps {
  readonly rows: readonly MatrixRow[];
  readonly chosen: ReadonlySet<string>;
  choose(chosen: ReadonlySet<string>): void;
}

const cell = 'px-3 py-2 text-start align-top whitespace-nowrap';

/** Prompts by labels: each cell says at which version a label points, and how far that is behind. */
export function MatrixTable({ rows, chosen, choose }: TableProps) {
  const columns = columnsOf(rows);
  const free = rows.filter(({ prompt }) => prompt.permissions.canEdit).map(({ prompt }) => prompt.id);
  const isAll = free.length > 0 && free.every((id) => chosen.has(id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    choose(next);
  };
  return (
    <section
      aria-label="Prompts by labels"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: wider than a phone, it scrolls by itself, also by keys
      tabIndex={0}
      className="overflow-x-auto rounded-xl border border-edge bg-card"
    >
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-edge text-xs text-quiet">
            <th scope="col" className="w-10 py-2 ps-3">
              <input
                type="checkbox"
                aria-label="Choose all that are shown"
                className="block size-5 accent-accent"
                disabled={free.length === 0}
                checked={isAll}
                onChange={() => choose(new Set(isAll ? [] : free))}
              />
            </th>
            {['Prompt', 'latest', ...columns].map((name) => (
              <th key={name} scope="col" className={`${cell} font-semibold`}>
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row
              key={row.prompt.id}
              row={row}
              columns={columns}
              isChosen={chosen.has(row.prompt.id)}
              toggle={() => toggle(row.prompt.id)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row(props: { row: MatrixRow; columns: readonly string[]; isChosen: boolean; toggle: () => void }) {
  const { row, columns, isChosen, toggle } = props;
  const { id, title, version, permissions } = row.prompt;
  return (
    <tr className="border-b border-edge last:border-b-0 hover:bg-hover">
      <td className="py-2 ps-3 align-top">
        <input
          type="checkbox"
          aria-label={`Choose ${title}`}
          title={permissions.canEdit ? undefined : 'You may read it, and not move its labels'}
          className="block size-5 accent-accent"
          disabled={!permissions.canEdit}
          checked={isChosen}
          onChange={toggle}
        />
      </td>
      <th scope="row" className="max-w-72 min-w-40 px-3 py-2 text-start align-top font-semibold">
        <Link href={promptAt(id)} className="line-clamp-2 hover:underline">
          <Typed>{title}</Typed>
        </Link>
      </th>
      <td className={cell}>v{version}</td>
      {columns.map((label) => (
        <td key={label} className={cell}>
          <At row={row} label={label} />
        </td>
      ))}
    </tr>
  );
}

function At({ row, label }: { row: MatrixRow; label: string }) {
  const version = versionAt(row, label);
  if (row.labels === undefined) return <span className="text-quiet">…</span>;
  if (version === null) return <span className="text-quiet">–</span>;
  const late = behind(row, label);
  if (late === 0) return <span className="rounded-full bg-good-soft px-2 py-0.5 font-semibold">v{version}</span>;
  return (
    <Link
      href={compareAt(row.prompt.id, label, 'latest')}
      title={`Compare ${label} with the latest`}
      className="rounded-full bg-mark px-2 py-0.5 font-semibold hover:underline"
    >
      v{version} <span className="font-normal">{late} behind</span>
    </Link>
  );
}
