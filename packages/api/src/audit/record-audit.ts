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

/** `keptEntries` is left out where no account acts: all entries are kept then. */
export type AuditContext = Pick<Context, 'principal' | 'requestId' | 'client' | 'clock'> &
  Partial<Pick<Context, 'keptEntries'>>;

/**
 * The same for what one action did to several things, in two statements at most. Beyond what an account may leave on a day
 * changes are counted in one entry for each API key, action, kind of thing and hour.
 */
export async function recordAudits(
  trx: Transaction<Database>,
  ctx: AuditContext,
  records: readonly AuditRecord[],
): Promise<void> {
  const at = ctx.clock.now();
  const entries = records.map(({ action, targetType, targetId, details = {}, actorId }) => ({
    id: newId(),
    occurred_at: at.toISOString(),
    actor_id: actorId ?? actorOf(ctx),
    api_key_id: ctx.principal.kind === 'apiKey' ? ctx.principal.keyId : null,
    action,
    target_type: targetType,
    target_id: targetId,
    details,
    request_id: ctx.requestId,
    ip: originColumns(ctx.client).ip,
  }));
  const { kept = [], further = [] } = Object.groupBy(entries, ({ actor_id, ...change }) =>
    actor_id === null || (ctx.keptEntries?.(actor_id, change, at) ?? true) ? 'kept' : 'further',
  );
  if (kept.length > 0) {
    await sql`
      INSERT INTO audit_log (id, occurred_at, actor_id, api_key_id, action, target_type, target_id, details, request_id, ip)
      SELECT id, occurred_at, actor_id, api_key_id, action, target_type, target_id, details, request_id, ip
      FROM jsonb_populate_recordset(NULL::audit_log, ${JSON.stringify(kept)}::jsonb)
    `.execute(trx);
  }
  if (further.length === 0) return;
  const counted = further.map(({ actor_id, api_key_id, action, target_type }) => {
    return { actor_id, api_key_id, action, target_type, changes: 1 };
  });
  await sql`SELECT public.roll_up_audit(${JSON.stringify(counted)}::jsonb)`.execute(trx);
}

const actorOf = ({ principal }: AuditContext): string | null =>
  principal.kind === 'anonymous' ? null : principal.userId;
