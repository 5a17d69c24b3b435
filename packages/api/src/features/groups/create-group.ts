import { newId } from '@promptory/db';
import type { CreateGroupInput, Group } from '@promptory/schemas';
import { recordAudit } from '../../audit/record-audit.ts';
import type { SignedInContext } from '../../context.ts';
import { lockResources, requireRoom } from '../../domain/quotas/account-resources.ts';
import { replayOwnResult, runIdempotent } from '../../idempotency/run-idempotent.ts';
import { getGroup } from './groups.queries.ts';

/**
 * Makes an empty group that the caller owns.
 * @throws AppError quota.exceeded
 */
export async function createGroup(ctx: SignedInContext, input: CreateGroupInput): Promise<Group> {
  return await runIdempotent(ctx, input, replayOwnResult, async (trx) => {
    requireRoom(await lockResources(trx, ctx, ctx.who.userId), { groups: 1 });
    const id = newId();
    const now = ctx.clock.now();
    await trx
      .insertInto('groups')
      .values({
        id,
        name: input.name,
        description: input.description ?? '',
        user_id: ctx.who.userId,
        created_at: now,
        updated_at: now,
      })
      .execute();
    await recordAudit(trx, ctx, { action: 'group.created', targetType: 'group', targetId: id });
    return await getGroup(trx, ctx.who, id);
  });
}
