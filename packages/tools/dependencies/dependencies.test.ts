import { describe, expect, it } from 'vitest';
import { auditVerdict } from './audit-verdict.ts';
import { licenceFaults } from './licence-faults.ts';

const listed = (licence: string) => ({ [licence]: [{ name: 'a', versions: ['1.0.0', '2.0.0'] }] });

describe('licences of what production installs', () => {
  it('pass where they ask for their text to be kept, or let one choose such a one', () => {
    for (const licence of ['MIT', 'Apache-2.0', '(MIT OR GPL-3.0-only)', 'MIT AND ISC']) {
      expect(licenceFaults(listed(licence)), licence).toEqual([]);
    }
  });

  it('are named where nobody has looked at them', () => {
    for (const licence of [
      'GPL-3.0-only',
      'AGPL-3.0-or-later',
      'Unknown',
      'MIT AND GPL-3.0-only',
      '(SSPL-1.0 OR BUSL-1.1)',
    ]) {
      expect(licenceFaults(listed(licence))).toEqual([
        `a 1.0.0, 2.0.0 is under ${licence}, which nobody has looked at.`,
      ]);
    }
  });
});

describe('advisories', () => {
  const of = (vulnerabilities: Record<string, number>) => auditVerdict({ metadata: { vulnerabilities } });

  it('let pass what is low or moderate, and say how many', () => {
    expect(of({ low: 2, moderate: 1, high: 0, critical: 0 })).toEqual({
      passes: true,
      says: 'Advisories for what production installs: 2 low, 1 moderate.',
    });
    expect(of({ low: 0 }).says).toContain(': none.');
  });

  it('stop what is high or critical', () => {
    expect(of({ high: 1 }).passes).toBe(false);
    expect(of({ low: 1, critical: 3 }).passes).toBe(false);
  });

  it('that the registry does not give pass, and say so', () => {
    expect(auditVerdict({ error: { message: 'responded with 405' } })).toEqual({
      passes: true,
      says: 'The registry gives no advisories, so none was looked at: responded with 405',
    });
  });
});
