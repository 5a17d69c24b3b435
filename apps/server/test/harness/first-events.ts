import type { FastifyInstance, InjectOptions, LightMyRequestResponse } from 'fastify';

const WATCH = /^\/(?:trpc\/(?:prompts|groups)\.watch|prompts\/watch|groups\/[^/?]+\/watch)(?:\?|$)/;

/** Whether a request asks for a stream of events, which has no end. */
export const asksForEvents = (url: InjectOptions['url']): boolean => typeof url === 'string' && WATCH.test(url);

/** What such a request is answered up to the first thing that it tells, and no further; or all of it where it is refused. */
export async function firstEvents(app: FastifyInstance, request: InjectOptions): Promise<LightMyRequestResponse> {
  const response = await app.inject({ ...request, payloadAsStream: true });
  const stream = response.stream();
  let body = '';
  for await (const chunk of stream) {
    body += String(chunk);
    if (/^data: \{"type":"(?:prompt|none|group)".*\nid: .*\n\n/mu.test(body)) break;
  }
  stream.destroy();
  const json = () => JSON.parse(body) as unknown;
  // What `inject` says besides of an answer that it has read whole.
  const { method = 'GET', url } = request;
  const raw = { ...response.raw, req: { method, url } };
  return Object.defineProperties(response, {
    body: { value: body },
    payload: { value: body },
    rawPayload: { value: Buffer.from(body) },
    json: { value: json },
    raw: { value: raw },
  });
}

/** The events in a text, with what they are called. */
export function eventsIn(text: string): { readonly event: string; readonly data: unknown; readonly id: string }[] {
  return text.split('\n\n').flatMap((block) => {
    const fields = new Map(
      block.split('\n').flatMap((line): [string, string][] => {
        const colon = line.indexOf(': ');
        return colon < 1 ? [] : [[line.slice(0, colon), line.slice(colon + 2)]];
      }),
    );
    const data = fields.get('data');
    if (data === undefined || data === '') return [];
    return [{ event: fields.get('event') ?? 'message', data: JSON.parse(data) as unknown, id: fields.get('id') ?? '' }];
  });
}
