import { originColumns } from '@promptory/auth';
import { type Database, newId } from '@promptory/db';
import type { Transaction } from 'kysely';
import type { Context } from '../context.ts';

export interface AuditRecord {
  /** `resource.verb`, in the past: `prompt.deleted`. */
  readonly action: string;
  readonly targetType: 'user' | 'session' | 'apiKey' | 'prompt' | 'group';
  readonly targetId: string | null;
  /** Facts, never contents or secrets. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Who acted, where the principal does not say: at log-in, say. */
  readonly actorId?: string | null;
}

/** Writes one entry in the action's own transaction: either both happen or neither. */
export async function recordAudit(
  trx: Transaction<Database>,
  ctx: Pick<Context, 'principal' | 'requestId' | 'client' | 'clock'>,
  record: AuditRecord,
): Promise<void> {
  const { principal } = ctx;
  await trx
    .insertInto('audit_log')
    .values({
      id: newId(),
      occurred_at: ctx.clock.now(),
      actor_id: record.actorId ?? (principal.kind === 'anonymous' ? null : principal.userId),
      api_key_id: principal.kind === 'apiKey' ? principal.keyId : null,
      action: record.action,
      target_type: record.targetType,
      target_id: record.targetId,
      details: JSON.stringify(record.details ?? {}),
      request_id: ctx.requestId,
      ip: originColumns(ctx.client).ip,
    })
    .execute();
}
