import { z } from 'zod';
import { GroupRole } from './accounts/permissions.ts';
import { MAX_GROUP_PROMPTS } from './groups.ts';
import { LastEventId, ResetEvent } from './prompts/watch.ts';
import { Id } from './values/ids.ts';

/** Watches a group. */
export const WatchGroupInput = z.strictObject({ id: Id, lastEventId: LastEventId });
export type WatchGroupInput = z.infer<typeof WatchGroupInput>;

const Watched = z
  .strictObject({
    type: z.literal('group'),
    id: Id,
    name: z.string().max(100),
    description: z.string().max(5000),
    role: GroupRole.meta({ description: 'What you are to the group.' }),
    promptIds: z
      .array(Id)
      .max(MAX_GROUP_PROMPTS)
      .meta({ description: 'Its prompts that you may read, in their order.' }),
    memberCount: z.int().min(1).meta({ description: 'Its owner included.' }),
    membersRevision: z.string().max(64).meta({
      description: 'Another one whenever somebody joins or leaves, or becomes something else to the group.',
    }),
  })
  .meta({ id: 'WatchedGroup', description: 'What a group is, at first and whenever something of it is another one.' });

const Gone = z
  .strictObject({ type: z.literal('none'), id: Id, code: z.literal('group.not_found') })
  .meta({ id: 'UnwatchedGroup', description: 'The group is gone, or is none that you may read any more.' });

/** What is told of a group that is watched. */
export const GroupEvent = z.discriminatedUnion('type', [Watched, Gone, ResetEvent]).meta({ id: 'GroupEvent' });
export type GroupEvent = z.infer<typeof GroupEvent>;
