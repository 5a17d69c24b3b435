import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createDatabaseMeasures } from '../../src/measures/statement-measures.ts';
import { createTlsMeasures } from '../../src/measures/tls-measures.ts';
import { createWorkMeasures } from '../../src/measures/work-measures.ts';
import { createMetrics } from '../../src/observability/metrics.ts';
import { ROOT } from '../../src/settings/project-root.ts';

// What watches a server asks for metrics that a server has: a name that nobody measures any more would never say anything.

const none = { counts: () => ({ inFlight: 0, waiting: 0, refused: 0 }) };

/** The metrics of a server that has everything. */
async function measured(): Promise<Set<string>> {
  const metrics = createMetrics({
    pool: { totalCount: 0, idleCount: 0, waitingCount: 0 },
    calls: { calls: none, streams: none },
    memory: () => null,
    replica: () => ({ atReplica: 0, atPrimary: 0, fallbacks: 0, ageSeconds: 0 }),
    newestBackup: async () => null,
    newestStoredBackup: async () => null,
    further: [
      createDatabaseMeasures({ slowMs: 0, log: { warn: () => undefined } }),
      createWorkMeasures({ queue: async () => [] }),
      createTlsMeasures({ endsAt: 0, isUsable: true }),
    ],
    process: true,
  });
  metrics.watchConnections(() => ({ open: 0, unreadBytes: 0, arrivingBytes: 0 }));
  return new Set(Array.from((await metrics.text()).matchAll(/^# TYPE (\S+)/gm), ([, name = '']) => name));
}

/** Names of metrics that an expression asks for; a histogram by its own name. */
const askedIn = (expression: string): string[] =>
  Array.from(expression.matchAll(/\b(?:promptory|nodejs|process)_\w+/g), ([name]) =>
    name.replace(/_(?:bucket|sum|count)$/, ''),
  );

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

const textOf = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');
const names = await measured();
const page = await textOf('docs/operations.md');
const { groups } = parse(await textOf('ops/prometheus/rules.yml')) as { groups: { rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

describe('the alert rules', () => {
  it.each(rules)(
    '$alert asks for what is measured, and the runbook says what to do',
    ({ alert, expr, labels, annotations }) => {
      expect(askedIn(expr).filter((name) => !names.has(name))).toEqual([]);
      expect(['page', 'ticket']).toContain(labels.severity);
      expect(annotations.summary).toMatch(/^.{10,}\.$/);
      expect(page).toContain(`| \`${alert}\` |`);
    },
  );

  it('are all there are in the runbook', () => {
    const described = Array.from(page.matchAll(/^\| `(Promptory\w+)` \|/gm), ([, name]) => name);
    expect(described.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
  });

  it('are each tried with series at which they say something, and with some at which they do not', async () => {
    interface Try {
      readonly alertname: string;
      readonly exp_alerts: readonly object[];
    }
    const { tests } = parse(await textOf('ops/prometheus/rules.test.yml')) as { tests: { alert_rule_test: Try[] }[] };
    const tries = tests.flatMap(({ alert_rule_test }) => alert_rule_test);
    const tried = (says: boolean) =>
      new Set(tries.filter(({ exp_alerts }) => exp_alerts.length > 0 === says).map(({ alertname }) => alertname));
    for (const { alert } of rules)
      expect([tried(true).has(alert), tried(false).has(alert)], alert).toEqual([true, true]);
  });

  it('say what they should of series that are given, where promtool is installed', async () => {
    const said = await promisify(execFile)('pnpm', ['--silent', 'test:alerts'], { cwd: ROOT }).then(
      () => 'as expected',
      (error: Error & { stdout?: string; stderr?: string }) => `${error.stdout}${error.stderr}`,
    );
    expect(said).toMatch(/^as expected$|^promtool is not there, so no alert was tried: /);
  });
});

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

describe('the dashboard', async () => {
  const { panels } = JSON.parse(await textOf('ops/grafana/promptory.json')) as { panels: readonly Panel[] };
  const shown = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ title, expr })));

  it.each(shown)('$title asks for what is measured', ({ expr }) => {
    const asked = askedIn(expr);
    expect(asked).not.toEqual([]);
    expect(asked.filter((name) => !names.has(name))).toEqual([]);
  });

  it('shows what is measured of ours', () => {
    const asked = new Set(shown.flatMap(({ expr }) => askedIn(expr)));
    const own = [...names].filter((name) => name.startsWith('promptory_'));
    // Numbers that belong to one that is shown.
    const beside =
      /_(?:feed_(?:up|reads_total|topics_total|reconnects_total|losses_total)|cache_(?:entries|bytes)|calls_refused_total|replica_(?:calls|fallbacks)_total)$/;
    expect(own.filter((name) => !asked.has(name) && !beside.test(name))).toEqual([]);
  });
});

it('names each metric of ours in the runbook', () => {
  const own = [...names].filter((name) => name.startsWith('promptory_'));
  expect(own.filter((name) => !page.includes(name))).toEqual([]);
});
