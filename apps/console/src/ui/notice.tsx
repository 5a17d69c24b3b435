import type { ReactNode } from 'react';

const looks = { good: 'bg-good-soft', bad: 'bg-fault-soft text-fault', plain: 'bg-hover' } as const;

/** Said at once by a screen reader, where it is bad. What is neither good nor bad is plain. */
export function Notice({ kind = 'good', children }: { kind?: keyof typeof looks; children: ReactNode }) {
  const look = looks[kind];
  return (
    <div role={kind === 'bad' ? 'alert' : 'status'} className={`rounded-lg px-4 py-3 text-sm wrap-anywhere ${look}`}>
      {children}
    </div>
  );
}
