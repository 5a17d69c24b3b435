import { z } from 'zod';
import { Id, PublicUser } from '../values/ids.ts';
import { pageInput, pageOf } from '../values/page.ts';
import { BasedOn, Revision } from '../values/revision.ts';
import { Password } from './auth.ts';

/** What becomes of one thing of an account that is deleted. */
export const DeletionItem = z
  .strictObject({
    kind: z.enum(['group', 'prompt']),
    id: Id,
    name: z.string().max(200).meta({ description: 'The name of the group, or the title of the prompt.' }),
    to: PublicUser.nullable().meta({ description: 'Who owns it from then on; null where it is removed.' }),
    removedFor: z.enum(['no_editor', 'not_shared', 'no_room']).nullable().meta({
      description:
        'Why it is removed: no active editor who could own the group; in no group whose owner could own the prompt; or whoever that is has no room for all that would pass to them. Null where it passes on.',
    }),
  })
  .meta({ id: 'DeletionItem' });
export type DeletionItem = z.infer<typeof DeletionItem>;

const Amount = z.int().min(0);

/** What becomes of how many, all pages together. */
export const DeletionTotals = z
  .strictObject({
    groupsPassed: Amount,
    groupsRemoved: Amount,
    promptsPassed: Amount,
    promptsRemoved: Amount,
    promptsInTrash: Amount.meta({ description: 'They are removed as well, and no page lists them.' }),
  })
  .meta({ id: 'DeletionTotals' });
export type DeletionTotals = z.infer<typeof DeletionTotals>;

export const DeletionPlanInput = z.strictObject(pageInput);
export type DeletionPlanInput = z.infer<typeof DeletionPlanInput>;

/** What would become of what an account owns: groups, then prompts, each by id. */
export const DeletionPlan = z
  .strictObject({
    ...pageOf(DeletionItem).shape,
    totals: DeletionTotals,
    isLastAdmin: z.boolean().meta({
      description: 'Whether the server would be without an active administrator: then nothing is deleted.',
    }),
    revision: Revision,
  })
  .meta({ id: 'DeletionPlan' });
export type DeletionPlan = z.infer<typeof DeletionPlan>;

export const DeleteMeInput = z
  .strictObject({
    currentPassword: Password,
    revision: BasedOn.optional(),
  })
  .meta({ examples: [{ currentPassword: 'a long and quiet river' }] });
export type DeleteMeInput = z.infer<typeof DeleteMeInput>;
