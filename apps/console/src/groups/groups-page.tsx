import type { Group } from '@promptory/client';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { groupAt } from '../addresses.ts';
import { countedPrompts } from '../data/counted.ts';
import { itemsOf } from '../data/pages.ts';
import { Button } from '../ui/button.tsx';
import { Empty, Title, Typed } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { groups, useCreate } from './calls.ts';
import { GroupForm } from './group-form.tsx';
import { Received } from './received.tsx';

/** The groups that somebody owns or is a member of, and those that they are invited to. */
export function GroupsPage() {
  const list = useInfiniteQuery(groups());
  const [isCreating, setCreating] = useState(false);
  const items = itemsOf(list.data);
  return (
    <>
      <Title>Groups</Title>
      <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
        <h1 className="text-2xl font-semibold tracking-tight">Groups</h1>
        <Button look="first" onClick={() => setCreating(true)}>
          <Plus aria-hidden size={16} /> New group
        </Button>
      </div>
      <Received />
      <Paged
        of={list}
        waits="Looking for groups"
        isEmpty={items.length === 0}
        none={
          <Empty title="You are in no group yet">
            <p>A group has prompts in an order of its own, and shares them with those whom you invite.</p>
          </Empty>
        }
        more="More groups"
      >
        <ul aria-label="Groups" className="max-w-4xl divide-y divide-edge rounded-xl border border-edge bg-card">
          {items.map((group) => (
            <Row key={group.id} group={group} />
          ))}
        </ul>
      </Paged>
      {isCreating && <Create close={() => setCreating(false)} />}
    </>
  );
}

function Row({ group: { id, name, description, owner, role, promptCount, memberCount } }: { group: Group }) {
  return (
    <li className="relative px-4 py-3 hover:bg-hover">
      <h2 className="font-semibold">
        <Link href={groupAt(id)} className="after:absolute after:inset-0">
          <Typed>{name}</Typed>
        </Link>
      </h2>
      {description !== '' && (
        <p className="truncate text-sm text-quiet">
          <Typed>{description.slice(0, 200)}</Typed>
        </p>
      )}
      <p className="text-xs text-quiet">
        {countedPrompts(promptCount)} · {memberCount === 1 ? 'nobody else' : `${memberCount} people`} ·{' '}
        {role === 'owner' ? (
          'yours'
        ) : (
          <>
            <Typed>{owner.name}</Typed>’s, you are {role}
          </>
        )}
      </p>
    </li>
  );
}

function Create({ close }: { close: () => void }) {
  const create = useCreate();
  const [, navigate] = useLocation();
  return (
    <GroupForm
      title="New group"
      does="Make it"
      isPending={create.isPending}
      error={create.error}
      close={close}
      save={(group) => create.mutate(group, { onSuccess: ({ id }) => navigate(groupAt(id)) })}
    />
  );
}
