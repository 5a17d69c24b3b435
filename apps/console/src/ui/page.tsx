import type { ReactNode } from 'react';

/** The title of the browser's window, as its history and tabs show it. */
export const Title = ({ children }: { children: string }) => <title>{`${children} · Promptory`}</title>;

/** What stands where there is nothing yet, and what to do about it. */
export function Empty({ title, children }: { title: string; children: ReactNode }) {
  return (
    <div className="mx-auto max-w-md px-4 py-14 text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      <div className="mt-2 text-quiet">{children}</div>
    </div>
  );
}

/** Said once something takes longer than a moment. */
export const Loading = ({ what }: { what: string }) => (
  <p role="status" className="px-4 py-14 text-center text-quiet">
    {what} …
  </p>
);

/** What people typed: whichever way it is written, it changes nothing around it. */
export const Typed = ({ children }: { children: string }) => <bdi className="wrap-anywhere">{children}</bdi>;
