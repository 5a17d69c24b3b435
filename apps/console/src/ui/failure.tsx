import { PromptoryError } from '@promptory/client';
import type { ReactNode } from 'react';
import { Button } from './button.tsx';
import { Notice } from './notice.tsx';

/** What went wrong, the id by which the server's log has it, and a way on. */
export function Failure({ error, retry, children }: { error: unknown; retry?: () => void; children?: ReactNode }) {
  const known = error instanceof PromptoryError ? error : null;
  return (
    <Notice kind="bad">
      <p className="font-semibold">{wordsOf(error)}</p>
      {known?.requestId != null && <p className="mt-1 font-mono text-xs">Request {known.requestId}</p>}
      {(retry !== undefined || children !== undefined) && (
        <div className="mt-3 flex flex-wrap gap-2">
          {retry !== undefined && <Button onClick={retry}>Try again</Button>}
          {children}
        </div>
      )}
    </Notice>
  );
}

/** What is wrong with which field, by its name; none where something else is. */
export const faultsOf = (error: unknown): PromptoryError['fieldErrors'] =>
  error instanceof PromptoryError ? error.fieldErrors : {};

/** What a failure is to a person. Faults of fields stand beside these. */
export function wordsOf(error: unknown): string {
  if (!(error instanceof PromptoryError)) return 'Something went wrong in this page. Load it again.';
  if (error.code === 'client.network') return 'The server does not answer. Is there a network?';
  if (error.code === 'limit.exceeded') return `That was often. Try again in ${error.retryAfterSeconds ?? 60} seconds.`;
  const faults = error.errors.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return faults.length > 0 ? faults.slice(0, 5).join(' · ') : error.message;
}
