import { Typed } from '../../ui/page.tsx';
import { MoreButton } from '../../ui/paged.tsx';
import type { DeletionItem, DeletionPlan } from './calls.ts';

const why: Readonly<Record<NonNullable<DeletionItem['removedFor']>, string>> = {
  no_editor: 'it has no editor who could own it',
  not_shared: 'nobody else has it in a group',
  no_room: 'who would have it has no room for it',
};

const counted = (count: number, one: string, many: string): string => (count === 1 ? `one ${one}` : `${count} ${many}`);

interface PlanProps {
  readonly totals: DeletionPlan['totals'];
  readonly items: readonly DeletionItem[];
  readonly pages: Parameters<typeof MoreButton>[0]['of'];
}

/** What becomes of each group and prompt of an account that is deleted. */
export function Plan({ totals, items, pages }: PlanProps) {
  const { groupsPassed, groupsRemoved, promptsPassed, promptsRemoved, promptsInTrash } = totals;
  const passed = groupsPassed + promptsPassed;
  return (
    <>
      <p>
        {passed === 0
          ? 'Nothing passes on to others.'
          : `${counted(groupsPassed, 'group', 'groups')} and ${counted(promptsPassed, 'prompt', 'prompts')} pass on to others.`}{' '}
        Removed for good: {counted(groupsRemoved, 'group', 'groups')}, {counted(promptsRemoved, 'prompt', 'prompts')}
        {promptsInTrash > 0 && `, and ${promptsInTrash} in the trash`}.
      </p>
      {items.length > 0 && (
        <ul
          aria-label="What becomes of it"
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by itself, also by keys
          tabIndex={0}
          className="max-h-72 divide-y divide-edge overflow-y-auto rounded-xl border border-edge text-sm"
        >
          {items.map(({ id, kind, name, to, removedFor }) => (
            <li key={id} className="flex flex-wrap gap-x-4 px-4 py-2">
              <span className="min-w-40 flex-1">
                <span className="text-quiet">{kind === 'group' ? 'Group' : 'Prompt'}</span>{' '}
                <span className="font-semibold">
                  <Typed>{name}</Typed>
                </span>
              </span>
              {to !== null ? (
                <span>
                  to <Typed>{to.name}</Typed>
                </span>
              ) : (
                <span className="text-fault">
                  removed<span className="text-quiet">{removedFor !== null && `: ${why[removedFor]}`}</span>
                </span>
              )}
            </li>
          ))}
        </ul>
      )}
      <MoreButton of={pages} className="justify-self-start">
        What becomes of the others
      </MoreButton>
    </>
  );
}
