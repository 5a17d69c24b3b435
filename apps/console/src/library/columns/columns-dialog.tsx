import { Dialog } from '../../ui/dialog.tsx';
import { type Column, columnNames, columns, keepColumns } from './columns.ts';

/** Chooses what the list shows, here and from now on in this browser. */
export default function ColumnsDialog(props: {
  shown: readonly Column[];
  show: (columns: readonly Column[]) => void;
  close: () => void;
}) {
  const { shown, show, close } = props;
  const toggle = (column: Column) => {
    const next = columns.filter((each) => shown.includes(each) !== (each === column));
    keepColumns(next);
    show(next);
  };
  return (
    <Dialog title="Columns" close={close}>
      <fieldset className="grid gap-1 p-4">
        <legend className="sr-only">Columns of the list</legend>
        {columns.map((column) => (
          <label key={column} className="flex min-h-11 items-center gap-3 rounded-lg px-2 hover:bg-hover">
            <input
              type="checkbox"
              className="size-4.5 accent-accent"
              checked={shown.includes(column)}
              onChange={() => toggle(column)}
            />
            {columnNames[column]}
          </label>
        ))}
      </fieldset>
    </Dialog>
  );
}
