import { describe, expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';
import { watchRows } from '../harness/row-changes.ts';
import { procedures, type Transport, transports } from '../harness/transports.ts';
import type { Caller } from '../harness/world-callers.ts';
import { rows } from './access-matrix.rows.ts';
import { callers, type Walk, walkHidden, walkMatrix } from './access-matrix.walk.ts';

const server = await givenApp();
await watchRows(server.database);

// Every caller tries every procedure once, through the transports in turn: each procedure is tried through each of them,
// by a third of the callers, and each caller goes through each of them. `pnpm test:security` tries all through all.
const places = new Map(Object.keys(rows).map((procedure, at) => [procedure, at]));
const transportOf = (procedure: string, caller: Caller): Transport | undefined =>
  transports[((places.get(procedure) ?? 0) + callers.indexOf(caller)) % transports.length];

/** Counts the calls of a walk and keeps the faults that it reports. */
class RecordingWalk implements Walk {
  cells = 0;
  readonly faults: string[] = [];
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  includes(procedure: string, caller: Caller): boolean {
    return transportOf(procedure, caller) === this.#transport;
  }

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
    const walk = new RecordingWalk(transport);
    await walkMatrix(server, transport, walk);
    const table = walk.faults.map((line) => `  ${line}\n`).join('');
    process.stdout.write(
      `access matrix, ${transport}: ${walk.cells} cells, ${walk.faults.length} deviations\n${table}`,
    );
    expect(walk.cells).toBe((procedures.length * callers.length) / transports.length);
    expect(walk.faults).toEqual([]);
  });
});

describe('what is not yours', () => {
  it.each(transports)('is to the byte what does not exist, and is not touched: %s', async (transport) => {
    const walk = new RecordingWalk(transport);
    await walkHidden(server, transport, walk);
    process.stdout.write(`not yours or not there, ${transport}: ${walk.cells} pairs, ${walk.faults.length} differ\n`);
    expect(walk.cells).toBeGreaterThan(25);
    expect(walk.faults).toEqual([]);
  });
});
