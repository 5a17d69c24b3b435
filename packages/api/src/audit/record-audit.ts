import { originColumns } from '@promptory/auth';
import { type Database, newId } from '@promptory/db';
import { sql, type Transaction } from 'kysely';
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
export const recordAudit = (trx: Transaction<Database>, ctx: AuditContext, record: AuditRecord): Promise<void> =>
  recordAudits(trx, ctx, [record]);

export type AuditContext = Pick<Context, 'principal' | 'requestId' | 'client' | 'clock'>;

/** The same for what one action did to several things, in one statement. */
export async function recordAudits(
  trx: Transaction<Database>,
  ctx: AuditContext,
  records: readonly AuditRecord[],
): Promise<void> {
  const { principal } = ctx;
  const entries = records.map(({ action, targetType, targetId, details = {}, actorId }) => ({
    id: newId(),
    occurred_at: ctx.clock.now().toISOString(),
    actor_id: actorId ?? (principal.kind === 'anonymous' ? null : principal.userId),
    api_key_id: principal.kind === 'apiKey' ? principal.keyId : null,
    action,
    target_type: targetType,
    target_id: targetId,
    details,
    request_id: ctx.requestId,
    ip: originColumns(ctx.client).ip,
  }));
  await sql`
    INSERT INTO audit_log (id, occurred_at, actor_id, api_key_id, action, target_type, target_id, details, request_id, ip)
    SELECT id, occurred_at, actor_id, api_key_id, action, target_type, target_id, details, request_id, ip
    FROM jsonb_populate_recordset(NULL::audit_log, ${JSON.stringify(entries)}::jsonb)
  `.execute(trx);
}
