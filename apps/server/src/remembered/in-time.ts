/** What work comes to, where it does so within the time; else `late` is thrown, and nobody hears of it any more. */
export async function inTime<T>(milliseconds: number, work: Promise<T>, late: Error): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(late), milliseconds);
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}
