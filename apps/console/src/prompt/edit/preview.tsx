import { lazy, Suspense, useEffect, useState } from 'react';
import { useSettled } from '../../data/settled.ts';
import { Notice } from '../../ui/notice.tsx';
import { ask } from '../language/ask.ts';
import type { Read, Version } from '../language/questions.ts';
import { type Draft, typedVersion } from './draft.ts';

// With it comes the prompt language.
const TryOut = lazy(() => import('../try/try-out.tsx').then(({ TryOut: component }) => ({ default: component })));

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
  const [known, setKnown] = useState<{ readonly text: Version; readonly read: Read } | null>(null);
  useEffect(() => {
    const text = versionIn(settled);
    if (text === null) return;
    let isAsked = true;
    ask('read', text).then(
      (read) => isAsked && setKnown({ text, read }),
      // Nothing is shown of it then: the field says where it is wrong.
      () => undefined,
    );
    return () => {
      isAsked = false;
    };
  }, [settled]);
  if (known === null) return null;
  const { text, read } = known;
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
