import { Typed } from '../../ui/page.tsx';
import { signatureChanges } from './signature-changes.ts';

type Inputs = Readonly<Record<string, unknown>> | undefined;

/** What programs have to give otherwise; nothing where that is nothing. */
export function InputChanges({ from, to }: { from: Inputs; to: Inputs }) {
  const changes = signatureChanges(from, to);
  if (changes.length === 0) return null;
  return (
    <section aria-label="Changes of inputs" className="rounded-lg border border-edge bg-card px-3 py-2 text-sm">
      <h2 className="text-xs font-semibold text-quiet">Inputs</h2>
      <ul>
        {changes.map(({ name, says }) => (
          <li key={name}>
            <code className="font-mono font-semibold">
              <Typed>{name}</Typed>
            </code>{' '}
            {says}
          </li>
        ))}
      </ul>
    </section>
  );
}
