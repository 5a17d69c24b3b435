import type { VersionDiff } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Failure } from '../../ui/failure.tsx';
import { Loading } from '../../ui/page.tsx';
import { diffOf, versionOf } from '../calls.ts';
import { Lines } from '../versions/changes.tsx';
import { InputChanges } from './input-changes.tsx';
import { SplitLines } from './split-lines.tsx';

interface DifferencesProps {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly isSplit: boolean;
}

/** All that differs between two versions: what programs have to give, the words, and what is declared. */
export function Differences({ id, from, to, isSplit }: DifferencesProps) {
  const diff = useQuery(diffOf(id, from, to));
  if (diff.error !== null) return <Failure error={diff.error} retry={() => void diff.refetch()} />;
  if (diff.data === undefined) return <Loading what="Comparing" />;
  const { data } = diff;
  const texts = (['title', 'description', 'content'] as const).filter((name) => data[name].changed);
  const declared = (['messages', 'config', 'inputSchema', 'outputSchema'] as const).filter(
    // What messages say stands in the content, line by line.
    (name) => data[name].changes.length > 0 && !(name === 'messages' && data.content.changed),
  );
  return (
    <>
      <Inputs {...{ id, from, to }} />
      {texts.length + declared.length === 0 && <p className="text-quiet">The two say the same.</p>}
      {texts.map((name) => (
        <Part key={name} title={titles[name]}>
          {isSplit ? <SplitLines runs={data[name].runs} /> : <Lines diff={data[name]} />}
          {data[name].stoppedAt !== null && (
            <p className="border-t border-edge px-3 py-1 text-sm text-quiet">There is more than is shown here.</p>
          )}
        </Part>
      ))}
      {declared.map((name) => (
        <Part key={name} title={titles[name]}>
          <ul className="divide-y divide-edge text-sm">
            {data[name].changes.map((change) => (
              <Change key={`${change.path} ${change.type}`} change={change} />
            ))}
          </ul>
        </Part>
      ))}
    </>
  );
}

const titles = {
  title: 'Title',
  description: 'Description',
  content: 'Content',
  messages: 'Messages',
  config: 'Config',
  inputSchema: 'Declared inputs',
  outputSchema: 'Declared output',
} as const;

const Part = ({ title, children }: { title: string; children: ReactNode }) => (
  <section
    aria-label={`Changes of ${title.toLowerCase()}`}
    className="overflow-x-auto rounded-lg border border-edge bg-card"
  >
    <h2 className="border-b border-edge px-3 py-1 text-xs font-semibold text-quiet">{title}</h2>
    {children}
  </section>
);

function Change({ change: { path, from, to } }: { change: VersionDiff['config']['changes'][number] }) {
  return (
    <li className="grid gap-x-4 gap-y-1 px-3 py-1.5 sm:grid-cols-[minmax(8rem,1fr)_minmax(0,2fr)_minmax(0,2fr)]">
      <code className="font-mono wrap-anywhere">{path === '' ? '/' : path}</code>
      <Value value={from} is="removed" />
      <Value value={to} is="added" />
    </li>
  );
}

/** Values of JSON are long at times: their beginning says enough. */
const MOST = 2_000;

const Value = ({ value, is }: { value: unknown; is: 'removed' | 'added' }) =>
  value === undefined ? (
    <span />
  ) : (
    <code
      className={`rounded px-1.5 font-mono whitespace-pre-wrap wrap-anywhere ${is === 'removed' ? 'bg-fault-soft' : 'bg-good-soft'}`}
    >
      <span className="sr-only">{is}: </span>
      {JSON.stringify(value, null, 1).slice(0, MOST)}
    </code>
  );

function Inputs({ id, from, to }: { id: string; from: number; to: number }) {
  const [old, now] = [useQuery(versionOf(id, from)).data, useQuery(versionOf(id, to)).data];
  if (old === undefined || now === undefined) return null;
  return <InputChanges from={old.signature?.inputs} to={now.signature?.inputs} />;
}
