import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { constants, setPriority } from 'node:os';
import type { Headers } from '../../../harness/transports.ts';

/** A process that calls a server for several callers, each with so many calls at once, again and again without a pause. */
export interface Hostility {
  readonly url: string;
  readonly callers: readonly Headers[];
  /** Of each caller. */
  readonly atOnce: number;
  readonly calls: readonly { readonly method: string; readonly path: string; readonly body?: object }[];
}

/** How many answers of each status came; 0 for none. */
export type Tally = Record<string, number>;

if (process.send !== undefined) {
  // Attackers do their own work on machines of their own; here it must not take the server's time.
  setPriority(constants.priority.PRIORITY_LOW);
  const [hostility] = (await once(process, 'message')) as [Hostility];
  const tally = callUntil(hostility, once(process, 'message'));
  process.send(await tally);
  process.disconnect();
  process.exit(0);
}

async function callUntil({ url, callers, atOnce, calls }: Hostility, end: Promise<unknown>): Promise<Tally> {
  const tally: Tally = {};
  const agent = new Agent({ keepAlive: true });
  const call = (headers: Headers, index: number): Promise<number> =>
    new Promise((resolve) => {
      const { method, path, body } = calls[index % calls.length] ?? { method: 'GET', path: '/' };
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const sent = request(url + path, { method, agent, headers: { ...headers, ...json } }, (answer) => {
        answer.resume();
        answer.once('close', () => resolve(answer.statusCode ?? 0));
      });
      sent.once('error', () => resolve(0));
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
  let isOver = false;
  const lane = async (headers: Headers, first: number): Promise<void> => {
    for (let index = first; !isOver; index += 1) {
      const status = await call(headers, index);
      tally[status] = (tally[status] ?? 0) + 1;
    }
  };
  for (const headers of callers) for (let index = 0; index < atOnce; index += 1) void lane(headers, index);
  await end;
  isOver = true;
  return tally;
}
