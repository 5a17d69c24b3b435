/** @returns what says how many milliseconds have passed since it was started */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => performance.now() - start;
}
