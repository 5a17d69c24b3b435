/** What a wide list shows of each prompt beside its title. */
export const columns = ['labels', 'version', 'lastUse'] as const;
export type Column = (typeof columns)[number];

export const columnNames: Readonly<Record<Column, string>> = {
  labels: 'Labels',
  version: 'Version',
  lastUse: 'Last use',
};

/** Of a screen that has room for them; the width of each is the same in the heading and in every row. */
export const columnWidths: Readonly<Record<Column, string>> = {
  labels: 'hidden w-40 xl:block 2xl:w-64',
  version: 'hidden w-12 xl:block',
  lastUse: 'hidden w-28 xl:block',
};

/** As this browser keeps those that somebody does not want. */
const NAME = 'promptory.hidden-columns';

/** All of them, unless somebody has chosen in this browser. What is not a column, or from another time, is passed over. */
export function keptColumns(): readonly Column[] {
  try {
    const hidden = new Set(localStorage.getItem(NAME)?.split(','));
    return columns.filter((column) => !hidden.has(column));
  } catch {
    return columns;
  }
}

export function keepColumns(shown: readonly Column[]): void {
  try {
    const hidden = columns.filter((column) => !shown.includes(column));
    if (hidden.length === 0) localStorage.removeItem(NAME);
    else localStorage.setItem(NAME, hidden.join(','));
  } catch {
    // No storage: then it lasts as long as the page.
  }
}
