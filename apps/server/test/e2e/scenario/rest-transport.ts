import type { ProcedurePath } from '@promptory/client';
import type { Caller, Calls, Transport } from './transport.ts';

/** Method, path and the status of success, written down by hand: what the server derives is what is tried. */
const routes: Partial<Record<ProcedurePath, readonly [method: string, path: string, status: number]>> = {
  'auth.register': ['POST', '/auth/register', 202],
  'auth.verifyEmail': ['POST', '/auth/verify-email', 204],
  'auth.login': ['POST', '/auth/login', 200],
  'auth.refresh': ['POST', '/auth/refresh', 200],
  'auth.forgotPassword': ['POST', '/auth/forgot-password', 202],
  'auth.resetPassword': ['POST', '/auth/reset-password', 204],
  'me.get': ['GET', '/users/me', 200],
  'apiKeys.list': ['GET', '/users/api-keys', 200],
  'apiKeys.create': ['POST', '/users/api-keys', 201],
  'apiKeys.revoke': ['DELETE', '/users/api-keys/{id}', 204],
  'prompts.list': ['GET', '/prompts', 200],
  'prompts.get': ['GET', '/prompts/{id}', 200],
  'prompts.create': ['POST', '/prompts', 201],
  'prompts.update': ['PUT', '/prompts/{id}', 200],
  'prompts.delete': ['DELETE', '/prompts/{id}', 204],
  'versions.list': ['GET', '/prompts/{id}/versions', 200],
  'versions.get': ['GET', '/prompts/{id}/versions/{version}', 200],
  'versions.diff': ['GET', '/prompts/{id}/diff', 200],
  'versions.restore': ['POST', '/prompts/{id}/versions/{version}/restore', 200],
  'transfer.export': ['GET', '/prompts/export', 200],
  'groups.list': ['GET', '/groups', 200],
  'groups.get': ['GET', '/groups/{id}', 200],
  'groups.create': ['POST', '/groups', 201],
  'groups.addPrompt': ['POST', '/groups/{id}/prompts', 201],
  'groups.reorder': ['PUT', '/groups/{id}/reorder', 200],
  'members.add': ['POST', '/groups/{id}/members', 201],
  'members.list': ['GET', '/groups/{id}/members', 200],
  'favorites.add': ['POST', '/users/favorites/{promptId}', 200],
  'favorites.list': ['GET', '/users/favorites', 200],
  'library.list': ['GET', '/users/library', 200],
  'history.list': ['GET', '/users/history', 200],
};

const NDJSON = 'application/x-ndjson';

interface ProblemDocument {
  readonly code: string;
  readonly status: number;
  readonly detail: string;
}

/** The problem document (RFC 9457) of a refused request, as an error. */
class Refused extends Error {
  readonly code: string;
  readonly status: number;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(problem: ProblemDocument) {
    super(`${problem.status} ${problem.code}: ${problem.detail}`);
    this.code = problem.code;
    this.status = problem.status;
    this.details = { ...problem };
  }
}

async function accepted(answer: Response, status: number): Promise<Response> {
  if (answer.status === status) return answer;
  if (!answer.headers.get('content-type')?.startsWith('application/problem+json')) {
    throw new Error(`Not ${status} and no problem document: ${answer.status} ${await answer.text()}`);
  }
  const problem = (await answer.json()) as ProblemDocument;
  if (problem.status !== answer.status) throw new Error(`A document of ${problem.status} came with ${answer.status}.`);
  throw new Refused(problem);
}

async function* lines<Item>(answer: Response): AsyncGenerator<Item, void> {
  if (!answer.headers.get('content-type')?.startsWith(NDJSON)) throw new Error('The answer is no stream of lines.');
  let rest = '';
  const decoder = new TextDecoder();
  for await (const chunk of answer.body ?? []) {
    const [...whole] = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = whole.pop() ?? '';
    for (const line of whole) yield JSON.parse(line);
  }
  if (rest !== '') throw new Error('The stream stops within a line.');
}

type Fields = Readonly<Record<string, unknown>>;

function requestOf(path: string, input: Fields): { method: string; address: string; body?: string; status: number } {
  const route = routes[path as ProcedurePath];
  if (route === undefined) throw new Error(`The table of routes does not name ${path}.`);
  const [method, template, status] = route;
  const rest = new Map(Object.entries(input));
  const address = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const value = rest.get(name);
    rest.delete(name);
    return encodeURIComponent(String(value));
  });
  if (method === 'POST' || method === 'PUT') {
    return { method, address, status, ...(rest.size > 0 ? { body: JSON.stringify(Object.fromEntries(rest)) } : {}) };
  }
  const query = new URLSearchParams([...rest].map(([name, value]): [string, string] => [name, String(value)]));
  return { method, address: rest.size > 0 ? `${address}?${query}` : address, status };
}

function caller(url: string, credentials: Readonly<Record<string, string>>): Caller {
  const send = async (path: string, input: Fields = {}): Promise<unknown> => {
    const { method, address, body, status } = requestOf(path, input);
    const type = body === undefined ? {} : { 'content-type': 'application/json' };
    const given = await fetch(url + address, {
      method,
      headers: { ...credentials, ...type },
      ...(body ? { body } : {}),
    });
    const answer = await accepted(given, status);
    if (path === 'transfer.export') return lines(answer);
    return status === 204 ? answer.text().then(() => undefined) : answer.json();
  };
  return {
    calls: namedCalls(send) as Calls,
    async *importFile(file, { type, dryRun }) {
      const answer = await fetch(`${url}/prompts/import${dryRun === undefined ? '' : `?dryRun=${dryRun}`}`, {
        method: 'POST',
        headers: { ...credentials, 'content-type': type },
        body: file,
      });
      yield* lines(await accepted(answer, 200));
    },
  };
}

/** `calls.prompts.get.query(input)` becomes `send('prompts.get', input)`. */
function namedCalls(send: (path: string, input?: Fields) => Promise<unknown>, path: readonly string[] = []): unknown {
  return new Proxy(() => undefined, {
    get: (_, name) => namedCalls(send, [...path, String(name)]),
    apply: (_, __, [input]) => send(path.slice(0, -1).join('.'), input),
  });
}

/** The server as any language reaches it: REST, with nothing but `fetch`. */
export const restTransport = (url: string): Transport => ({
  nobody: () => caller(url, {}),
  person: async ({ accessToken }) => caller(url, { authorization: `Bearer ${accessToken}` }),
  program: (apiKey) => caller(url, { 'x-api-key': apiKey }),
});
