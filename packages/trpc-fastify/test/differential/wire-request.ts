/** One request to the wire, as it goes over it. */
export interface WireRequest {
  method: string;
  /** What follows `/trpc/`, as sent. */
  path: string;
  /** The query string without its question mark, as sent. */
  query: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

/** The request as a person would write it down. */
export function printed({ method, path, query, headers, body }: WireRequest): string {
  const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  const bytes = typeof body === 'string' ? body : body?.toString('latin1');
  const target = `/trpc/${path}${query === '' ? '' : `?${query}`}`;
  return [`${method} ${target}`, ...fields, ...(bytes === undefined ? [] : ['', bytes])].join('\n');
}

/** The path, percent-decoded once; undefined where it cannot be. */
export function decodedPath({ path }: WireRequest): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** The procedure paths of a batch, as far as they are separated after decoding once; undefined for no batch. */
export function batchedPaths(request: WireRequest): string[] | undefined {
  if (new URLSearchParams(request.query).get('batch') !== '1') return undefined;
  return decodedPath(request)?.split(',');
}

/** The text in which the inputs are, if there is one. */
export function inputText({ method, query, body }: WireRequest): string | undefined {
  const text = method === 'GET' ? new URLSearchParams(query).get('input') : body?.toString();
  return text === null || text === '' ? undefined : text;
}

/** The same request with another text of its inputs. */
export function withInputText(request: WireRequest, text: string): WireRequest {
  if (request.method !== 'GET') return { ...request, body: text };
  const query = new URLSearchParams(request.query);
  query.set('input', text);
  return { ...request, query: query.toString() };
}
