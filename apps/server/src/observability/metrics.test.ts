import type { MemoryCounts } from '@promptory/api/server';
import { expect, it } from 'vitest';
import { createMetrics } from './metrics.ts';

const feed = { isConnected: true, lagSeconds: 2, reads: 3, topics: 4, reconnects: 5, losses: 6 };
const kinds = { prompt: { hits: 7, misses: 9, unused: 1, entries: 10, bytes: 11 } };
const given = {
  pool: { totalCount: 12, idleCount: 4, waitingCount: 13 },
  calls: {
    calls: { counts: () => ({ inFlight: 14, waiting: 15, refused: 16 }) },
    streams: { counts: () => ({ inFlight: 17, waiting: 18, refused: 19 }) },
  },
  memory: () => ({ feed, kinds }) as unknown as MemoryCounts,
  replica: () => ({ atReplica: 20, atPrimary: 21, fallbacks: 22, ageSeconds: 23 }),
};

const linesOf = async ({ text }: ReturnType<typeof createMetrics>): Promise<string[]> =>
  (await text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

it('says what was counted elsewhere as it is, however often it is asked', async () => {
  const metrics = createMetrics(given);
  const lines = await linesOf(metrics);
  expect(lines).toEqual(
    [
      ['db_pool_connections', { 'state="used"': 8, 'state="idle"': 4, 'state="waiting"': 13 }],
      [
        'calls_in_flight',
        {
          ...{ 'kind="calls",state="running"': 14, 'kind="calls",state="waiting"': 15 },
          ...{ 'kind="streams",state="running"': 17, 'kind="streams",state="waiting"': 18 },
        },
      ],
      ['calls_refused_total', { 'kind="calls"': 16, 'kind="streams"': 19 }],
      ['change_feed_up', 1],
      ['change_feed_lag_seconds', 2],
      ['change_feed_reads_total', 3],
      ['change_feed_topics_total', 4],
      ['change_feed_reconnects_total', 5],
      ['change_feed_losses_total', 6],
      [
        'cache_lookups_total',
        {
          ...{ 'kind="prompt",outcome="hit"': 7, 'kind="prompt",outcome="miss"': 8 },
          ...{ 'kind="prompt",outcome="unused"': 1 },
        },
      ],
      ['cache_entries', { 'kind="prompt"': 10 }],
      ['cache_bytes', { 'kind="prompt"': 11 }],
      ['replica_calls_total', { 'at="replica"': 20, 'at="primary"': 21 }],
      ['replica_fallbacks_total', 22],
      ['replica_age_seconds', 23],
    ].flatMap(([name, values]) =>
      typeof values === 'number'
        ? [`promptory_${name} ${values}`]
        : Object.entries(values ?? {}).map(([labels, value]) => `promptory_${name}{${labels}} ${value}`),
    ),
  );
  expect(await linesOf(metrics)).toEqual(lines);
});

it('measures nothing of a memory that is not there', async () => {
  const lines = await linesOf(createMetrics({ memory: () => null }));
  expect(lines.filter((line) => /lookups|entries/.test(line))).toEqual([]);
  expect(lines).toContain('promptory_change_feed_up 0');
});

it('counts each connection that the server ended, by its reason', async () => {
  const metrics = createMetrics();
  for (const reason of ['slow', 'refused', 'refused']) metrics.connectionCut(reason);
  expect(await linesOf(metrics)).toEqual([
    'promptory_connections_cut_total{reason="slow"} 1',
    'promptory_connections_cut_total{reason="refused"} 2',
  ]);
});

it('has counted whatever came before it is asked, few or many', async () => {
  const metrics = createMetrics();
  const counted = async (name: string) =>
    (await linesOf(metrics)).filter((line) => line.startsWith(`promptory_${name}`));
  let all = 0;
  for (const many of [1, 1_000]) {
    for (let at = 0; at < many; at += 1) {
      metrics.request({ method: 'GET', route: '/prompts', status: 200, seconds: 0.001, caller: 'user' });
      metrics.call('prompts.list', 'ok', 0.001);
    }
    all += many;
    expect(await counted('http_requests_total')).toEqual([
      `promptory_http_requests_total{status="200",caller="user"} ${all}`,
    ]);
    expect(await counted('procedure_duration_seconds_count')).toEqual([
      `promptory_procedure_duration_seconds_count{procedure="prompts.list"} ${all}`,
    ]);
  }
});

it('says of its connections what they are when it is asked', async () => {
  const metrics = createMetrics();
  const counts = { open: 1, unreadBytes: 2, arrivingBytes: 3 };
  metrics.watchConnections(() => counts);
  counts.open = 4;
  expect(await linesOf(metrics)).toEqual([
    'promptory_connections 4',
    'promptory_unread_bytes 2',
    'promptory_arriving_bytes 3',
  ]);
});

it('counts requests and calls by what they were and how they ended, each with the time that it took', async () => {
  const metrics = createMetrics();
  const request = { method: 'GET', route: '/prompts', status: 200, seconds: 0.3, caller: 'user' } as const;
  metrics.request(request);
  metrics.request({ ...request, method: 'BREW', status: 503, seconds: 20, caller: 'unknown' });
  metrics.call('auth.login', 'auth.wrong_password', 0.4);
  metrics.call('prompts.get', 'limit.exceeded');
  metrics.call('prompts.get', 'ok', 0);
  const lines = await linesOf(metrics);
  const of = (name: string) => lines.filter((line) => line.startsWith(`promptory_${name}`));
  expect(of('http_requests_total')).toEqual([
    'promptory_http_requests_total{status="200",caller="user"} 1',
    'promptory_http_requests_total{status="503",caller="unknown"} 1',
  ]);
  expect(of('procedure_calls_total')).toEqual([
    'promptory_procedure_calls_total{procedure="auth.login",code="auth.wrong_password"} 1',
    'promptory_procedure_calls_total{procedure="prompts.get",code="limit.exceeded"} 1',
    'promptory_procedure_calls_total{procedure="prompts.get",code="ok"} 1',
  ]);
  expect(of('auth_attempts_total')).toEqual([
    'promptory_auth_attempts_total{kind="login",outcome="auth.wrong_password"} 1',
  ]);
  const below = (name: string, labels: string) =>
    of(`${name}_bucket{`)
      .filter((line) => line.includes(labels))
      .map((line) => /le="([^"]+)".* (\d+)$/.exec(line)?.slice(1).join(':'));
  const DURATIONS = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];
  const counted = (least: string) => {
    const from = DURATIONS.indexOf(least);
    return DURATIONS.map((edge, at) => `${edge}:${at >= from ? 1 : 0}`);
  };
  expect(below('http_request_duration_seconds', 'method="GET",route="/prompts",status="2xx"')).toEqual(counted('0.5'));
  expect(below('http_request_duration_seconds', 'method="other",route="/prompts",status="5xx"')).toEqual(
    counted('+Inf'),
  );
  expect(below('procedure_duration_seconds', 'procedure="auth.login"')).toEqual(counted('0.5'));
  expect(below('procedure_duration_seconds', 'procedure="prompts.get"')).toEqual(counted('0.005'));
});

it('says since when there is a backup, how old a replica may be, and what the process takes only where it is asked to', async () => {
  const saidOf = async (options: Parameters<typeof createMetrics>[0]) => {
    const lines = await linesOf(createMetrics(options));
    return lines.filter((line) => /newest|replica_age|^process_cpu_user/.test(line)).map((line) => line.split(' ')[1]);
  };
  const replica = { atReplica: 0, atPrimary: 0, fallbacks: 0, ageSeconds: null };
  expect(await saidOf({ newestBackup: async () => new Date(1_500) })).toEqual(['1.5']);
  expect(await saidOf({ newestBackup: async () => null })).toEqual(['0']);
  expect(await saidOf({ replica: () => replica })).toEqual(['+Inf']);
  expect(await saidOf({ newestBackup: null, replica: null })).toEqual([]);
  expect(await saidOf({ process: true })).toHaveLength(1);
});
