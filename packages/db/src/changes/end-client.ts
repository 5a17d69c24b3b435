import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';

const PATIENCE_MS = 500;

/** Says good-bye, and waits no longer for an answer than a moment: the server may be gone. */
export async function endClient(client: pg.Client): Promise<void> {
  const answered = client.end().catch(() => undefined);
  await Promise.race([answered, sleep(PATIENCE_MS, undefined, { ref: false })]);
  const stream: unknown = Reflect.get(Object(Reflect.get(client, 'connection')), 'stream');
  if (stream instanceof Duplex) stream.destroy();
}
