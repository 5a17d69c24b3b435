import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { givenPerson } from '@promptory/api/testing';
import { expect, it } from 'vitest';
import { ROOT } from '../../src/settings/project-root.ts';
import { givenApp } from '../harness/boot.ts';

// Each value in addresses has one way to be written: what somebody typed otherwise is refused, and not taken for another.

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly schema: { readonly type?: string; readonly format?: string };
}
type Operations = Readonly<Record<string, { readonly parameters?: readonly Parameter[] }>>;

const LOOSE: Readonly<Record<string, readonly string[]>> = {
  integer: [
    '1e1',
    '1E1',
    '10.0',
    '+10',
    '-0',
    '0x10',
    '0b1',
    '010',
    ' 10',
    '10 ',
    '1_0',
    '1,0',
    '１０',
    '٣',
    'Infinity',
  ],
  boolean: ['TRUE', 'True', '1', '0', 'yes', 'on', 't', ' true', 'true '],
  date: ['2026-1-31', '20260131', '2026-02-30', ' 2026-01-31', '2026-01-31T00:00:00Z', '31.01.2026', '1767225600'],
};

const server = await givenApp();
const admin = await givenPerson(server.services, { role: 'admin' });
const headers = await server.as.person(admin);
const { paths } = JSON.parse(await readFile(join(ROOT, 'openapi.json'), 'utf8')) as {
  paths: Readonly<Record<string, Operations>>;
};
const parameters = Object.entries(paths).flatMap(([path, operations]) =>
  Object.entries(operations).flatMap(([method, operation]) =>
    (operation.parameters ?? []).flatMap((parameter) => {
      const { type = '', format } = parameter.schema ?? {};
      const values = LOOSE[format === 'date' ? format : type];
      return values === undefined ? [] : [{ method, path, parameter, values }];
    }),
  ),
);

it.each(parameters)('$method $path takes $parameter.name as it is written, and nothing like it', async (one) => {
  const { path, parameter, values } = one;
  const method = one.method.toUpperCase() as 'GET' | 'POST';
  for (const value of values) {
    const encoded = encodeURIComponent(value);
    const filled = path
      .replace(parameter.in === 'path' ? `{${parameter.name}}` : '', parameter.in === 'path' ? encoded : '')
      .replaceAll(/\{[^}]+\}/g, '01900000-0000-7000-8000-000000000000');
    const url = parameter.in === 'path' ? filled : `${filled}?${parameter.name}=${encoded}`;
    const body =
      method === 'POST'
        ? {
            payload: parameter.in === 'path' ? '{}' : '[]',
            headers: { ...headers, 'content-type': 'application/json' },
          }
        : {};
    const answer = await server.call({ method, url, headers, ...body });
    const { code, errors } = answer.json() as { code: string; errors: { path: string }[] };
    expect({ url, code }).toEqual({ url, code: 'request.invalid' });
    expect(errors.map((error) => error.path)).toContain(parameter.name);
  }
});

it('finds such values', () => {
  expect(new Set(parameters.map(({ values }) => values)).size).toBe(Object.keys(LOOSE).length);
});
