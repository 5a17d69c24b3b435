import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { LONGEST_TURN_MS } from './loop-profile.ts';
import type { Findings } from './proof.ts';

/** The longest turns of a run, of which a line each is said. */
const TURNS_SAID = 10;

interface Row {
  readonly property: string;
  readonly sentence: string;
  readonly cases: string;
  readonly deviations: string;
  readonly seconds: string;
}

const HEAD: Row = {
  property: 'property',
  sentence: 'what is shown',
  cases: 'cases tried',
  deviations: 'deviations',
  seconds: 'seconds',
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);
const count = (number: number): string => number.toLocaleString('en');

/** Prints one table of every property that was proved, at the end of the run. */
export default class TableReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    // Those that a filter by name left out are none of this run's.
    const all = modules.flatMap((module) => [...module.children.allTests()]);
    const tests = all.filter(({ options }) => options.mode !== 'skip');
    process.stdout.write(tests.length === 0 ? '\nNo property was tried.\n' : `\n${tableOf(tests)}\n`);
  }
}

function tableOf(tests: readonly TestCase[]): string {
  const proofs = tests.map((test) => ({ test, found: test.meta().proof }));
  const all = proofs.flatMap(({ found }) => found ?? []);
  const rows = proofs
    .map(({ test, found }) => (found === undefined ? untried(test) : rowOf(test, found)))
    .sort((a, b) => Number(a.property > b.property) - Number(a.property < b.property));
  rows.push(loopRow(all));
  const failed = tests.filter((test) => test.result().state !== 'passed').length;
  const total: Row = {
    property: 'total',
    sentence: `${tests.length} properties shown, ${failed === 0 ? 'all hold' : `${failed} of them not`}`,
    cases: count(sum(all.map(({ cases }) => cases))),
    deviations: count(sum(all.map(({ deviations }) => deviations))),
    seconds: sum(all.map(({ seconds }) => seconds)).toFixed(1),
  };
  const turns = all
    .flatMap(({ property, loop: { longest } }) => (longest === null ? [] : { property, ...longest }))
    .toSorted((one, other) => other.ms - one.ms)
    .slice(0, TURNS_SAID)
    .map(
      ({ property, ms, during, where }) =>
        `  F3  ${ms.toFixed(0)} ms of one turn in a proof of ${property}: ${during.slice(0, 3).join(', ')}; ${where.slice(0, 2).join(', ')}`,
    );
  const remarks = all
    .flatMap(({ property, remarks: said }) => said.map((text) => `  ${property}  ${text}`))
    .concat(turns)
    .sort();
  const run = all[0] === undefined ? '' : `, scale ${all[0].scale}, repeat with SECURITY_SEED=${all[0].seed}`;
  const lines = [`Security${run}`, '', ...aligned([HEAD, ...rows, total])];
  return [...lines, ...(remarks.length > 0 ? ['', ...remarks] : [])].join('\n');
}

/** What the monitor of the event loop saw during all proofs: a call that does it twice, or for twice as long, fails its own. */
function loopRow(all: readonly Findings[]): Row {
  const long = all.filter(({ loop }) => (loop.longest?.ms ?? 0) > LONGEST_TURN_MS);
  return {
    property: 'F3',
    sentence: `in all these servers hold the event loop for ${LONGEST_TURN_MS} ms at most in one turn; proofs with a longer one`,
    cases: count(sum(all.map(({ loop }) => loop.turns))),
    deviations: count(long.length),
    seconds: '',
  };
}

const rowOf = (test: TestCase, { property, sentence, cases, deviations, seconds }: Findings): Row => ({
  property,
  sentence,
  cases: count(cases),
  deviations: deviations === 0 && test.result().state !== 'passed' ? 'failed' : count(deviations),
  seconds: seconds.toFixed(1),
});

const untried = (test: TestCase): Row => ({
  property: '?',
  sentence: test.fullName,
  cases: '0',
  deviations: test.result().state,
  seconds: '0.0',
});

function aligned(rows: readonly Row[]): string[] {
  const widest = (name: keyof Row): number => Math.max(...rows.map((row) => row[name].length));
  const lines = rows.map((row) =>
    [
      row.property.padEnd(widest('property')),
      row.sentence.padEnd(widest('sentence')),
      row.cases.padStart(widest('cases')),
      row.deviations.padStart(widest('deviations')),
      row.seconds.padStart(widest('seconds')),
    ].join('  '),
  );
  const rule = '-'.repeat(lines[0]?.length ?? 0);
  return [...lines.slice(0, 1), rule, ...lines.slice(1, -1), rule, ...lines.slice(-1)];
}
