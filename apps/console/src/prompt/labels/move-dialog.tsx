import { isPromptoryError } from '@promptory/client';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { itemsOf } from '../../data/pages.ts';
import { useSettled } from '../../data/settled.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import { type CurrentPrompt, versionsOf } from '../calls.ts';
import { labelsOf, type PromptLabel } from './calls.ts';
import { type AskedMove, faultOfLabel, NO_VERSION, PRODUCTION } from './move-at.ts';
import { MovePreview } from './move-preview.tsx';

const ANOTHER = '';

interface MoveDialogProps {
  readonly prompt: CurrentPrompt;
  readonly asked: AskedMove;
  ask(move: AskedMove): void;
  close(): void;
}

/** Chooses where a label is to point, and shows what that does before it is done. */
export function MoveDialog({ prompt, asked, ask, close }: MoveDialogProps) {
  const labels = useQuery(labelsOf(prompt.id));
  const to = asked.to === undefined ? prompt.version : asked.to;
  return (
    <Dialog title="Move a label" isWide isForm close={close}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <LabelField
            known={labels.data?.items ?? []}
            label={asked.label}
            choose={(label) => ask({ ...asked, label, to })}
          />
          <VersionField prompt={prompt} to={to} choose={(version) => ask({ ...asked, to: version })} />
        </div>
        {labels.error !== null ? (
          <Failure error={labels.error} retry={() => void labels.refetch()} />
        ) : labels.data === undefined ? null : (
          <MovePreview
            key={`${asked.label} ${to}`}
            prompt={prompt}
            label={asked.label}
            to={to}
            held={labels.data.items.find(({ label }) => label === asked.label)}
            close={close}
          />
        )}
      </div>
    </Dialog>
  );
}

function LabelField(props: { known: readonly PromptLabel[]; label: string; choose: (label: string) => void }) {
  const { known, label, choose } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const names = [...new Set([PRODUCTION, 'staging', ...known.map((one) => one.label), label])];
  const versionOf = (name: string) => known.find((one) => one.label === name)?.version;
  return (
    <div className="grid content-start gap-3">
      <SelectField
        label="Label"
        value={typed === null ? label : ANOTHER}
        onChange={({ target }) => {
          setTyped(target.value === ANOTHER ? '' : null);
          if (target.value !== ANOTHER) choose(target.value);
        }}
      >
        {names.map((name) => (
          <option key={name} value={name}>
            {versionOf(name) == null ? name : `${name}, at version ${versionOf(name)}`}
          </option>
        ))}
        <option value={ANOTHER}>Another label …</option>
      </SelectField>
      {typed !== null && (
        <NewLabel
          typed={typed}
          type={setTyped}
          take={(name) => {
            choose(name);
            setTyped(null);
          }}
        />
      )}
    </div>
  );
}

function NewLabel(props: { typed: string; type: (text: string) => void; take: (label: string) => void }) {
  const { typed, type, take } = props;
  // Not yet wrong while somebody is typing it.
  const settled = useSettled(typed, 600);
  const fault = faultOfLabel(typed);
  return (
    <form
      className="flex items-start gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (fault === undefined) take(typed);
      }}
    >
      <div className="min-w-0 flex-1">
        <Field
          label="Name of the label"
          autoFocus
          autoComplete="off"
          autoCapitalize="none"
          maxLength={36}
          placeholder="canary"
          value={typed}
          fault={settled === typed && typed !== '' ? fault : undefined}
          onChange={({ target }) => type(target.value)}
        />
      </div>
      <Button type="submit" className="mt-6 min-h-11" disabled={fault !== undefined}>
        Take it
      </Button>
    </form>
  );
}

function VersionField(props: { prompt: CurrentPrompt; to: number | null; choose: (version: number | null) => void }) {
  const { prompt, to, choose } = props;
  const versions = useInfiniteQuery(versionsOf(prompt.id));
  const items = itemsOf(versions.data);
  const isListed = to === null || items.some(({ version }) => version === to);
  return (
    <div className="grid content-start gap-2">
      <SelectField
        label="Is to point at"
        value={to ?? NO_VERSION}
        onChange={({ target }) => choose(target.value === NO_VERSION ? null : Number(target.value))}
      >
        {!isListed && <option value={to}>Version {to}</option>}
        {items.map(({ version, isLatest, changeNote, title }) => (
          <option key={version} value={version}>
            {`Version ${version}${isLatest ? ', the latest' : ''}: ${(changeNote ?? title).slice(0, 80)}`}
          </option>
        ))}
        <option value={NO_VERSION}>No version: take the label away</option>
      </SelectField>
      <MoreButton of={versions} className="justify-self-start">
        List earlier versions
      </MoreButton>
      {versions.error !== null && !isPromptoryError(versions.error, 'prompt.not_found') && (
        <Failure error={versions.error} retry={() => void versions.refetch()} />
      )}
    </div>
  );
}
