import { useQuery } from '@tanstack/react-query';
import { Menu, Search } from 'lucide-react';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { useLocation } from 'wouter';
import { addresses } from '../addresses.ts';
import { preferences } from '../data/own.ts';
import { showTheme } from '../theme/theme.ts';
import { Button } from '../ui/button.tsx';
import { toasts } from '../ui/toasts.ts';
import { Boundary } from './nowhere.tsx';
import { Places } from './places.tsx';
import { type Shortcut, useShortcuts } from './shortcuts.ts';

const Palette = lazy(() => import('./palette.tsx').then(({ Palette: component }) => ({ default: component })));
const ShortcutsDialog = lazy(() =>
  import('./shortcuts-dialog.tsx').then(({ ShortcutsDialog: component }) => ({ default: component })),
);

const PlacesDialog = lazy(() => import('./places-dialog.tsx'));
const ToastList = lazy(() => import('./toast-list.tsx').then(({ ToastList: component }) => ({ default: component })));

type Open = 'places' | 'palette' | 'shortcuts' | null;

/** What stands around every page: where one can go, and the keys. */
export function Frame({ children }: { children: ReactNode }) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  useShortcuts(useActions(setOpen));
  const [path] = useLocation();
  const main = useRef<HTMLElement>(null);
  useFocusOnNewPage(path, main);
  useKeptTheme();
  return (
    <div className="mx-auto max-w-[100rem] md:grid md:grid-cols-[15rem_1fr]">
      <a
        href="#main"
        className="sr-only rounded-lg bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:absolute focus:z-30 focus:m-2"
      >
        To the page
      </a>
      <aside
        aria-label="Places"
        className="sticky top-0 hidden h-dvh overflow-y-auto border-e border-edge p-4 md:block"
      >
        <Places openPalette={() => setOpen('palette')} />
      </aside>
      <header className="sticky top-0 z-20 flex items-center justify-between border-b border-edge bg-page px-2 py-1.5 md:hidden">
        <Button look="bare" aria-label="Places" className="px-2.5" onClick={() => setOpen('places')}>
          <Menu aria-hidden size={20} />
        </Button>
        <span className="font-semibold tracking-tight">Promptory</span>
        <Button look="bare" aria-label="Jump to" className="px-2.5" onClick={() => setOpen('palette')}>
          <Search aria-hidden size={20} />
        </Button>
      </header>
      <main id="main" ref={main} tabIndex={-1} className="min-w-0 px-4 py-5 outline-none md:px-8 md:py-7">
        <Boundary key={path}>{children}</Boundary>
      </main>
      <Suspense>
        {open === 'places' && <PlacesDialog close={close} openPalette={() => setOpen('palette')} />}
        {open === 'palette' && <Palette close={close} showShortcuts={() => setOpen('shortcuts')} />}
        {open === 'shortcuts' && <ShortcutsDialog close={close} />}
      </Suspense>
      <Toasts />
    </div>
  );
}

/** Stands there from the start, so that a screen reader hears of what comes into it. */
function Toasts() {
  const shown = useSyncExternalStore(toasts.subscribe, toasts.shown);
  return (
    <div
      role="status"
      aria-label="Messages"
      className="pointer-events-none fixed inset-x-3 bottom-3 z-30 mx-auto grid max-w-lg gap-2 [body:has([data-bar])_&]:bottom-20"
    >
      {shown.length > 0 && (
        <Suspense>
          <ToastList shown={shown} />
        </Suspense>
      )}
    </div>
  );
}

/** What a key does here; false where it has nothing to do. */
function useActions(setOpen: (open: Open) => void): (shortcut: Shortcut) => boolean {
  const [, navigate] = useLocation();
  return (shortcut) => {
    if (shortcut === 'mod+k') setOpen('palette');
    else if (shortcut === '?') setOpen('shortcuts');
    else if (shortcut === 'c') navigate(addresses.create);
    else if (shortcut !== '/') return click(shortcut);
    else if (!focusSearch()) {
      navigate(addresses.library);
      requestAnimationFrame(focusSearch);
    }
    return true;
  };
}

const byKey = (key: string) => document.querySelector<HTMLElement>(`[aria-keyshortcuts="${key}"]`);

function click(key: string): boolean {
  const element = byKey(key);
  element?.click();
  return element !== null;
}

function focusSearch(): boolean {
  const field = byKey('/');
  field?.focus();
  return field !== null;
}

/** What somebody has chosen in another browser is shown in this one too. */
function useKeptTheme(): void {
  const theme = useQuery(preferences()).data?.theme;
  useEffect(() => {
    if (theme !== undefined) showTheme(theme);
  }, [theme]);
}

/** A new page begins at its beginning; one that somebody goes back to, where they left it, which the browser knows. */
function useFocusOnNewPage(path: string, main: { readonly current: HTMLElement | null }): void {
  const shown = useRef(path);
  const isBack = useRef(false);
  useEffect(() => {
    const wentBack = () => {
      isBack.current = true;
    };
    window.addEventListener('popstate', wentBack);
    return () => window.removeEventListener('popstate', wentBack);
  }, []);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    if (!isBack.current) window.scrollTo(0, 0);
    isBack.current = false;
    main.current?.focus({ preventScroll: true });
  }, [path, main]);
}
