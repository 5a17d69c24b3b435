import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { watchRows } from '../harness/row-changes.ts';
import { procedures, transports } from '../harness/transports.ts';
import { rows } from './access-matrix.rows.ts';
import { callers, type Walk, walkHidden, walkMatrix } from './access-matrix.walk.ts';

const server = await givenApp();
await watchRows(server.database);

/** Counts the calls of a walk and keeps the faults that it reports. */
class RecordingWalk implements Walk {
  cells = 0;
  readonly faults: string[] = [];

  tried(): void {
    this.cells += 1;
  }

  report(fault: string): void {
    this.faults.push(fault);
  }
}

describe('the access matrix', () => {
  it('has a row for each procedure, and no other', () => {
    expect(Object.keys(rows).sort()).toEqual(procedures.map(({ path }) => path).sort());
  });

  it.each(transports)('gives every caller what the table says, and changes nothing else: %s', async (transport) => {
    const walk = new RecordingWalk();
    await walkMatrix(server, transport, walk);
    const table = walk.faults.map((line) => `  ${line}\n`).join('');
    process.stdout.write(
      `access matrix, ${transport}: ${walk.cells} cells, ${walk.faults.length} deviations\n${table}`,
    );
    expect(walk.cells).toBe(procedures.length * callers.length);
    expect(walk.faults).toEqual([]);
  });
});

describe('what is not yours', () => {
  it.each(transports)('is to the byte what does not exist, and is not touched: %s', async (transport) => {
    const walk = new RecordingWalk();
    await walkHidden(server, transport, walk);
    process.stdout.write(`not yours or not there, ${transport}: ${walk.cells} pairs, ${walk.faults.length} differ\n`);
    expect(walk.cells).toBeGreaterThan(70);
    expect(walk.faults).toEqual([]);
  });
});
