const CONTROLS = 'a[href], button, input, select, textarea, [tabindex="0"]';

/** Where the focus is, and what stands around it. */
interface Place {
  readonly element: Element;
  /** Of a list or a table. */
  readonly row: Element | null;
  readonly list: Element | null;
  /** Which of the rows, and which of its controls. */
  readonly index: number;
  readonly at: number;
}

const controlsOf = (row: Element | null | undefined): readonly HTMLElement[] => [
  ...(row?.querySelectorAll<HTMLElement>(CONTROLS) ?? []),
];

function placeOf(element: Element): Place {
  const row = element.closest('li, tr');
  const list = row?.parentElement ?? null;
  const index = row === null || list === null ? 0 : [...list.children].indexOf(row);
  const at = Math.max(0, [...(row?.querySelectorAll(CONTROLS) ?? [])].indexOf(element));
  return { element, row, list, index, at };
}

/** The same control of the row that took the place of the former, or of one beside it. */
function neighbour({ row, list, index, at }: Place): HTMLElement | undefined {
  const rows = list?.isConnected === true ? [...list.children] : [];
  const near = [...(row?.isConnected === true ? [row] : []), ...rows.slice(index), ...rows.slice(0, index).reverse()];
  const controls = near.map(controlsOf).find(({ length }) => length > 0) ?? [];
  return controls[at] ?? controls.at(-1);
}

/**
 * Where what has the focus goes out of the page, as a row that is removed does, the browser leaves the focus nowhere, and who
 * works by keyboard begins again at the top. This gives it to what is beside: the next row, or the page.
 */
export function keepFocus(): void {
  let outside: Place | null = null;
  let inside: Place | null = null;
  const openDialog = () => document.querySelector('dialog[open]');
  document.addEventListener('focusin', ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest('dialog') === null) outside = placeOf(target);
    else inside = placeOf(target);
  });
  document.addEventListener('focusout', ({ target, relatedTarget }) => {
    // Somebody has pressed beside all that takes a focus: there is none to keep.
    if (relatedTarget !== null) return;
    queueMicrotask(() => {
      if (!(target instanceof Element) || !target.isConnected || !document.hasFocus()) return;
      if (target === outside?.element) outside = null;
      if (target === inside?.element) inside = null;
    });
  });
  const restore = () => {
    if (document.activeElement !== document.body) return;
    const dialog = openDialog();
    const place = dialog === null ? outside : inside;
    if (place === null || place.element.isConnected) return;
    const next = neighbour(place) ?? controlsOf(dialog)[0] ?? document.getElementById('main');
    next?.focus({ preventScroll: true });
  };
  new MutationObserver(restore).observe(document.body, { childList: true, subtree: true });
}
