/** What is promised, what was measured, and the most that keeps the promise. */
type SoakPromise = readonly [what: string, measured: number, most: number];

/** Prints which promises are met; the process ends with 1 where one is missed, or was not measured. */
export function reportPromises(promises: readonly SoakPromise[]): void {
  for (const [what, measured, most] of promises) {
    const isKept = measured <= most;
    process.stdout.write(`${isKept ? 'met   ' : 'missed'}  ${what}: ${measured.toFixed(2)} (at most ${most})\n`);
    if (!isKept) process.exitCode = 1;
  }
}
