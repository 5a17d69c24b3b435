import { Link } from 'wouter';
import { promptAt } from '../../addresses.ts';
import { Typed } from '../../ui/page.tsx';
import { PromptText } from '../read/prompt-text.tsx';
import type { Inclusion } from './calls.ts';

interface ListProps {
  readonly inclusions: readonly Inclusion[];
  /** Whether it is a text that nobody has saved yet, so that the next saving decides on versions. */
  readonly isDraft?: boolean;
}

/** What a prompt includes: which version of what, its text, or why a reference leads nowhere. */
export function IncludedList({ inclusions, isDraft = false }: ListProps) {
  if (inclusions.length === 0) return null;
  return (
    <section aria-label="What it includes" className="rounded-xl border border-edge bg-card">
      <h2 className="border-b border-edge px-4 py-2 text-sm font-semibold">What it includes</h2>
      <ul className="divide-y divide-edge">
        {inclusions.map((inclusion) => (
          <li key={inclusion.reference} className="px-4 py-2 text-sm">
            <Entry inclusion={inclusion} />
          </li>
        ))}
      </ul>
      {isDraft && inclusions.some(({ reference, to }) => to !== null && !/[@#]/.test(reference)) && (
        <p className="border-t border-edge px-4 py-2 text-xs text-quiet">
          A name without a label or a version keeps the version that is shown, from when it is saved.
        </p>
      )}
    </section>
  );
}

function Entry({ inclusion }: { inclusion: Inclusion }) {
  const { reference, to } = inclusion;
  const name = (
    <code className="font-mono">
      <Typed>{reference}</Typed>
    </code>
  );
  if (to === null) {
    return (
      <p className="text-fault">
        {name}: {inclusion.why}
      </p>
    );
  }
  const [text] = inclusion.texts;
  return (
    <>
      <p>
        {name} is{' '}
        <Link href={promptAt(to.promptId, to.version)} className="underline underline-offset-2">
          <Typed>{to.ref}</Typed>, version {to.version}
        </Link>
      </p>
      {text !== undefined && (
        <details className="mt-1">
          <summary className="py-1 text-quiet">Its text</summary>
          <PromptText content={text.content} messages={null} />
        </details>
      )}
    </>
  );
}
