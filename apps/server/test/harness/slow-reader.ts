import { setTimeout as sleep } from 'node:timers/promises';

// So slowly that an answer of 16 MB takes longer than a busy machine needs to look again whether its reader may have it.
const PAUSE_MS = 100;
const SLOW_CHUNKS = 100;

/**
 * Reads an answer, slowly from when something has happened in the middle of it, and says how it ends: cut off while it was
 * read slowly, or complete however long that took.
 */
export async function readWhile(
  url: string,
  headers: Readonly<Record<string, string>>,
  happens: () => Promise<unknown>,
): Promise<'complete' | 'cut off'> {
  const answer = await fetch(url, { headers: { ...headers } });
  const reader = answer.body?.getReader();
  if (reader === undefined || !answer.ok) throw new Error(`no stream: ${answer.status}`);
  try {
    await reader.read();
    await happens();
    return await endOf(reader);
  } finally {
    // Left open, an answer that nobody reads would keep the server from closing.
    await reader.cancel().catch(() => undefined);
  }
}

async function endOf(reader: ReadableStreamDefaultReader<unknown>): Promise<'complete' | 'cut off'> {
  try {
    for (let chunk = 0; ; chunk += 1) {
      if ((await reader.read()).done) return 'complete';
      if (chunk < SLOW_CHUNKS) await sleep(PAUSE_MS);
    }
  } catch {
    return 'cut off';
  }
}
