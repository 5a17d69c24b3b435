import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks of a second in /proc (`getconf CLK_TCK`), which is 100 on every Linux of today. */
const TICKS = 100;

/** CPU time that a process and those that it has started have taken, in microseconds; NaN where there is no /proc. */
export function usedProcessor(pid: number): number {
  try {
    const ticks = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(ticksOf)
      .filter((each) => each !== null && (each.pid === pid || each.parent === pid))
      .reduce((sum, each) => sum + (each?.ticks ?? 0), 0);
    return (ticks / TICKS) * 1e6;
  } catch {
    return Number.NaN;
  }
}

/** Null for one that has ended since. */
function ticksOf(pid: string): { pid: number; parent: number; ticks: number } | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold blanks: what follows it begins with the state, the parent is next.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    return null;
  }
}
