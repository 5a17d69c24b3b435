/** A message that says what was done, and may offer to take it back. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly isBad?: boolean;
  readonly act?: { readonly name: string; readonly run: () => void };
}

const MOST = 3;

let shown: readonly Toast[] = [];
let last = 0;
const listeners = new Set<() => void>();

function set(toasts: readonly Toast[]): void {
  shown = toasts;
  for (const listener of listeners) listener();
}

export const toasts = {
  subscribe(listener: () => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  /** The newest first. */
  shown: (): readonly Toast[] => shown,
  show(toast: Omit<Toast, 'id'>): void {
    last += 1;
    set([{ ...toast, id: last }, ...shown].slice(0, MOST));
  },
  drop: (id: number): void => set(shown.filter((toast) => toast.id !== id)),
  clear: (): void => set([]),
};
