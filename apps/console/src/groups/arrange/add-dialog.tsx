import type { GroupEntry, ListedPrompt } from '@promptory/client';
import { useQuery } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { useSettled } from '../../data/settled.ts';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Field } from '../../ui/field.tsx';
import { Typed } from '../../ui/page.tsx';
import { addable, addPrompt, type GroupPage } from '../calls.ts';
import { useMyId } from '../use-my-id.ts';

interface AddDialogProps {
  readonly group: GroupPage;
  readonly entries: readonly GroupEntry[];
  close(): void;
}

/** Finds prompts, and puts them into a group one after the other. */
export function AddDialog({ group, entries, close }: AddDialogProps) {
  const [typed, setTyped] = useState('');
  const found = useQuery(addable(useSettled(typed.trim())));
  const myId = useMyId();
  const held = new Set(entries.map(({ prompt }) => prompt.id));
  const others = group.memberCount - 1;
  return (
    <Dialog title="Add prompts" close={close}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-3 p-4">
        <Field
          label="Find a prompt"
          type="search"
          autoComplete="off"
          hint={
            others === 0
              ? 'Nobody but you is in this group yet.'
              : `Your own prompts can be read by its ${others === 1 ? 'other member' : `${others} other members`} from then on, and changed by its editors.`
          }
          value={typed}
          onChange={({ target }) => setTyped(target.value)}
        />
        {found.error !== null && <Failure error={found.error} retry={() => void found.refetch()} />}
        {found.data?.items.length === 0 && <p className="py-4 text-center text-quiet">Nothing is found.</p>}
        <ul aria-label="Found" className="grid min-h-64 grid-cols-[minmax(0,1fr)] content-start">
          {found.data?.items.map((prompt) => (
            <Found
              key={prompt.id}
              id={group.id}
              prompt={prompt}
              isMine={prompt.owner.id === myId}
              isHeld={held.has(prompt.id)}
            />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function Found(props: { id: string; prompt: ListedPrompt; isMine: boolean; isHeld: boolean }) {
  const { id, prompt, isMine, isHeld } = props;
  const { title, owner, visibility } = prompt;
  const [isPending, setPending] = useState(false);
  const add = async () => {
    setPending(true);
    await addPrompt({ id, promptId: prompt.id, title });
    setPending(false);
  };
  return (
    <li className="flex items-center gap-3 border-b border-edge py-1.5 last:border-b-0">
      <div className="min-w-0 flex-1">
        <p className="truncate font-semibold">
          <Typed>{title}</Typed>
        </p>
        <p className="truncate text-xs text-quiet">
          {isMine ? 'Yours' : <Typed>{owner.name}</Typed>}
          {!isMine && visibility === 'public' && ' · public: the group lists it, which gives nobody a right'}
          {!isMine && visibility === 'private' && ' · only its owner can share it'}
        </p>
      </div>
      {isHeld ? (
        <span className="inline-flex items-center gap-1 text-sm text-quiet">
          <Check aria-hidden size={14} /> In the group
        </span>
      ) : (
        <Button disabled={isPending || (!isMine && visibility === 'private')} onClick={() => void add()}>
          Add<span className="sr-only"> {title}</span>
        </Button>
      )}
    </li>
  );
}
