import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { Link, useLocation, useParams } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';
import { compareAt, editAt } from '../../addresses.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Failure } from '../../ui/failure.tsx';
import { SelectField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Loading } from '../../ui/page.tsx';
import type { CurrentPrompt } from '../calls.ts';
import { labelsOf, type PromptLabel } from '../labels/calls.ts';
import { LATEST } from '../labels/move-at.ts';
import { RestoreButton } from '../versions/restore-button.tsx';
import { WithPrompt } from '../with-prompt.tsx';
import { type Compared, readCompared, readSide, type Side, sideBefore, versionOfSide } from './compare-at.ts';
import { Differences } from './differences.tsx';

/** Any two versions side by side: by their numbers, or by the labels that point at them. */
export function ComparePage() {
  const { id = '' } = useParams();
  return (
    <WithPrompt id={id} what="Compare">
      {(prompt) => <Comparing prompt={prompt} />}
    </WithPrompt>
  );
}

function Comparing({ prompt }: { prompt: CurrentPrompt }) {
  const { data, error, refetch } = useQuery(labelsOf(prompt.id));
  const asked = readCompared(useSearch());
  if (error !== null) return <Failure error={error} retry={() => void refetch()} />;
  if (data === undefined) return <Loading what="Looking where labels point" />;
  const to = versionOfSide(asked.to, prompt.version, data.items);
  const from = asked.from ?? sideBefore(to ?? prompt.version, data.items);
  return <Comparison prompt={prompt} labels={data.items} asked={{ ...asked, from }} />;
}

/** Two texts beside one another are read from this width on. */
const ROOM_PX = 640;

interface ComparisonProps {
  readonly prompt: CurrentPrompt;
  readonly labels: readonly PromptLabel[];
  readonly asked: Compared & { readonly from: Side };
}

function Comparison({ prompt, labels, asked }: ComparisonProps) {
  const { id, version: latest } = prompt;
  const [, navigate] = useLocation();
  const show = (changes: Partial<ComparisonProps['asked']>) => {
    const { from, to, view } = { ...asked, ...changes };
    navigate(compareAt(id, from, to, view), { replace: true });
  };
  const isSplit = asked.view === undefined ? window.innerWidth >= ROOM_PX : asked.view === 'split';
  const [from, to] = [asked.from, asked.to].map((side) => versionOfSide(side, latest, labels));
  return (
    <div className="grid max-w-6xl grid-cols-[minmax(0,1fr)] gap-4">
      <div className="grid gap-3 sm:grid-cols-2">
        <SideField name="From" side={asked.from} {...{ latest, labels }} choose={(side) => show({ from: side })} />
        <SideField name="To" side={asked.to} {...{ latest, labels }} choose={(side) => show({ to: side })} />
      </div>
      <div className="flex flex-wrap items-center gap-2">
        {to != null && <Steps id={id} to={to} latest={latest} view={asked.view} />}
        <label className="flex min-h-10 items-center gap-2.5 text-sm">
          <input
            type="checkbox"
            className="size-5 shrink-0 accent-accent"
            checked={isSplit}
            onChange={({ target }) => show({ view: target.checked ? 'split' : 'unified' })}
          />
          Side by side
        </label>
        {from != null && from !== latest && prompt.permissions.canEdit && (
          <span className="ms-auto flex flex-wrap gap-2">
            <Link href={editAt(id, from)} className={buttonLook('bare')}>
              Edit from version {from}
            </Link>
            <RestoreButton prompt={prompt} version={from} look="quiet" isNamed />
          </span>
        )}
      </div>
      {from == null || to == null ? (
        <Notice kind="bad">{from == null ? <Missing side={asked.from} /> : <Missing side={asked.to} />}</Notice>
      ) : (
        <Differences id={id} from={from} to={to} isSplit={isSplit} />
      )}
    </div>
  );
}

const Missing = ({ side }: { side: Side }) =>
  typeof side === 'number' ? (
    <>There is no version {side} of this prompt.</>
  ) : (
    <>The label {side} points at no version of this prompt.</>
  );

/** Versions that are listed by their numbers; another one is in the address. */
const MOST = 200;

function SideField(props: {
  name: string;
  side: Side;
  latest: number;
  labels: readonly PromptLabel[];
  choose: (side: Side) => void;
}) {
  const { name, side, latest, labels, choose } = props;
  const named = [LATEST, ...labels.flatMap(({ label, version }) => (version === null ? [] : label))];
  const numbers = Array.from({ length: Math.min(latest, MOST) }, (_, at) => latest - at);
  const isListed = typeof side === 'number' ? numbers.includes(side) : named.includes(side);
  return (
    <SelectField
      label={name}
      value={String(side)}
      onChange={({ target }) => {
        const chosen = readSide(target.value);
        if (chosen !== undefined) choose(chosen);
      }}
    >
      {!isListed && <option value={String(side)}>{typeof side === 'number' ? `Version ${side}` : side}</option>}
      <optgroup label="Labels">
        {named.map((label) => (
          <option key={label} value={label}>
            {`${label}, version ${versionOfSide(label, latest, labels)}`}
          </option>
        ))}
      </optgroup>
      <optgroup label="Versions">
        {numbers.map((version) => (
          <option key={version} value={version}>{`Version ${version}`}</option>
        ))}
      </optgroup>
    </SelectField>
  );
}

/** What each version changed, one after the other. */
function Steps({ id, to, latest, view }: { id: string; to: number; latest: number; view: Compared['view'] }) {
  const at = (version: number) => compareAt(id, version - 1, version, view);
  return (
    <nav aria-label="Changes" className="flex gap-1">
      {to > 2 && (
        <Link
          href={at(to - 1)}
          replace
          aria-keyshortcuts="["
          className={buttonLook('quiet')}
          title={`What version ${to - 1} changed ([)`}
        >
          <ChevronLeft aria-hidden size={16} /> Version {to - 1}
        </Link>
      )}
      {to < latest && (
        <Link
          href={at(to + 1)}
          replace
          aria-keyshortcuts="]"
          className={buttonLook('quiet')}
          title={`What version ${to + 1} changed (])`}
        >
          Version {to + 1} <ChevronRight aria-hidden size={16} />
        </Link>
      )}
    </nav>
  );
}
