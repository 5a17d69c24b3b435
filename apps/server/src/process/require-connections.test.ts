import type { Connection } from '@promptory/db';
import { describe, expect, it } from 'vitest';
import { lookForTimeLimits, requireConnections } from './require-connections.ts';

interface Limits {
  most: number;
  kept: number;
  ofRole?: number;
  ofDatabase?: number;
}

async function startWith(databasePoolSize: number, limits: Limits) {
  const warnings: string[] = [];
  const rows = [{ ofRole: -1, ofDatabase: -1, ...limits }];
  const pool = { query: async () => ({ rows }) } as unknown as Connection['pool'];
  const logger = { warn: (_facts: object, text?: string) => void warnings.push(text ?? '') };
  const failure = await requireConnections({ databasePoolSize }, { pool }, logger as never).then(
    () => '',
    (error: Error) => error.message,
  );
  return { warnings, failure };
}

describe('connections of the database', () => {
  it('are enough by the defaults of both, without a word', async () => {
    expect(await startWith(10, { most: 100, kept: 3 })).toEqual({ warnings: [], failure: '' });
  });

  it('refuse a start that could not open them, with the figures and what would fit', async () => {
    const { failure } = await startWith(200, { most: 100, kept: 3 });
    expect(failure).toBe(
      'DATABASE_POOL_SIZE is 200, so that with 7 more for jobs, health and changes a server opens up to 207 connections, and the database takes 97 (max_connections is 100, of which 3 are kept for superusers): set it to 90 at most, or raise the limit of the database.',
    );
  });

  it('are warned of where a second server would find too few', async () => {
    const { warnings, failure } = await startWith(50, { most: 100, kept: 3 });
    expect(failure).toBe('');
    expect(warnings).toEqual([expect.stringContaining('no room for a second server')]);
    expect((await startWith(41, { most: 100, kept: 3 })).warnings).toEqual([]);
  });

  it('are those of the least limit', async () => {
    const { failure } = await startWith(10, { most: 100, kept: 3, ofRole: 12, ofDatabase: 14 });
    expect(failure).toContain('takes 12 (the role has a connection limit): set it to 5 at most');
    const { failure: byDatabase } = await startWith(10, { most: 100, kept: 3, ofDatabase: 7 });
    expect(byDatabase).toContain('takes 7 (the database has a connection limit): raise the limit');
  });
});

describe('limits of time', () => {
  const warnedOf = async (rows: object[]): Promise<object[]> => {
    const said: object[] = [];
    const pool = { query: async () => ({ rows }) } as unknown as Connection['pool'];
    await lookForTimeLimits({ pool }, { warn: (facts: object) => void said.push(facts) });
    return said;
  };

  it('are warned of where a pooler leaves them out, with what they should be', async () => {
    expect(await warnedOf([{ name: 'statement_timeout', ms: 0 }])).toEqual([{ missing: ['statement_timeout = 4000'] }]);
    expect(await warnedOf([{ name: 'statement_timeout', ms: 4_000 }])).toEqual([]);
  });
});
