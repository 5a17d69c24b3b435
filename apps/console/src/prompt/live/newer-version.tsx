import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { compareAt } from '../../addresses.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import { type CurrentPrompt, versionOf } from '../calls.ts';

interface NewerProps {
  readonly prompt: CurrentPrompt;
  /** What the draft builds on. */
  readonly base: number;
  /** Whether something is typed; else the newer version is shown already. */
  readonly isTyped: boolean;
  /** What else can be done about it. */
  readonly children: ReactNode;
}

/** While a draft is open: who has saved another version, and what becomes of what is typed. */
export function NewerVersion({ prompt: { id, version }, base, isTyped, children }: NewerProps) {
  const { data } = useQuery(versionOf(id, version));
  if (data === undefined) return null;
  return (
    <Notice>
      <p>
        <span className="font-semibold">
          <Typed>{data.author.name}</Typed> saved version {version}
        </span>
        , <Time at={data.createdAt} />.{' '}
        {isTyped
          ? `What you type builds on version ${base}, and stays as it is.`
          : 'Nothing was typed here: what you see is that version.'}
      </p>
      <div className="mt-2 flex flex-wrap gap-2">
        {children}
        <a href={compareAt(id, base, version)} target="_blank" rel="noreferrer" className={buttonLook('quiet')}>
          What they changed
        </a>
      </div>
    </Notice>
  );
}
