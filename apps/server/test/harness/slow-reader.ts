/** Starts to read an answer, lets something happen, waits for `milliseconds`, and says how reading on ends. */
export async function readWhile(
  url: string,
  headers: Readonly<Record<string, string>>,
  happens: () => Promise<unknown>,
  milliseconds: number,
): Promise<'complete' | 'cut off'> {
  const answer = await fetch(url, { headers: { ...headers } });
  const reader = answer.body?.getReader();
  if (reader === undefined || !answer.ok) throw new Error(`no stream: ${answer.status}`);
  try {
    await reader.read();
    await happens();
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
    return await endOf(reader);
  } finally {
    // Left open, an answer that nobody reads would keep the server from closing.
    await reader.cancel().catch(() => undefined);
  }
}

async function endOf(reader: ReadableStreamDefaultReader<unknown>): Promise<'complete' | 'cut off'> {
  try {
    for (;;) if ((await reader.read()).done) return 'complete';
  } catch {
    return 'cut off';
  }
}
