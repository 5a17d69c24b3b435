import type { UsageKind } from '@promptory/schemas';
import type { SignedInContext } from '../../context.ts';

/** Records that the caller used a version of a prompt. Returns at once. */
export function recordUse(
  ctx: Pick<SignedInContext, 'principal' | 'usage' | 'clock'>,
  kind: UsageKind,
  prompt: { readonly id: string; readonly version: number },
): void {
  const { principal } = ctx;
  ctx.usage.record({
    promptId: prompt.id,
    version: prompt.version,
    userId: principal.userId,
    apiKeyId: principal.kind === 'apiKey' ? principal.keyId : null,
    kind,
    consumer: principal.kind === 'apiKey' ? principal.keyName : 'web',
    occurredAt: ctx.clock.now(),
  });
}
