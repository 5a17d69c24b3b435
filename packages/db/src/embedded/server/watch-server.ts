import { open } from 'node:fs/promises';
import { EmbeddedPostgresError } from '../embedded-postgres-error.ts';
import { fullDiskError } from './full-disk.ts';
import { readPostmaster, servesFolder } from './postmaster.ts';

const EVERY_MS = 1_000;
/** Somebody may restart it by hand, which takes a moment. */
const MISSED = 3;
const LOG_TAIL_BYTES = 2_000;

/**
 * Calls `onEnd`, once, when the server of a data folder is gone; what ends a session, or crashes and recovers, is none of that.
 * @returns what ends the watch, before the server is stopped on purpose
 */
export function watchServer(dataFolder: string, onEnd: () => void): () => void {
  let missed = 0;
  let isOver = false;
  const timer = setInterval(async () => {
    const postmaster = await readPostmaster(dataFolder);
    missed = postmaster !== undefined && (await servesFolder(postmaster.pid, dataFolder)) ? 0 : missed + 1;
    if (missed < MISSED || isOver) return;
    end();
    onEnd();
  }, EVERY_MS);
  timer.unref();
  const end = (): void => {
    isOver = true;
    clearInterval(timer);
  };
  return end;
}

/** Why a server ended that nobody stopped, in one line that says what to do. */
export async function endError(dataFolder: string, logFile: string): Promise<EmbeddedPostgresError> {
  const said = (await tailOf(logFile)).trim();
  const last = said.split('\n').at(-1) ?? '';
  return (
    (await fullDiskError(dataFolder, said)) ??
    new EmbeddedPostgresError(`PostgreSQL has ended by itself: ${last} (more in ${logFile}). Start again.`)
  );
}

async function tailOf(file: string): Promise<string> {
  const log = await open(file).catch(() => undefined);
  if (log === undefined) return '';
  try {
    const { size } = await log.stat();
    const { buffer, bytesRead } = await log.read({
      buffer: Buffer.alloc(LOG_TAIL_BYTES),
      position: Math.max(0, size - LOG_TAIL_BYTES),
    });
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await log.close();
  }
}
