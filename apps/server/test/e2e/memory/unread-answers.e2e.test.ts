import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { KillableSite } from '../../failure/harness/killable-site.ts';
import { comesToHold, getRequest, sendUnread, type UnreadConnection } from '../../harness/unread-connection.ts';
import { send } from '../harness/send.ts';
import { limitedMemory } from './limited-memory.ts';

const MEBIBYTE = 1_048_576;
const MEMORY = 512 * MEBIBYTE;
const CONNECTIONS = 340;
/** More than the kernels of both sides take. */
const REQUESTS_EACH = 3;

/** Those of production, but for how many may come from one address, and how long they may stay. */
const settings = {
  MAX_CONNECTIONS: '1000',
  MAX_CONNECTIONS_PER_ADDRESS: '1000',
  MAX_UNREAD_BYTES: '134217728',
  MAX_UNREAD_BYTES_PER_CONNECTION: '10485760',
  SLOWEST_READER: '262144/10',
};

/** The most memory that a process has had, where there is no cgroup to say it; of Linux. */
const peakOf = async (pid: number): Promise<number> =>
  Number(/VmHWM:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1_024;

it('serves within 512 MB while one account leaves a thousand connections unread', async () => {
  const site = await KillableSite.open();
  const memory = await limitedMemory(MEMORY);
  onTestFinished(async () => {
    await site.close();
    await memory?.remove();
  });
  const server = await site.startServer(settings, { group: memory?.processes });
  const { url, pid } = server;
  const account = (name: string): Promise<{ accessToken: string }> =>
    send(url, 'POST', '/auth/register', {
      email: `${name}@example.org`,
      name,
      password: 'a lantern in the third field',
    });
  const [attacker, other] = [await account('mallory'), await account('alice')].map(({ accessToken }) => ({
    authorization: `Bearer ${accessToken}`,
  })) as [{ authorization: string }, { authorization: string }];
  const content = 'x'.repeat(200_000);
  const promptIds: string[] = [];
  for (let index = 0; index < 20; index += 1) {
    const { id } = await send<{ id: string }>(url, 'POST', '/prompts', { title: `Long ${index}`, content }, attacker);
    promptIds.push(id);
  }
  const { id: groupId } = await send<{ id: string }>(url, 'POST', '/groups', { name: 'Long ones' }, attacker);
  for (const promptId of promptIds) await send(url, 'POST', `/groups/${groupId}/prompts`, { promptId }, attacker);

  const answered = { served: 0, busy: 0, otherwise: [] as string[] };
  let attacking = true;
  const asking = (async () => {
    while (attacking) {
      await fetch(`${url}/users/me`, { headers: other }).then(
        async (answer) => {
          await answer.arrayBuffer();
          if (answer.status === 200) answered.served += 1;
          else if (answer.status === 503) answered.busy += 1;
          else answered.otherwise.push(String(answer.status));
        },
        (error: unknown) => answered.otherwise.push(String(error)),
      );
      await sleep(20);
    }
  })();

  const paths = ['/prompts?limit=100', `/groups/${groupId}`, '/prompts/export', '/docs/scalar.js'];
  const open: UnreadConnection[] = [];
  for (let index = 0; index < CONNECTIONS; index += 1) {
    const path = paths[index % paths.length] ?? '/';
    open.push(await sendUnread(url, Array<string>(REQUESTS_EACH).fill(getRequest(path, attacker)), 'takes nothing'));
  }
  const metric = async (name: string): Promise<number> => {
    const text = await fetch(`${url}/metrics`).then((answer) => answer.text());
    return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(text)?.[1]);
  };
  // One account has a few answers made at once while others call, so its connections come to hold them one by one.
  const hasBegun = await comesToHold(async () => (await metric('promptory_unread_bytes')) > 8 * MEBIBYTE);
  // What is left is of those who are served; connections whose answers are out stay open for a while.
  const isOver = await comesToHold(async () => (await metric('promptory_unread_bytes')) < MEBIBYTE);
  attacking = false;
  await asking;
  const { killed, peak } = (await memory?.read()) ?? { killed: 0, peak: await peakOf(pid) };
  process.stdout.write(
    `${Math.round(peak / MEBIBYTE)} MiB at most (${memory === null ? 'resident, no cgroup' : 'cgroup'}), ` +
      `others: ${answered.served} served, ${answered.busy} busy\n`,
  );
  expect({ hasBegun, isOver }).toEqual({ hasBegun: true, isOver: true });
  expect({ killed, otherwise: answered.otherwise }).toEqual({ killed: 0, otherwise: [] });
  expect(peak).toBeLessThanOrEqual(MEMORY);
  expect(answered.served).toBeGreaterThan(answered.busy);
  await server.stop();
  for (const connection of open) connection.close();
});
