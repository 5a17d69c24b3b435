import { useEffect, useEffectEvent } from 'react';

/** What keys do, by the key; `mod+k` is Ctrl or ⌘ with K. */
export const shortcuts = {
  'mod+k': 'Jump to a prompt, a group or a page',
  '/': 'Search the library',
  c: 'Write a new prompt',
  e: 'Edit the prompt that is open',
  l: 'Move a label of the prompt that is open',
  '[': 'Go to the version before, where one is open',
  ']': 'Go to the version after',
  x: 'Choose the prompt of the library that has the focus; with Shift all from the last one on',
  u: 'Take back what a message offers to',
  '?': 'Show these keys',
} as const;
export type Shortcut = keyof typeof shortcuts;

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || /^(?:INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

function shortcutOf(event: KeyboardEvent): Shortcut | null {
  if (event.defaultPrevented || event.altKey) return null;
  if (event.ctrlKey || event.metaKey) return event.key.toLowerCase() === 'k' ? 'mod+k' : null;
  // Letters are typed in a field, and a dialog has keys of its own.
  if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return null;
  return event.key in shortcuts ? (event.key as Shortcut) : null;
}

/** @param act whether it did something, so that the browser does nothing else */
export function useShortcuts(act: (shortcut: Shortcut) => boolean): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    const shortcut = shortcutOf(event);
    if (shortcut !== null && act(shortcut)) event.preventDefault();
  });
  useEffect(() => {
    const listener = (event: KeyboardEvent) => onKey(event);
    window.addEventListener('keydown', listener);
    return () => window.removeEventListener('keydown', listener);
  }, []);
}
