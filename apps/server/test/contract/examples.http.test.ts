import type { InjectOptions } from 'fastify';
import { expect, it } from 'vitest';
import { openApi } from '../../src/reference/open-api.ts';
import { givenApp } from '../harness/boot.ts';
import { givenWorld, type World } from '../harness/given-world.ts';
import { procedures } from '../harness/transports.ts';
import { rows } from './access-matrix.rows.ts';

// Pages that let one try a call send the examples of the document as they stand. Each is sent, with what only the state of a
// server can say (ids, tokens, numbers of versions) put in its place, by somebody who may make the call.

interface Example {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { readonly $ref: string }>>;
}
interface Parameter extends Example {
  readonly name: string;
  readonly in: string;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Example>> };
}

const server = await givenApp();
const document = openApi();
const components = document.components as { readonly examples: Readonly<Record<string, { readonly value: unknown }>> };

/** What no document can know of a server. */
const OF_A_SERVER = new Set(
  'id userId promptIds promptId groupId versionId invitationId moveId ref refs before after token refreshToken code recoveryCode revision currentPassword'.split(
    ' ',
  ),
);
/** Fields of these too: the secret that their world has, the prompts, the values that its prompt takes. */
const ofOne: Readonly<Record<string, readonly string[]>> = {
  'auth.login': ['email', 'password'],
  'auth.verifyEmail': ['password'],
  'prompts.render': ['inputs'],
  'prompts.renderRef': ['inputs'],
  'releases.create': ['prompts'],
};

const exampleIn = ({ example, examples = {} }: Example): unknown => {
  const [reference] = Object.values(examples);
  return reference === undefined ? example : components.examples[reference.$ref.split('/').at(-1) ?? '']?.value;
};

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The example, with what is of a server from the input that is known to be right. */
function placed(path: string, example: Record<string, unknown>, known: Readonly<Record<string, unknown>>) {
  const own = ofOne[path] ?? [];
  return Object.fromEntries(
    Object.entries(example).map(([name, value]) => {
      const isOfServer = OF_A_SERVER.has(name) || own.includes(name);
      return [name, isOfServer && known[name] !== undefined ? known[name] : value];
    }),
  );
}

async function headersFor(path: string, world: World) {
  const expected = rows[path]?.expected;
  if (expected === 'anyone' || expected === undefined) return {};
  return world.headersOf(expected.owner === 'ok' ? 'owner' : 'admin');
}

const cases = procedures.flatMap(({ path, rest }) => {
  const operation = document.paths[rest.path]?.[rest.method.toLowerCase()] as Operation;
  const types = Object.keys(operation.requestBody?.content ?? {});
  // Files of text have no example: what is in them the description says.
  const shown = types.filter((type) => exampleIn(operation.requestBody?.content[type] ?? {}) !== undefined);
  if (types.includes('application/json')) expect(shown, rest.path).toContain('application/json');
  return (types.length === 0 ? [null] : shown).map((type) => ({ path, rest, operation, type }));
});

it.each(cases)('accepts the example of $rest.method $rest.path ($type)', async ({ path, rest, operation, type }) => {
  const world = await givenWorld(server);
  const known: Record<string, unknown> = { ...rows[path]?.others?.(world)[0], ...rows[path]?.input(world) };
  const parameters = placed(
    path,
    Object.fromEntries(
      (operation.parameters ?? []).flatMap((one) =>
        exampleIn(one) === undefined || one.in === 'header' ? [] : [[one.name, exampleIn(one)]],
      ),
    ),
    known,
  );
  const query = new URLSearchParams();
  let url: string = rest.path;
  for (const [name, value] of Object.entries(parameters)) {
    if (url.includes(`{${name}}`)) url = url.replace(`{${name}}`, encodeURIComponent(String(value)));
    else for (const each of [value].flat()) query.append(name, String(each));
  }
  const request: InjectOptions = {
    method: rest.method,
    url: query.size === 0 ? url : `${url}?${query}`,
    headers: await headersFor(path, world),
  };
  if (type !== null) {
    const example = exampleIn(operation.requestBody?.content[type] ?? {});
    const body = isRecord(example) && rest.body === undefined ? placed(path, example, known) : example;
    request.headers = { ...request.headers, 'content-type': type };
    request.payload = typeof body === 'string' ? body : JSON.stringify(body);
  }
  const answer = await server.call(request);
  expect(`${answer.statusCode} ${answer.body}`, `${request.url} ${String(request.payload)}`).toMatch(/^2\d\d /);
});
