import { useInfiniteQuery } from '@tanstack/react-query';
import { LogOut, Pencil, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { addresses, groupAt, peopleAt } from '../addresses.ts';
import { libraryAt } from '../library/library-search.ts';
import { Button, buttonLook } from '../ui/button.tsx';
import { Confirm } from '../ui/confirm.tsx';
import { Failure } from '../ui/failure.tsx';
import { Loading, Title, Typed } from '../ui/page.tsx';
import { type GroupPage, groupOf, leaveGroup, removeGroup, useUpdate } from './calls.ts';
import { GroupForm } from './group-form.tsx';
import { useLiveGroup } from './use-live-group.ts';
import { useMyId } from './use-my-id.ts';

type Pages = ReturnType<typeof useGroup>;

const useGroup = (id: string) => useInfiniteQuery(groupOf(id));

/** A page of a group, once the group is there. */
export function WithGroup(props: {
  id: string;
  what?: string;
  children: (group: GroupPage, pages: Pages) => ReactNode;
}) {
  const { id, what, children } = props;
  const pages = useGroup(id);
  useLiveGroup(id);
  const [group] = pages.data?.pages ?? [];
  if (group === undefined || pages.isError) {
    if (pages.error === null) return <Loading what="Opening the group" />;
    return (
      <>
        <Title>No group</Title>
        <h1 className="mb-4 text-2xl font-semibold tracking-tight">This group is not here</h1>
        <Failure error={pages.error} retry={() => void pages.refetch()}>
          <Link href={addresses.groups} className={buttonLook('quiet')}>
            To the groups
          </Link>
        </Failure>
      </>
    );
  }
  return (
    <>
      <Title>{what === undefined ? group.name : `${what}: ${group.name}`}</Title>
      <Head group={group} />
      <div className="mt-5">{children(group, pages)}</div>
    </>
  );
}

const tab =
  'border-b-2 border-transparent px-1 py-2.5 text-sm font-semibold text-quiet hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text';

function Head({ group }: { group: GroupPage }) {
  const { id, name, description, owner, role, promptCount, memberCount } = group;
  const [path] = useLocation();
  const current = (href: string) => (path === href ? ('page' as const) : undefined);
  return (
    <header>
      <div className="flex items-start gap-1">
        <h1 className="min-w-0 flex-1 text-2xl font-semibold tracking-tight text-balance">
          <Typed>{name}</Typed>
        </h1>
        <Acts group={group} />
      </div>
      {description !== '' && (
        <p dir="auto" className="mt-1 max-w-4xl whitespace-pre-wrap wrap-anywhere">
          {description}
        </p>
      )}
      <p className="mt-1 flex flex-wrap gap-x-3 text-sm text-quiet">
        <span>
          {role === 'owner' ? (
            'Yours'
          ) : (
            <>
              Of <Typed>{owner.name}</Typed>; you are {role}
            </>
          )}
        </span>
        <Link href={libraryAt({ group: id })} className="underline underline-offset-2">
          Search in it
        </Link>
      </p>
      <nav aria-label="Group" className="mt-3 flex gap-5 border-b border-edge">
        <Link href={groupAt(id)} aria-current={current(groupAt(id))} className={tab}>
          Prompts <span className="font-normal">{promptCount}</span>
        </Link>
        <Link href={peopleAt(id)} aria-current={current(peopleAt(id))} className={tab}>
          People <span className="font-normal">{memberCount}</span>
        </Link>
      </nav>
    </header>
  );
}

type Open = 'edit' | 'delete' | 'leave' | null;

/** What may be done with the whole of it. */
function Acts({ group }: { group: GroupPage }) {
  const { id, name, description, role } = group;
  const [open, setOpen] = useState<Open>(null);
  const [isPending, setPending] = useState(false);
  const [, navigate] = useLocation();
  const update = useUpdate();
  const myId = useMyId();
  const close = () => setOpen(null);
  const go = async (act: Promise<boolean>) => {
    setPending(true);
    if (await act) navigate(addresses.groups);
    else setPending(false);
  };
  return (
    <>
      {role !== 'viewer' && (
        <Button look="icon" aria-label="Rename the group" title="Rename" onClick={() => setOpen('edit')}>
          <Pencil aria-hidden size={18} />
        </Button>
      )}
      {role === 'owner' ? (
        <Button look="icon" aria-label="Delete the group" title="Delete" onClick={() => setOpen('delete')}>
          <Trash2 aria-hidden size={18} />
        </Button>
      ) : (
        <Button look="icon" aria-label="Leave the group" title="Leave" onClick={() => setOpen('leave')}>
          <LogOut aria-hidden size={18} />
        </Button>
      )}
      {open === 'edit' && (
        <GroupForm
          title="Rename the group"
          does="Save"
          {...{ name, description, close }}
          isPending={update.isPending}
          error={update.error}
          save={(changes) => update.mutate({ id, ...changes }, { onSuccess: close })}
        />
      )}
      {open === 'delete' && (
        <Confirm
          title="Delete the group"
          does="Delete the group"
          isPending={isPending}
          confirm={() => void go(removeGroup(group))}
          close={close}
        >
          <p>
            Its order and its members go, and nobody can take that back. The prompts stay with their owners; who could
            read them through this group alone no longer can.
          </p>
        </Confirm>
      )}
      {open === 'leave' && myId !== undefined && (
        <Confirm
          title="Leave the group"
          does="Leave the group"
          isPending={isPending}
          confirm={() => void go(leaveGroup(id, myId, name))}
          close={close}
        >
          <p>
            What you could read through “<Typed>{name}</Typed>” alone, you no longer can. Only its owner can take you in
            again. Your own prompts stay yours.
          </p>
        </Confirm>
      )}
    </>
  );
}
