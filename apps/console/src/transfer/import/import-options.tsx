import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { Notice } from '../../ui/notice.tsx';
import type { Source } from './source.ts';
import type { ImportChoices } from './use-import.ts';

interface OptionsProps {
  readonly choices: ImportChoices;
  readonly sources: readonly Source[];
  readonly isDisabled: boolean;
  choose(choices: ImportChoices): void;
}

/** What holds for all files: each other choice is tried anew. */
export function ImportOptions({ choices, sources, isDisabled, choose }: OptionsProps) {
  const isBreaking = sources.some(({ rows }) => rows.some(({ code }) => code === 'prompt.breaking_change'));
  return (
    <>
      <div className="max-w-xs">
        <SelectField
          label="New prompts are"
          hint="Where their file does not say it."
          value={choices.visibility ?? ''}
          disabled={isDisabled}
          onChange={({ target }) => {
            const { visibility: _former, ...others } = choices;
            const wanted = target.value;
            choose(wanted === 'private' || wanted === 'public' ? { ...others, visibility: wanted } : others);
          }}
        >
          <option value="">As your preferences say</option>
          <option value="private">Private</option>
          <option value="public">Public</option>
        </SelectField>
      </div>
      {isBreaking && <AcceptBreaking accept={(reason) => choose({ ...choices, acceptBreaking: true, reason })} />}
    </>
  );
}

function AcceptBreaking({ accept }: { accept: (reason: string) => void }) {
  const [reason, setReason] = useState('');
  return (
    <Notice kind="bad">
      <p className="mb-3 font-semibold">Labels would move to versions that break the programs that call them.</p>
      <form
        className="grid max-w-xl gap-3 text-text"
        onSubmit={(event) => {
          event.preventDefault();
          if (reason.trim() !== '') accept(reason.trim());
        }}
      >
        <Field
          label="Reason"
          hint="Stays in the history of those labels."
          dir="auto"
          maxLength={500}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
        <Button type="submit" className="justify-self-start">
          Move them all the same
        </Button>
      </form>
    </Notice>
  );
}
