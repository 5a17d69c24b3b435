import type { BootedApp } from '../../../harness/boot.ts';

const reasons = ['slow', 'large', 'full', 'pipelined', 'pieces', 'sending', 'place', 'refused'] as const;

/** What the server's own metrics say of its connections. */
export type ConnectionCounts = Readonly<
  Record<(typeof reasons)[number] | 'open' | 'unreadBytes' | 'arrivingBytes', number>
>;

/** Asked without a connection, so that asking changes nothing. */
export async function connectionCounts(server: BootedApp): Promise<ConnectionCounts> {
  const { body } = await server.call({ url: '/metrics' });
  const read = (metric: string): number => {
    const line = body.split('\n').find((each) => each.startsWith(`${metric} `));
    return Number(line?.slice(metric.length + 1) ?? 0);
  };
  const cuts = reasons.map((reason) => [reason, read(`promptory_connections_cut_total{reason="${reason}"}`)]);
  return {
    ...(Object.fromEntries(cuts) as Record<(typeof reasons)[number], number>),
    open: read('promptory_connections'),
    unreadBytes: read('promptory_unread_bytes'),
    arrivingBytes: read('promptory_arriving_bytes'),
  };
}
