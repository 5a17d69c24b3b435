import { appRouter } from '@promptory/api/server';
import { Problem } from '@promptory/schemas';
import { restProceduresOf } from '@promptory/trpc-fastify';
import { describe, expect, it } from 'vitest';
import { openApi } from './open-api.ts';

interface Example {
  value: unknown;
}
interface Parameter {
  name: string;
  in: string;
  example?: unknown;
}
interface Body {
  content: Record<string, { example?: unknown; examples?: Record<string, { $ref: string }> }>;
}

const document = openApi();
const procedures = restProceduresOf(appRouter);
const operationOf = ({ rest }: (typeof procedures)[number]) => {
  const operation = document.paths[rest.path]?.[rest.method.toLowerCase()];
  if (operation === undefined) throw new Error(`${rest.method} ${rest.path} is not described.`);
  return operation;
};

function exampleOf(body: Body): unknown {
  const lines = body.content['application/x-ndjson']?.example;
  if (typeof lines === 'string') return JSON.parse(lines);
  const events = body.content['text/event-stream']?.example;
  if (typeof events === 'string') return JSON.parse(/^data: (?<data>.*)$/mu.exec(events)?.groups?.data ?? 'null');
  const content = body.content['application/json'];
  const [reference] = Object.values(content?.examples ?? {});
  if (reference === undefined) return content?.example;
  return (document.components.examples[reference.$ref.split('/').at(-1) ?? ''] as Example | undefined)?.value;
}

describe('the document of the product', () => {
  it('is made anew byte for byte', () => {
    expect(JSON.stringify(openApi())).toBe(JSON.stringify(document));
  });

  it.each(procedures.map((one) => [`${one.rest.method} ${one.rest.path}`, one] as const))(
    'shows for %s an input that its schema takes, and outputs that it gives',
    (_name, procedure) => {
      const operation = operationOf(procedure);
      const parameters = (operation.parameters ?? []) as Parameter[];
      const inAddress = parameters.filter(({ example }) => example !== undefined).map((one) => [one.name, one.example]);
      if (procedure.rest.body === undefined) {
        const body = operation.requestBody === undefined ? {} : exampleOf(operation.requestBody as Body);
        expect(body).toBeDefined();
        const input = { ...Object.fromEntries(inAddress), ...Object(body) };
        expect(procedure.inputs?.safeParse(input).error).toBeUndefined();
      }
      const successes = Object.entries(operation.responses).filter(([status]) => Number(status) < 300);
      expect(successes.length).toBeGreaterThan(0);
      for (const [status, response] of successes) {
        if (!('content' in response)) continue;
        const example = exampleOf(response as Body);
        const output = procedure.events ?? procedure.rest.stream?.item ?? procedure.output;
        expect({ status, error: output?.safeParse(example).error }).toEqual({ status, error: undefined });
      }
    },
  );

  it('has patterns that mean the same as a text, between slashes and in a comment', () => {
    const patterns = new Set<string>();
    JSON.stringify(document, (key, value) => {
      if (key === 'pattern' && typeof value === 'string') patterns.add(value);
      return value;
    });
    expect(patterns.size).toBeGreaterThan(5);
    for (const pattern of patterns) {
      expect(pattern).not.toMatch(/\\\/|\*\//);
      // As generators write it that put it between slashes, some of which escape those that they find in it.
      for (const written of [pattern, pattern.replaceAll('/', '\\/')]) {
        const literal: RegExp = new Function(`return /${written}/u`)();
        for (const text of ['a', 'a/b', '/', 'a/', 'A', '2026-01-01', '']) {
          expect(literal.test(text)).toBe(new RegExp(pattern, 'u').test(text));
        }
      }
    }
  });

  it('describes each stream as text, and its lines by a schema of an item and one of an error', () => {
    const streams = procedures.filter(({ rest }) => rest.stream !== undefined);
    expect(streams.length).toBeGreaterThan(1);
    for (const procedure of streams) {
      const response = operationOf(procedure).responses[200] as { content: Record<string, Record<string, unknown>> };
      for (const media of Object.values(response.content)) expect(media.schema).toMatchObject({ type: 'string' });
      expect(response.content['application/x-ndjson']?.['x-itemSchema']).toEqual({
        anyOf: [
          {
            $ref: expect.stringMatching(
              /^#\/components\/schemas\/(?:AccountRecord|ExportedItem|ImportEvent|PortablePrompt)$/,
            ),
          },
          { $ref: '#/components/schemas/ProblemLine' },
        ],
      });
    }
    const problem = document.components.schemas.Problem as { properties: object };
    expect(document.components.schemas.ProblemLine).toMatchObject({
      properties: { ...problem.properties, type: { type: 'string', const: 'error' } },
    });
  });

  it('shows a problem for each error code, as it is answered', () => {
    const codes = Object.entries(document.components.examples).filter(([name]) => name.includes('.'));
    expect(codes.length).toBeGreaterThan(40);
    for (const [name, example] of codes) {
      expect(Problem.parse((example as Example).value)).toMatchObject({ code: name.replace(/^\d+-/, '') });
    }
  });

  it('documents the headers for credentials, for waiting and for calling again', () => {
    const response = (name: string) => document.components.responses[name] as { headers: Record<string, object> };
    expect(Object.keys(response('429-limit.exceeded').headers)).toContain('Retry-After');
    expect(Object.keys(response('503-server.busy-server.unavailable-server.storage_full').headers)).toContain(
      'Retry-After',
    );
    expect(Object.keys(response('401-auth.required-auth.invalid_token').headers)).toContain('WWW-Authenticate');
  });
});
