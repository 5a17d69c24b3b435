import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wireRouter } from '../fixtures/wire-router.ts';
import { wireRequests } from './arbitraries/requests.ts';
import { KNOWN_CALLS } from './arbitraries/wire-samples.ts';
import type { ComparableAnswer } from './comparable-answer.ts';
import { deliberateDifferences } from './deliberate-differences.ts';
import { type Compared, compared } from './predicted-answer.ts';
import { requestsOfRows } from './requests-of-rows.ts';
import { VARIANTS } from './variants.ts';
import { wirePair } from './wire-pair.ts';
import { printed, type WireRequest } from './wire-request.ts';

/** Another one finds other requests: CI takes one of each commit, and prints it. */
const seed = Number(process.env.DIFFERENTIAL_SEED ?? 20_261_122);
/** Of the requests of all variants so much; `pnpm test:properties` sends all of them. */
const share = Number(process.env.DIFFERENTIAL_SHARE ?? 0.3);
const all = VARIANTS.reduce((sum, { requests }) => sum + requests, 0);

process.stdout.write(`DIFFERENTIAL_SEED=${seed}\n`);

/** How often the answers were the same, and how often each row was why they were not. */
const tally = {
  requests: 0,
  /** Of them those that no row of the table asked for. */
  drawn: 0,
  same: 0,
  eventStreams: 0,
  lineStreams: 0,
  rows: new Map(deliberateDifferences.map(({ name }) => [name, 0])),
};

function isStream({ body }: ComparableAnswer, kind: 'events' | 'lines'): boolean {
  return typeof body === 'object' && body !== null && kind in body;
}

function count({ rows, ours }: Compared): void {
  tally.requests++;
  if (isStream(ours, 'events')) tally.eventStreams++;
  if (isStream(ours, 'lines')) tally.lineStreams++;
  if (rows.length === 0) tally.same++;
  for (const row of rows) tally.rows.set(row, (tally.rows.get(row) ?? 0) + 1);
}

function disagreement(request: WireRequest, { stock, ours, expected, rows }: Compared): Error {
  const json = (value: unknown) => JSON.stringify(value, null, 2);
  const because = rows.length === 0 ? 'no row of the table applies' : `by the rows: ${rows.join('; ')}`;
  return new Error(
    `${printed(request)}\n\n— stock plugin: ${json(stock)}\n— ours: ${json(ours)}\n— expected (${because}): ${json(expected)}`,
  );
}

describe(`the same answers as the stock plugin, with DIFFERENTIAL_SEED=${seed}`, () => {
  it.each(VARIANTS)('gives them, with $variant.name', { timeout: 300_000 }, async ({ requests, variant }) => {
    const pair = await wirePair(variant);
    const agree = fc.asyncProperty(wireRequests(variant), async (request) => {
      const result = await compared(pair, variant, request);
      if (!isDeepStrictEqual(result.ours, result.expected)) throw disagreement(request, result);
      count(result);
    });
    try {
      const examples = requestsOfRows(variant).map((request): [WireRequest] => [request]);
      const numRuns = Math.ceil(requests * share);
      await fc.assert(agree, { seed, examples, numRuns });
      tally.drawn += numRuns - examples.length;
    } finally {
      await pair.close();
    }
  });

  it(`says so of at least ${share * all} requests, seven in ten of those drawn answered alike, and of streams of both kinds`, () => {
    expect(all).toBeGreaterThanOrEqual(5_000);
    expect(tally.requests).toBeGreaterThanOrEqual(share * all);
    expect(tally.same / tally.drawn).toBeGreaterThanOrEqual(0.7);
    expect(tally.eventStreams).toBeGreaterThanOrEqual(200 * share);
    expect(tally.lineStreams).toBeGreaterThanOrEqual(200 * share);
  });

  it('asks for every procedure of the router', () => {
    const asked = KNOWN_CALLS.map(({ path }) => path);
    expect(asked).toEqual(expect.arrayContaining(Object.keys(wireRouter()._def.procedures)));
  });

  it('has no row of deliberate differences that no request needed', () => {
    expect([...tally.rows].filter(([, times]) => times === 0)).toEqual([]);
  });

  it('lists its rows in the README', () => {
    const readme = readFileSync(join(import.meta.dirname, '../../README.md'), 'utf8');
    const [, section = ''] = readme.split('## Where it differs from the stock plugin\n');
    const rows = section.split('\n## ')[0]?.match(/^\| (?!what|---).*\|$/gm);
    expect(rows).toEqual(deliberateDifferences.map(({ name, reason }) => `| ${name} | ${reason} |`));
  });
});
