import type { LightMyRequestResponse } from 'fastify';
import { openApi } from '../../src/reference/open-api.ts';

interface Response {
  $ref?: string;
  content?: Record<string, { examples?: Record<string, object> }>;
}

const { paths, components } = openApi();

const operations = Object.entries(paths).flatMap(([path, methods]) => {
  const address = new RegExp(`^${path.replaceAll(/\{[^}]+\}/g, '[^/]+')}$`);
  const isFixed = !path.includes('{');
  return Object.entries(methods).map(([method, operation]) => ({ method, address, isFixed, operation }));
});

/** What the document says a REST call may fail with, as `status code`; undefined for an address it does not describe. */
function announcedFor(method: string, url: string): ReadonlySet<string> | undefined {
  const path = url.split('?', 1)[0] ?? '';
  const fitting = operations.filter((one) => one.method === method.toLowerCase() && one.address.test(path));
  const found = fitting.find(({ isFixed }) => isFixed) ?? fitting[0];
  if (found === undefined) return undefined;
  const announced = new Set<string>();
  for (const [status, given] of Object.entries(found.operation.responses)) {
    const { $ref } = given as Response;
    const response = ($ref === undefined ? given : components.responses[$ref.split('/').at(-1) ?? '']) as Response;
    for (const code of Object.keys(response.content?.['application/problem+json']?.examples ?? {})) {
      announced.add(`${status} ${code}`);
    }
  }
  return announced;
}

/** Throws where an operation of the document answers with a problem that the document does not announce for it. */
export function requireAnnounced(response: LightMyRequestResponse): void {
  if (!String(response.headers['content-type']).startsWith('application/problem+json')) return;
  const { method = '', url = '' } = response.raw.req;
  const announced = announcedFor(method, url);
  const problem = `${response.statusCode} ${response.json<{ code: string }>().code}`;
  if (announced === undefined || announced.has(problem)) return;
  throw new Error(`${method} ${url} answered ${problem}, which openapi.json does not announce for it.`);
}
