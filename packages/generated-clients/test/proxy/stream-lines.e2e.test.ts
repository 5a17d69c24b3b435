import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { send } from '@promptory/server/testing';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { beforeAll, expect, it } from 'vitest';
import { givenServer, jsonLines } from '../given-server.ts';

const server = givenServer();
let authorization: string;
let document: { paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>> };
let ajv: Ajv2020;

beforeAll(async () => {
  document = JSON.parse(await readFile(join(import.meta.dirname, '../../../../openapi.json'), 'utf8'));
  ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats.default(ajv);
  ajv.addSchema(document, 'document');
  const account = { email: 'alice@example.org', password: 'violet ladders hum quietly', name: 'Alice' };
  const { accessToken } = await send<{ accessToken: string }>(server.url, 'POST', '/auth/register', account);
  authorization = `Bearer ${accessToken}`;
});
/** What the document says of one line that this operation streams. */
function lineOf(path: string, method: string): ValidateFunction {
  const step = path.replaceAll('/', '~1');
  return ajv.compile({
    $ref: `document#/paths/${step}/${method}/responses/200/content/application~1x-ndjson/x-itemSchema`,
  });
}

async function linesOf(answer: Response): Promise<{ type?: unknown }[]> {
  expect(answer.status).toBe(200);
  return jsonLines(await answer.text());
}

const importOf = (body: string): Promise<Response> =>
  fetch(`${server.url}/prompts/import`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'text/csv' },
    body,
  });

it('knows every stream of the document, which are all that Prism takes for plain text', () => {
  const streams = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, { responses }]) =>
      Object.values(responses).some(({ content }) => content !== undefined && 'application/x-ndjson' in content)
        ? `${method} ${path}`
        : [],
    ),
  );
  expect(streams).toEqual([
    'get /prompts/export',
    'get /prompts/export/{format}',
    'post /prompts/import',
    'get /users/me/export',
  ]);
});

it('streams an import in lines as the document has them, those of failed rows and of a broken file too', async () => {
  const isLine = lineOf('/prompts/import', 'post');
  const rows = Array.from(
    { length: 300 },
    (_, row) => `Title ${row},${row % 100 === 0 ? '' : `Content ${row}`}\n`,
  ).join('');
  const whole = await linesOf(await importOf(`title,content\n${rows}`));
  const broken = await linesOf(await importOf(`title,content\n${rows}"a quote that never ends`));
  for (const line of [...whole, ...broken])
    expect({ line, valid: isLine(line), errors: isLine.errors }).toMatchObject({ valid: true });
  expect(new Set(whole.map(({ type }) => type))).toEqual(new Set(['row', 'progress', 'done']));
  expect(broken.at(-1)).toMatchObject({ type: 'error', code: 'import.unreadable', rows: 300 });
});

it('streams an export in lines as the document has them', async () => {
  const isLine = lineOf('/prompts/export', 'get');
  const lines = await linesOf(await fetch(`${server.url}/prompts/export`, { headers: { authorization } }));
  expect(lines).toHaveLength(297);
  for (const line of lines) expect({ valid: isLine(line), errors: isLine.errors }).toMatchObject({ valid: true });
  expect(isLine({ ...lines[0], title: 1 })).toBe(false);
});

it('streams all that is kept of an account in lines as the document has them', async () => {
  const isLine = lineOf('/users/me/export', 'get');
  const lines = await linesOf(await fetch(`${server.url}/users/me/export`, { headers: { authorization } }));
  expect(lines.filter((line) => !isLine(line))).toEqual([]);
  const types = new Set(lines.map(({ type }) => type));
  for (const type of ['account', 'session', 'prompt', 'version', 'auditEntry']) expect(types).toContain(type);
});
