import { Suspense, useMemo } from 'react';
import { useSettled } from '../../data/settled.ts';
import { Notice } from '../../ui/notice.tsx';
import type { Version } from '../language/questions.ts';
import { useAnswer } from '../language/use-answer.ts';
import { TryOut } from '../try/later-try-out.ts';
import { type Draft, typedVersion } from './draft.ts';

const SETTLED_MS = 200;

/** What is typed; null while something that is to be JSON is none. */
function versionIn(draft: Draft): Version | null {
  try {
    return typedVersion(draft);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

/** What is typed, with a form for its inputs, and what it says with them: beside the editor, and as one types. */
export function Preview({ draft, reference }: { draft: Draft; reference: string | null }) {
  const settled = useSettled(draft, SETTLED_MS);
  const known = useAnswer(
    'read',
    useMemo(() => versionIn(settled), [settled]),
  );
  if (known === null) return null;
  const { about: text, answer: read } = known;
  return (
    <div className="grid gap-4">
      {read.conflicts.map(({ path, message }) => (
        <Notice key={path + message} kind="bad">
          {path}: {message}
        </Notice>
      ))}
      {read.inputs === null ? (
        <Notice>It cannot be tried out yet: {read.fault}</Notice>
      ) : (
        <Suspense>
          <TryOut text={text} inputs={read.inputs} reference={reference} />
        </Suspense>
      )}
    </div>
  );
}
