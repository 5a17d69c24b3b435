import { Suspense, useMemo, useState } from 'react';
import { useSettled } from '../../data/settled.ts';
import { Notice } from '../../ui/notice.tsx';
import { IncludedList } from '../include/included-list.tsx';
import { useIncluded, useOwner } from '../include/use-included.ts';
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

interface PreviewProps {
  readonly draft: Draft;
  readonly reference: string | null;
  /** The handle of whoever owns it; null for one of the caller's own. */
  readonly owner: string | null;
}

/** What is typed, with a form for its inputs, and what it says with them: beside the editor, and as one types. */
export function Preview({ draft, reference, owner: handle }: PreviewProps) {
  const settled = useSettled(draft, SETTLED_MS);
  const version = useMemo(() => versionIn(settled), [settled]);
  const [names, setNames] = useState<readonly string[]>([]);
  const { included, inclusions } = useIncluded(names, useOwner(handle));
  const known = useAnswer(
    'read',
    useMemo(() => (version === null ? null : { ...version, included }), [version, included]),
  );
  const includes = known?.answer.includes ?? null;
  // A text that is no template for the moment includes what it did before.
  if (includes !== null && includes.join('\n') !== names.join('\n')) setNames(includes);
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
        <Notice kind="plain">It cannot be tried out yet: {read.fault}</Notice>
      ) : (
        <Suspense>
          <TryOut text={text} inputs={read.inputs} reference={reference} />
        </Suspense>
      )}
      <IncludedList inclusions={inclusions} isDraft />
    </div>
  );
}
