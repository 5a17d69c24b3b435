import { useInfiniteQuery } from '@tanstack/react-query';
import { X } from 'lucide-react';
import { useState } from 'react';
import { useParams } from 'wouter';
import { itemsOf } from '../../data/pages.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { Failure } from '../../ui/failure.tsx';
import { Loading, Typed } from '../../ui/page.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import { Time } from '../../ui/time.tsx';
import { changeRole, type GroupPage, type Member, membersOf, removeMember } from '../calls.ts';
import { useMyId } from '../use-my-id.ts';
import { WithGroup } from '../with-group.tsx';
import { Sent } from './sent.tsx';
import { ShareForm } from './share-form.tsx';

/** Who is in a group, as what, and who is invited to it. */
export function PeoplePage() {
  const { id = '' } = useParams();
  return (
    <WithGroup id={id} what="People">
      {(group) => (
        <div className="grid max-w-4xl grid-cols-[minmax(0,1fr)] gap-6">
          {group.role === 'owner' && <ShareForm group={group} />}
          <Members group={group} />
          {group.role === 'owner' && <Sent id={id} />}
        </div>
      )}
    </WithGroup>
  );
}

function Members({ group }: { group: GroupPage }) {
  const members = useInfiniteQuery(membersOf(group.id));
  const [heir, setHeir] = useState<Member | null>(null);
  const items = itemsOf(members.data);
  return (
    <section aria-labelledby="members">
      <h2 id="members" className="mb-2 font-semibold">
        Members
      </h2>
      {members.error !== null && <Failure error={members.error} retry={() => void members.refetch()} />}
      {members.isPending ? (
        <Loading what="Looking who is in it" />
      ) : (
        <ul aria-label="Members" className="divide-y divide-edge rounded-xl border border-edge bg-card">
          {items.map((member) => (
            <Row key={member.user.id} group={group} member={member} handOver={() => setHeir(member)} />
          ))}
        </ul>
      )}
      <MoreButton of={members}>More members</MoreButton>
      {heir !== null && (
        <Confirm
          title="Hand the group over"
          does="Hand it over"
          confirm={() => {
            setHeir(null);
            void changeRole(group.id, heir, 'owner');
          }}
          close={() => setHeir(null)}
        >
          <p>
            <Typed>{heir.user.name}</Typed> then owns “<Typed>{group.name}</Typed>”, and alone shares it. You stay as an
            editor. Only they can give it back.
          </p>
        </Confirm>
      )}
    </section>
  );
}

function Row({ group, member, handOver }: { group: GroupPage; member: Member; handOver: () => void }) {
  const { user, role, joinedAt } = member;
  const isMe = useMyId() === user.id;
  const canChange = group.role === 'owner' && role !== 'owner';
  const choose = (value: string) => {
    if (value === 'owner') handOver();
    else if (value === 'viewer' || value === 'editor') void changeRole(group.id, member, value);
  };
  return (
    <li className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
      <div className="min-w-40 flex-1">
        <p className="font-semibold">
          <Typed>{user.name}</Typed>
          {isMe && <span className="font-normal text-quiet"> · you</span>}
        </p>
        <p className="text-xs text-quiet">
          @{user.handle} · <Time at={joinedAt} />
        </p>
      </div>
      {canChange ? (
        <>
          <select
            aria-label={`Role of ${user.name}`}
            value={role}
            className="min-h-10 rounded-lg border border-line bg-card px-2 text-sm"
            onChange={({ target }) => choose(target.value)}
          >
            <option value="viewer">Viewer</option>
            <option value="editor">Editor</option>
            <option value="owner">Owner …</option>
          </select>
          <Button
            look="icon"
            aria-label={`Remove ${user.name}`}
            title="Remove"
            onClick={() => void removeMember(group.id, member)}
          >
            <X aria-hidden size={16} />
          </Button>
        </>
      ) : (
        <span className="text-sm text-quiet">{{ owner: 'Owner', editor: 'Editor', viewer: 'Viewer' }[role]}</span>
      )}
    </li>
  );
}
