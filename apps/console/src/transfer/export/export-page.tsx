import { useMutation, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { promptsAre } from '../../data/counted.ts';
import { groups } from '../../data/own.ts';
import { Button } from '../../ui/button.tsx';
import { download } from '../../ui/download.ts';
import { Failure } from '../../ui/failure.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Title, Typed } from '../../ui/page.tsx';
import type { ExportFilter } from '../calls.ts';
import { TransferHead } from '../transfer-head.tsx';
import { type Exported, type ExportFormat, exportTo } from './export-to.ts';

const formats: readonly (readonly [ExportFormat, string, string])[] = [
  ['lines', 'JSON lines', 'One prompt on each line, as it is now.'],
  ['bundle', 'Promptory bundle', 'One signed file with all versions, labels and their history, tags and groups.'],
  ['langfuse', 'Langfuse', 'With all versions, labels and tags.'],
  ['langsmith', 'LangSmith', 'A manifest for each prompt.'],
  ['github-models', 'GitHub Models', 'A .prompt.yml for each prompt.'],
  ['prompty', 'Prompty', 'A .prompty for each prompt.'],
  ['dotprompt', 'dotprompt', 'A .prompt for each prompt.'],
];

const scopes: readonly (readonly [string, string, ExportFilter])[] = [
  ['mine', 'My prompts', { scope: 'mine' }],
  ['readable', 'All that I may read', { scope: 'readable' }],
  ['favorite', 'My favourites', { favorite: true }],
];

/** Gives prompts out as files, in the format of one's choice, and says what that cannot carry. */
export function ExportPage() {
  const [format, setFormat] = useState<ExportFormat>('lines');
  const [which, setWhich] = useState('mine');
  const [count, setCount] = useState(0);
  const own = useQuery(groups()).data?.items ?? [];
  const leaving = useRef(new AbortController());
  useEffect(() => () => leaving.current.abort(), []);
  const making = useMutation({
    mutationFn: () => {
      setCount(0);
      const [, , filter = { groupId: which }] = scopes.find(([name]) => name === which) ?? [];
      leaving.current = new AbortController();
      return exportTo(format, filter, { signal: leaving.current.signal, onCount: setCount });
    },
    onSuccess: (made) => {
      if (made !== null && made.prompts > 0) download(made);
    },
  });
  return (
    <>
      <Title>Export</Title>
      <TransferHead />
      <form
        aria-label="Export"
        className="grid max-w-2xl grid-cols-[minmax(0,1fr)] gap-5"
        onSubmit={(event) => {
          event.preventDefault();
          making.mutate();
        }}
      >
        <SelectField label="Prompts" value={which} onChange={({ target }) => setWhich(target.value)}>
          {scopes.map(([name, title]) => (
            <option key={name} value={name}>
              {title}
            </option>
          ))}
          {own.map(({ id, name }) => (
            <option key={id} value={id}>{`In the group ${name}`}</option>
          ))}
        </SelectField>
        <fieldset>
          <legend className="mb-1 text-sm font-semibold">Format</legend>
          {formats.map(([name, title, about]) => (
            <label key={name} className="flex min-h-10 items-start gap-2.5 py-1.5 text-sm">
              <input
                type="radio"
                name="format"
                className="mt-0.5 size-5 shrink-0 accent-accent"
                checked={format === name}
                onChange={() => setFormat(name)}
              />
              <span>
                <span className="font-semibold">{title}</span> <span className="text-quiet">{about}</span>
              </span>
            </label>
          ))}
        </fieldset>
        <Button type="submit" look="first" className="justify-self-start" disabled={making.isPending}>
          <Download aria-hidden size={16} /> {making.isPending ? `Getting them … ${count}` : 'Export'}
        </Button>
        {making.error !== null && <Failure error={making.error} />}
        {making.data !== undefined && <Made made={making.data} />}
      </form>
    </>
  );
}

/** Warnings that are shown. */
const MOST = 100;

function Made({ made }: { made: Exported | null }) {
  if (made === null) return <Notice>There is no prompt among those.</Notice>;
  const { name, prompts, warnings } = made;
  return (
    <>
      <Notice>
        {prompts === 0 ? (
          'None of them can be written in this format.'
        ) : (
          <>
            {promptsAre(prompts, 'in')} <Typed>{name}</Typed>.
          </>
        )}{' '}
        {warnings.length > 0 && 'What the format cannot carry:'}
      </Notice>
      {warnings.length > 0 && (
        <ul aria-label="Warnings" className="divide-y divide-edge rounded-xl border border-edge bg-card text-sm">
          {warnings.slice(0, MOST).map(({ ref, within, message }) => (
            <li key={`${ref} ${within} ${message}`} className="px-4 py-2">
              <code className="font-mono text-xs wrap-anywhere">{ref}</code>
              {within !== null && <span className="text-quiet"> · {within}</span>}
              <br />
              <Typed>{message}</Typed>
            </li>
          ))}
          {warnings.length > MOST && <li className="px-4 py-2 text-quiet">and {warnings.length - MOST} more</li>}
        </ul>
      )}
    </>
  );
}
