import { useQuery } from '@tanstack/react-query';
import { Failure } from '../../ui/failure.tsx';
import { Typed } from '../../ui/page.tsx';
import { Time } from '../../ui/time.tsx';
import type { CurrentPrompt } from '../calls.ts';
import { usesOf, type VersionUse } from './calls.ts';

/** Who has used a version lately: those whom a move takes to another one. */
export function Users({ prompt, version }: { prompt: CurrentPrompt; version: number }) {
  return (
    <section aria-label={`Who uses version ${version}`}>
      <h3 className="mb-1 text-sm font-semibold">Who uses version {version}</h3>
      {prompt.permissions.canDelete ? (
        <Uses id={prompt.id} version={version} />
      ) : (
        <p className="text-sm text-quiet">Its owner sees that.</p>
      )}
    </section>
  );
}

function Uses({ id, version }: { id: string; version: number }) {
  const { data, error, refetch } = useQuery(usesOf(id, version));
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <p className="text-sm text-quiet">Looking …</p>;
  if (data.items.length === 0) return <p className="text-sm text-quiet">Nobody in the last 400 days.</p>;
  return (
    <>
      <table className="w-full max-w-xl text-sm">
        <thead>
          <tr className="text-start text-xs text-quiet">
            <th className="py-1 text-start font-semibold">Program</th>
            <th className="py-1 text-end font-semibold">Uses</th>
            <th className="py-1 text-end font-semibold">The last</th>
          </tr>
        </thead>
        <tbody>{data.items.map(use)}</tbody>
      </table>
      {data.nextCursor !== null && <p className="text-sm text-quiet">And others.</p>}
    </>
  );
}

const use = ({ consumer, uses, lastUsedAt }: VersionUse) => (
  <tr key={consumer} className="border-t border-edge">
    <td className="py-1">
      <Typed>{consumer}</Typed>
    </td>
    <td className="py-1 text-end tabular-nums">{uses}</td>
    <td className="py-1 ps-3 text-end whitespace-nowrap">
      <Time at={lastUsedAt} />
    </td>
  </tr>
);
