import { readFileSync } from 'node:fs';

/** Whether some process has this pid now, ours or another user's. */
export function isAlive(pid: number): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && Reflect.get(error, 'code') === 'EPERM';
  }
}

/**
 * A text that names a living process for good: its pid and, where the system tells (Linux), when it started, so that
 * another program that gets the same pid later is not taken for it.
 */
export function processIdentity(pid: number = process.pid): string {
  return `${pid} ${startTime(pid)}`.trim();
}

/** Whether the process that an identity names still lives. */
export function isLiving(identity: string): boolean {
  const pid = Number(identity.split(' ')[0]);
  return isAlive(pid) && (process.platform !== 'linux' || processIdentity(pid) === identity.trim());
}

/** What this process writes into a file to say that it holds `path`. */
export function holderRecord(path: string): string {
  return `${processIdentity()}\n${path}\n`;
}

/** Whether the writer of such a file lives. One that came along with a copied folder holds the original, not the copy. */
export function holderLives(text: string, path: string): boolean {
  const [identity = '', held] = text.split('\n');
  return held === path && isLiving(identity);
}

function startTime(pid: number): string {
  if (process.platform !== 'linux') return '';
  try {
    // The second field, the program's name, may hold spaces and brackets: fields are counted after its end.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    // A zombie has ended, though its parent has not reaped it yet.
    return fields[0] === 'Z' ? 'ended' : (fields[19] ?? '');
  } catch {
    return '';
  }
}
