import type { ReactNode } from 'react';
import { compareAt, promptAt } from '../../addresses.ts';
import { Button, buttonLook } from '../../ui/button.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';

interface ConflictProps {
  readonly id: string;
  readonly base: number | null;
  readonly latest: {
    readonly version: number;
    readonly author: { readonly name: string };
    readonly createdAt: string;
  };
  overwrite(version: number): void;
  /** What else can be done about it. */
  readonly children: ReactNode;
}

/** Somebody else has saved meanwhile. What was typed here stays as it is. */
export function Conflict({ id, base, latest, overwrite, children }: ConflictProps) {
  const { version, author, createdAt } = latest;
  return (
    <Notice kind="bad">
      <p className="font-semibold">
        <Typed>{author.name}</Typed> saved version {version} meanwhile, <Time at={createdAt} />. Nothing of yours is
        saved or lost.
      </p>
      <div className="mt-3 flex flex-wrap gap-2">
        {children}
        <a href={promptAt(id, version)} target="_blank" rel="noreferrer" className={buttonLook('quiet')}>
          Read theirs
        </a>
        {base !== null && (
          <a href={compareAt(id, base, version)} target="_blank" rel="noreferrer" className={buttonLook('quiet')}>
            What they changed
          </a>
        )}
        <Button onClick={() => overwrite(version)}>Save mine over it</Button>
      </div>
    </Notice>
  );
}
