const REQUEST_TIMEOUT_MS = 60_000;

/** No answer came, or none that says what became of the request: nobody knows whether it was done. */
export class NoAnswer extends Error {}

/** One REST call. @throws NoAnswer, or Error for a refusal */
export async function send<Answer>(
  url: string,
  method: string,
  path: string,
  body?: object,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const { status, text } = await fetch(url + path, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  }).then(
    async (answer) => ({ status: answer.status, text: await answer.text() }),
    (cause: unknown) => Promise.reject(new NoAnswer('The connection broke.', { cause })),
  );
  if (status >= 500) throw new NoAnswer(`${status} ${text}`);
  if (status >= 400) throw new Error(`${method} ${path} was refused: ${status} ${text}`);
  return JSON.parse(text);
}
