import { isPromptoryError } from '@promptory/client';
import { useQueries } from '@tanstack/react-query';
import { useState } from 'react';
import { countedPrompts } from '../../data/counted.ts';
import { useSettled } from '../../data/settled.ts';
import { checkOf } from '../../prompt/labels/calls.ts';
import { faultOfLabel, LATEST, PRODUCTION } from '../../prompt/labels/move-at.ts';
import { AcceptBreaking, ReasonField, sentReason } from '../../prompt/labels/move-form.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { FormActions } from '../../ui/form-actions.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useRelease } from '../calls.ts';
import { columnsOf, type MatrixRow, type Picked, pickedFrom } from '../matrix.ts';
import { PickedList } from './picked-list.tsx';

interface DialogProps {
  readonly rows: readonly MatrixRow[];
  done(): void;
  close(): void;
}

/** Chooses the label and the versions, shows whom that breaks, and moves it on all of the prompts. */
export function ReleaseDialog({ rows, done, close }: DialogProps) {
  const [label, setLabel] = useState(PRODUCTION);
  const [source, setSource] = useState(LATEST);
  const [versions, setVersions] = useState<ReadonlyMap<string, number>>(new Map());
  const columns = columnsOf(rows);
  const fault = faultOfLabel(label);
  // Each letter of a label would ask whom each of the prompts breaks.
  const isTyped = useSettled(label, 400) === label;
  const picked = pickedFrom(rows, label, source === LATEST ? null : source).map((one) => ({
    ...one,
    version: versions.get(one.prompt.id) ?? one.version,
  }));
  return (
    <Dialog title="Release" isWide isForm close={close}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5 p-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field
            label="Label"
            list="labels-of-releases"
            autoComplete="off"
            autoCapitalize="none"
            maxLength={36}
            value={label}
            fault={fault}
            onChange={({ target }) => setLabel(target.value)}
          />
          <datalist id="labels-of-releases">
            {columns.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
          <SelectField
            label="Is to point at"
            value={source}
            onChange={({ target }) => {
              setSource(target.value);
              setVersions(new Map());
            }}
          >
            <option value={LATEST}>The latest version of each</option>
            {columns
              .filter((name) => name !== label)
              .map((name) => (
                <option key={name} value={name}>{`What ${name} points at`}</option>
              ))}
          </SelectField>
        </div>
        {picked.length < rows.length && (
          <Notice>
            {rows.length - picked.length} of them {rows.length - picked.length === 1 ? 'has' : 'have'} no {source}, and
            stay as they are.
          </Notice>
        )}
        {fault === undefined && isTyped && picked.length > 0 && (
          <Releasing
            key={label}
            label={label}
            picked={picked}
            change={(id, version) => setVersions(new Map([...versions, [id, version]]))}
            done={done}
            close={close}
          />
        )}
      </div>
    </Dialog>
  );
}

interface ReleasingProps {
  readonly label: string;
  readonly picked: readonly Picked[];
  change(id: string, version: number): void;
  done(): void;
  close(): void;
}

function Releasing({ label, picked, change, done, close }: ReleasingProps) {
  const checks = useQueries({ queries: picked.map(({ prompt, version }) => checkOf(prompt.id, label, version)) });
  const release = useRelease();
  const [reason, setReason] = useState('');
  const [isAccepted, setAccepted] = useState(false);
  const isBreaking = checks.some(({ data }) => data?.isCompatible === false);
  const isChecked = checks.every(({ data }) => data !== undefined);
  const { error } = release;
  const refusals = isPromptoryError(error, 'release.refused') ? error.details.refusals : [];
  const moving = picked.filter(({ version, from }) => version !== from).length;
  return (
    <form
      className="grid grid-cols-[minmax(0,1fr)] gap-5"
      onSubmit={(event) => {
        event.preventDefault();
        release.mutate(
          {
            label,
            prompts: picked.map(({ prompt, version, from }) => ({
              ...{ promptId: prompt.id, version, expectedVersion: from },
            })),
            ...sentReason(reason),
            ...(isBreaking && isAccepted ? { acceptBreaking: true } : {}),
          },
          { onSuccess: done },
        );
      }}
    >
      <PickedList picked={picked} checks={checks} refusals={refusals} change={change} />
      {isBreaking && <AcceptBreaking does="Release it" value={isAccepted} write={setAccepted} />}
      <ReasonField
        hint="For the history of each of the prompts."
        isNeeded={isBreaking}
        value={reason}
        write={setReason}
      />
      {error !== null &&
        (refusals.length > 0 ? (
          <Notice kind="bad">
            Nothing is released: {refusals.length} of the prompts are refused, as is said above.
          </Notice>
        ) : (
          <Failure error={error} />
        ))}
      <FormActions
        does={
          release.isPending
            ? 'Releasing …'
            : moving === 0
              ? 'They point there already'
              : `Release ${label} on ${countedPrompts(moving)}`
        }
        isDisabled={!isChecked || moving === 0 || release.isPending}
        isSticky
        close={close}
      />
    </form>
  );
}
