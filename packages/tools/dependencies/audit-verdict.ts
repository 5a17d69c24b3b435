/** What `pnpm audit --json` says: counts by severity, or why there are none. */
export interface AuditAnswer {
  readonly error?: { readonly message: string };
  readonly metadata?: { readonly vulnerabilities: Readonly<Record<string, number>> };
}

const REFUSED = ['high', 'critical'];

/** Whether what is known against the packages of the lockfile lets a change pass, in a sentence. */
export function auditVerdict({ error, metadata }: AuditAnswer): { readonly passes: boolean; readonly says: string } {
  if (metadata === undefined) {
    return {
      passes: true,
      says: `The registry gives no advisories, so none was looked at: ${error?.message ?? 'no reason'}`,
    };
  }
  const counts = Object.entries(metadata.vulnerabilities).filter(([, count]) => count > 0);
  const passes = !counts.some(([severity]) => REFUSED.includes(severity));
  const listed = counts.map(([severity, count]) => `${count} ${severity}`).join(', ');
  return { passes, says: `Advisories for what production installs: ${listed || 'none'}.` };
}
