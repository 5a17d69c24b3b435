import { isDeepStrictEqual } from 'node:util';
import type { ComparableAnswer } from './comparable-answer.ts';
import { deliberateDifferences } from './deliberate-differences.ts';
import type { Variant, WirePair } from './wire-pair.ts';
import { decodedPath, type WireRequest } from './wire-request.ts';

export interface Compared {
  stock: ComparableAnswer;
  ours: ComparableAnswer;
  /** What ours must be: the stock plugin's answer, as far as no row says otherwise. */
  expected: ComparableAnswer;
  /** Names of the rows that say otherwise. */
  rows: string[];
}

const searchOf = ({ query }: WireRequest) => JSON.stringify(new URL(`http://localhost/?${query}`).search);

/** The answer to `asked`, as if the context had been given the query of `request`. */
function withSearch(answer: ComparableAnswer, asked: WireRequest, request: WireRequest): ComparableAnswer {
  const journal = answer.journal.map((line) =>
    line.startsWith('context') ? line.replace(`,${searchOf(asked)},`, () => `,${searchOf(request)},`) : line,
  );
  return { ...answer, journal };
}

/** Sends a request to both, and predicts what ours should have answered. */
export async function compared(pair: WirePair, variant: Variant, request: WireRequest): Promise<Compared> {
  const [stock, ours] = [await pair.stock(request), await pair.ours(request)];
  const rows: string[] = [];
  // What is no URL is answered by Fastify itself.
  if (decodedPath(request) === undefined) return { stock, ours, expected: stock, rows };
  let asked = request;
  let expected = stock;
  for (const row of deliberateDifferences) {
    if ('instead' in row) {
      const answer = row.instead(request, variant);
      if (answer !== undefined) return { stock, ours, expected: answer, rows: [row.name] };
    } else if ('asIf' in row) {
      const other = row.asIf(asked);
      if (other === undefined) continue;
      asked = other;
      const answer = withSearch(await pair.stock(asked), asked, request);
      if (!isDeepStrictEqual(answer, expected)) rows.push(row.name);
      expected = answer;
    } else {
      const answer = row.changed(expected, request);
      if (isDeepStrictEqual(answer, expected)) continue;
      rows.push(row.name);
      expected = answer;
    }
  }
  return { stock, ours, expected, rows };
}
