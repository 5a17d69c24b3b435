import type { ReactNode } from 'react';

/** Said at once by a screen reader, where it is bad. */
export function Notice({ kind = 'good', children }: { kind?: 'good' | 'bad'; children: ReactNode }) {
  const look = kind === 'bad' ? 'bg-fault-soft text-fault' : 'bg-good-soft';
  return (
    <div role={kind === 'bad' ? 'alert' : 'status'} className={`rounded-lg px-4 py-3 text-sm wrap-anywhere ${look}`}>
      {children}
    </div>
  );
}
