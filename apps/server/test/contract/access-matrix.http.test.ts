import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BootedApp, bootApp } from '../harness/boot.ts';
import { watchRows } from '../harness/row-changes.ts';
import { doors, procedures } from '../harness/three-doors.ts';
import { rows } from './access-matrix.rows.ts';
import { callers, type Walk, walkHidden, walkMatrix } from './access-matrix.walk.ts';

let server: BootedApp;

beforeAll(async () => {
  server = await bootApp();
  await watchRows(server.database);
});
afterAll(() => server.close());

/** Counts what a walk tries and keeps what it tells. */
class Noting implements Walk {
  cells = 0;
  readonly faults: string[] = [];

  tried(): void {
    this.cells += 1;
  }

  tell(fault: string): void {
    this.faults.push(fault);
  }
}

describe('the access matrix', () => {
  it('has a row for each procedure, and no other', () => {
    expect(Object.keys(rows).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it.each(doors)(
    'gives every caller what the table says, and changes nothing else: %s',
    { timeout: 120_000 },
    async (door) => {
      const walk = new Noting();
      await walkMatrix(server, door, walk);
      const table = walk.faults.map((line) => `  ${line}\n`).join('');
      process.stdout.write(`access matrix, ${door}: ${walk.cells} cells, ${walk.faults.length} deviations\n${table}`);
      expect(walk.cells).toBe(procedures.length * callers.length);
      expect(walk.faults).toEqual([]);
    },
  );
});

describe('what is not yours', () => {
  it.each(doors)('is to the byte what does not exist, and is not touched: %s', { timeout: 60_000 }, async (door) => {
    const walk = new Noting();
    await walkHidden(server, door, walk);
    process.stdout.write(`not yours or not there, ${door}: ${walk.cells} pairs, ${walk.faults.length} differ\n`);
    expect(walk.cells).toBeGreaterThan(70);
    expect(walk.faults).toEqual([]);
  });
});
