import { type AnyTRPCProcedure, initTRPC } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { OpenApiOptions } from '../../src/openapi/document.ts';
import { openApiDocument } from '../../src/openapi/generate.ts';
import type { RestMeta } from '../../src/router/rest-meta.ts';
import { Note, Problem } from '../fixtures/notes.ts';

const t = initTRPC.meta<{ rest: RestMeta }>().create();

const options: OpenApiOptions = {
  info: { title: 'Notes', version: '1.0.0' },
  securitySchemes: {},
  security: () => [],
  errors: () => [{ status: 400, code: 'request.invalid', description: 'The input is invalid.' }],
  problemSchema: Problem,
};

const Tree = z.object({
  name: z.string(),
  get children() {
    return z.array(Tree);
  },
});

const Chain = z.object({
  get next() {
    return Chain.optional();
  },
});

function reads(path: RestMeta['path'], output: z.ZodType): AnyTRPCProcedure {
  return t.procedure
    .meta({ rest: { method: 'GET', path, summary: path } })
    .output(output)
    .query(() => undefined);
}

const procedures = (): Record<string, AnyTRPCProcedure> => ({
  note: reads('/note', Note),
  notes: reads('/notes', z.array(Note)),
  tree: reads('/tree', Tree),
  json: reads('/json', z.json()),
});

const documentOf = (record: Record<string, AnyTRPCProcedure>) => openApiDocument(t.router(record), options);

describe('the OpenAPI document', () => {
  it('does not depend on the order in which procedures are declared', () => {
    const backwards = Object.fromEntries(Object.entries(procedures()).reverse());
    expect(JSON.stringify(documentOf(backwards))).toBe(JSON.stringify(documentOf(procedures())));
  });

  it('says the same of a procedure whatever is added beside it', () => {
    const before = documentOf(procedures());
    const after = documentOf({ chain: reads('/chain', Chain), ...procedures() });
    const { '/chain': added, ...others } = after.paths;
    expect(added).toBeDefined();
    expect(others).toEqual(before.paths);
    expect(after.components.schemas).toMatchObject(before.components.schemas);
    expect(after.components.responses).toEqual(before.components.responses);
    expect(after.components.examples).toMatchObject(before.components.examples);
  });
});
