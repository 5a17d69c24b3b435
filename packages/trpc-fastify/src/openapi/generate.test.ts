import { createConfig, lintFromString } from '@redocly/openapi-core';
import { initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type NotesMeta, notesRouter, Problem } from '../../test/fixtures/notes.ts';
import type { RestMeta } from '../router/rest-meta.ts';
import type { OpenApiOptions } from './document.ts';
import { openApiDocument, openApiDocumentInTurns } from './generate.ts';

const options: OpenApiOptions<NotesMeta> = {
  info: { title: 'Notes', version: '1.0.0', license: { name: 'MIT', identifier: 'MIT' } },
  servers: [{ url: 'https://notes.invalid' }],
  securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
  security: (meta) => (meta.open === true ? [] : [{ bearer: [] }]),
  errors: (meta) => [
    { status: 400, code: 'request.invalid', description: 'The input is invalid.' },
    { status: 400, code: 'request.too_deep', description: 'The JSON is too deep.' },
    ...(meta.open === true ? [] : [{ status: 401, code: 'auth.required', description: 'Sign in first.' }]),
  ],
  problemSchema: Problem,
};

/** Rules that a linter has for examples, as errors. */
const EXAMPLES = {
  'no-invalid-media-type-examples': 'error',
  'no-invalid-parameter-examples': 'error',
  'no-invalid-schema-examples': 'error',
} as const;

const made = () => openApiDocument(notesRouter().router, options);

describe('the OpenAPI document', () => {
  it('lints without an error under the recommended rules', async () => {
    const config = await createConfig({ extends: ['recommended'], rules: EXAMPLES });
    const problems = await lintFromString({ source: JSON.stringify(made()), absoluteRef: 'openapi.json', config });
    const errors = problems.filter(({ severity }) => severity === 'error');
    expect(errors.map(({ ruleId, message, location }) => ({ ruleId, message, at: location[0]?.pointer }))).toEqual([]);
  });

  it('is the same when made in turns, several of them for each procedure', async () => {
    let turns = 0;
    let isMade = false;
    const count = () => {
      turns++;
      if (!isMade) setImmediate(count);
    };
    count();
    const document = await openApiDocumentInTurns(notesRouter().router, options);
    isMade = true;
    expect(JSON.stringify(document)).toBe(JSON.stringify(made()));
    expect(turns).toBeGreaterThan(2 * Object.keys(document.paths).length);
  });

  it('is the same, byte for byte, when made again from a new router', async () => {
    expect(JSON.stringify(made())).toBe(JSON.stringify(made()));
    await expect(JSON.stringify(made(), null, 2)).toMatchFileSnapshot('../../test/fixtures/notes-openapi.txt');
  });

  it("leaves zod's registry as it was, of schemas with words of their own and without", () => {
    const plain = z.object({ status: z.number() });
    const described = z.object({ a: z.string() }).meta({ description: 'Some words' });
    openApiDocument(notesRouter().router, { ...options, schemas: { Plain: plain, Described: described } });
    expect(z.globalRegistry.has(plain)).toBe(false);
    expect(z.globalRegistry.get(described)).toEqual({ description: 'Some words' });
  });

  it('names the schemas that carry an id, and the problem', () => {
    const { components, paths } = made();
    expect(Object.keys(components.schemas)).toEqual(['Note', 'Problem', 'ProblemLine']);
    expect(paths['/notes/{id}']?.get?.responses[200]).toMatchObject({
      headers: { ETag: { $ref: '#/components/headers/ETag' } },
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Note' },
          examples: { Note: { $ref: '#/components/examples/Note' } },
        },
      },
    });
  });

  it('puts path and query fields in parameters, and the rest in the body', () => {
    const { paths } = made();
    const update = paths['/notes/{id}']?.put;
    expect(update?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'If-Match', in: 'header' },
    ]);
    const body = update?.requestBody as { content: Record<string, { schema: { properties: object } }> };
    expect(Object.keys(body.content['application/json']?.schema.properties ?? {})).toEqual([
      'baseVersion',
      'title',
      'stars',
    ]);
    expect(paths['/notes']?.get?.parameters?.map((parameter) => (parameter as { name: string }).name)).toEqual([
      'q',
      'limit',
      'starred',
      'tag',
      'level',
      'ratio',
    ]);
  });

  it('takes path parameters out of every branch of a union', () => {
    const body = JSON.stringify(made().paths['/notes/{id}/order/{place}']?.put?.requestBody);
    expect(body).toContain('"before"');
    expect(body).toContain('"after"');
    expect(body).not.toContain('"place"');
  });

  it('describes 201 with Location, 202, 204 without content, streams and raw bodies', () => {
    const { paths } = made();
    expect(paths['/notes']?.post?.responses[201]).toMatchObject({ headers: { Location: {} } });
    expect(Object.keys(paths['/sign-up']?.post?.responses ?? {})).toEqual(['201', '202', '400']);
    expect(paths['/notes/{id}']?.delete?.responses[204]).toEqual({ description: 'No Content' });
    expect(paths['/notes/export']?.get?.responses[200]).toMatchObject({
      content: {
        'application/x-ndjson': {
          schema: { type: 'string' },
          example: expect.stringMatching(/^\{.*\}\n$/),
          'x-itemSchema': {
            anyOf: [{ $ref: '#/components/schemas/Note' }, { $ref: '#/components/schemas/ProblemLine' }],
          },
        },
        'text/csv': { schema: { type: 'string' } },
      },
    });
    expect(paths['/notes/import']?.post?.requestBody).toMatchObject({
      content: { 'text/csv': {}, 'application/x-ndjson': {} },
    });
  });

  it('says for each operation who may call it and how it may fail', () => {
    const { components, paths } = made();
    expect(paths['/sign-up']?.post?.security).toEqual([]);
    expect(paths['/touch']?.post?.security).toEqual([{ bearer: [] }]);
    const name = '400-request.invalid-request.too_deep';
    const reference = { $ref: `#/components/responses/${name}` };
    expect(paths['/touch']?.post?.responses[400]).toEqual(reference);
    expect(paths['/notes']?.get?.responses[400]).toEqual(reference);
    expect(components.responses[name]).toMatchObject({
      content: { 'application/problem+json': { examples: { 'request.invalid': {}, 'request.too_deep': {} } } },
    });
  });

  it('gives every operation an id of its own, also two routes of one procedure', () => {
    const { paths } = made();
    const ids = Object.values(paths).flatMap((methods) => Object.values(methods).map(({ operationId }) => operationId));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).toContain('notesTouch');
    expect(ids).toContain('notesTouch_2');
  });

  it('keeps the input form of a named schema apart where a default makes it differ', () => {
    const t = initTRPC.meta<{ rest: RestMeta }>().create();
    const Settings = z.object({ theme: z.string().default('dark') }).meta({ id: 'TestSettings' });
    const Holder = z.object({ settings: Settings }).meta({ id: 'TestHolder' });
    const router = t.router({
      put: t.procedure
        .meta({ rest: { method: 'PUT', path: '/settings', summary: 'Put' } })
        .input(Holder)
        .output(Holder)
        .mutation(({ input }) => input),
    });
    const { schemas } = openApiDocument(router, { ...options, security: () => [], errors: () => [] }).components;
    expect(Object.keys(schemas)).toEqual(['TestHolder', 'TestHolderInput', 'TestSettings', 'TestSettingsInput']);
    expect(schemas.TestSettings?.required).toEqual(['theme']);
    expect(schemas.TestSettingsInput?.required).toBeUndefined();
  });
});
