import type { Served } from '../sites/production-server.ts';
import type { Request } from '../transport/load.ts';
import type { CallSite } from './call-site.ts';

/** A request and who answers it. */
export interface MeasuredCall {
  readonly server: Served;
  readonly request: Request;
}

export const ONE_QUERY = 'bare Fastify, one prepared query';
export const TWO_QUERIES = 'bare Fastify, two prepared queries';

/** What is measured, by what tables call it. */
export function callsOf({ server, bare, id, ref, headers }: CallSite): Record<string, MeasuredCall> {
  const get = (on: Served, url: string): MeasuredCall => ({ server: on, request: { method: 'GET', url, headers } });
  const rest = (url: string): MeasuredCall => get(server, url);
  const wire = (path: string, input: object): MeasuredCall =>
    get(server, `/trpc/${path}?input=${encodeURIComponent(JSON.stringify(input))}`);
  return {
    [ONE_QUERY]: get(bare, `/one/${id}`),
    [TWO_QUERIES]: get(bare, `/two/${id}`),
    'prompts.get, REST': rest(`/prompts/${id}`),
    'prompts.get, tRPC': wire('prompts.get', { id }),
    'prompts.resolve, REST': rest(`/prompts/resolve?ref=${encodeURIComponent(ref)}`),
    'prompts.resolve, tRPC': wire('prompts.resolve', { ref }),
  };
}
