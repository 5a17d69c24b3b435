import { useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { Failure, faultsOf } from '../../ui/failure.tsx';
import { Field, SelectField } from '../../ui/field.tsx';
import { type GroupPage, useShare } from '../calls.ts';

/** Takes somebody into a group, and says before what they will see. */
export function ShareForm({ group }: { group: GroupPage }) {
  const share = useShare(group.id);
  const [who, setWho] = useState('');
  const [role, setRole] = useState<'viewer' | 'editor'>('viewer');
  const faults = faultsOf(share.error);
  const fault = faults.email?.[0] ?? faults.handle?.[0];
  const prompts = group.promptCount === 1 ? 'its one prompt' : `its ${group.promptCount} prompts`;
  return (
    <form
      aria-label="Share the group"
      className="grid gap-3 rounded-xl border border-edge bg-card p-4"
      onSubmit={(event) => {
        event.preventDefault();
        share.mutate({ who, role }, { onSuccess: () => setWho('') });
      }}
    >
      <div className="grid items-start gap-3 sm:grid-cols-[minmax(0,1fr)_10rem]">
        <Field
          label="Share with"
          placeholder="An e-mail address or a handle"
          autoComplete="off"
          autoCapitalize="none"
          maxLength={254}
          value={who}
          fault={fault}
          onChange={({ target }) => setWho(target.value)}
        />
        <SelectField
          label="As"
          value={role}
          onChange={({ target }) => setRole(target.value === 'editor' ? 'editor' : 'viewer')}
        >
          <option value="viewer">Viewer</option>
          <option value="editor">Editor</option>
        </SelectField>
      </div>
      <p className="text-sm text-quiet">
        They will read {prompts}, with all versions, and whatever comes into the group
        {role === 'editor'
          ? '. They may add prompts, take some out and arrange them, and change those that their owners have put here.'
          : '.'}
      </p>
      {share.error !== null && fault === undefined && <Failure error={share.error} />}
      <Button type="submit" look="first" className="justify-self-start" disabled={share.isPending}>
        Share
      </Button>
    </form>
  );
}
