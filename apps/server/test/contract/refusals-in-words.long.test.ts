import type { InjectOptions } from 'fastify';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { givenApp } from '../harness/boot.ts';
import { givenWorld } from '../harness/given-world.ts';
import { endpointOf, type Input, procedures, requestOf } from '../harness/transports.ts';
import { rows } from './access-matrix.rows.ts';

// Every way in which a request can be wrong before its procedure runs, on every route: what is said of it names the place
// and what was expected, so that a person can mend it, and repeats nothing of what was sent.

const server = await givenApp();
const world = await givenWorld(server);
const [owner, admin] = [await world.headersOf('owner'), await world.headersOf('admin')];

type Headers = Readonly<Record<string, string>>;

interface Wrong {
  readonly what: string;
  readonly request: InjectOptions;
  readonly code: string;
  /** What has to be named: a field, a header, a type. */
  readonly names: string;
}

const SECRET = 'hunter2secret';

const headersOf = (path: string): Headers => {
  const expected = rows[path]?.expected;
  if (expected === undefined || expected === 'anyone') return {};
  return expected.owner === 'ok' ? owner : admin;
};

const inputOf = (path: string): Input => rows[path]?.input(world) ?? {};

interface Route {
  readonly method: string;
  readonly url: string;
  readonly query: string;
  readonly headers: Headers;
  readonly payload: unknown;
  /** The same request, but for some of it. */
  but(change: { query?: string; headers?: Headers; payload?: string; url?: string; method?: string }): InjectOptions;
}

function routeOf(path: string): Route {
  const request = requestOf('REST', path, inputOf(path), headersOf(path));
  const [url = '', query = ''] = String(request.url).split('?');
  const headers = request.headers as Headers;
  const method = String(request.method);
  const { payload } = request;
  return {
    method,
    url,
    query,
    headers,
    payload,
    but: (change) => {
      const asked = change.query ?? query;
      return {
        method: (change.method ?? method) as 'GET',
        url: `${change.url ?? url}${asked === '' ? '' : `?${asked}`}`,
        headers: { ...headers, ...change.headers },
        ...(payload === undefined && change.payload === undefined
          ? {}
          : { payload: change.payload ?? (payload as string) }),
      };
    },
  };
}

const fieldsOf = (path: string): readonly (readonly [name: string, schema: z.ZodType])[] => {
  const { inputs } = endpointOf(path);
  const inner = inputs instanceof z.ZodPrefault || inputs instanceof z.ZodDefault ? inputs.unwrap() : inputs;
  return inner instanceof z.ZodObject ? Object.entries<z.ZodType>(inner.shape) : [];
};

const takes = (schema: z.ZodType, value: unknown): boolean => schema.safeParse(value).success;

function* wrongsOf(path: string): Generator<Wrong> {
  const { rest, type } = endpointOf(path);
  const route = routeOf(path);
  const isJson = rest.body === undefined && rest.method !== 'GET' && rest.method !== 'DELETE';
  const inPath = Array.from(rest.path.matchAll(/\{([^}]*)\}/g), (match) => match[1] ?? '');
  const added = (more: string): string => (route.query === '' ? more : `${route.query}&${more}`);

  yield {
    what: 'an unknown parameter',
    request: route.but({ query: added(`surprise=${SECRET}`) }),
    code: isJson ? 'request.malformed' : 'request.invalid',
    names: 'surprise',
  };
  if (!isJson) {
    for (const [name, schema] of fieldsOf(path)) {
      if (inPath.includes(name) || name === rest.body?.field) continue;
      const isList = takes(schema, []) || takes(schema, ['a']);
      if (!isList) {
        yield {
          what: `${name} twice`,
          request: route.but({ query: `${name}=1&${name}=2` }),
          code: 'request.invalid',
          names: name,
        };
      }
      if (takes(schema, 1) && !takes(schema, 'many')) {
        for (const bad of ['many', '1.5', '-7', '1e99', '']) {
          yield {
            what: `${name}=${bad}`,
            request: route.but({ query: `${name}=${bad}` }),
            code: 'request.invalid',
            names: name,
          };
        }
      }
      if (takes(schema, true) && !takes(schema, 'yes')) {
        yield {
          what: `${name}=yes`,
          request: route.but({ query: `${name}=yes` }),
          code: 'request.invalid',
          names: name,
        };
      }
      if (name === 'cursor') {
        yield {
          what: 'a bad cursor',
          request: route.but({ query: 'cursor=abc' }),
          code: 'request.cursor_invalid',
          names: 'cursor',
        };
      }
    }
  }
  for (const name of inPath) {
    const url = rest.path.replace(/\{([^}]*)\}/g, (_, each: string) =>
      each === name ? '!' : String(inputOf(path)[each]),
    );
    yield { what: `${name} in the path`, request: route.but({ url }), code: 'request.invalid', names: name };
  }
  if (isJson) {
    const json = { 'content-type': 'application/json' };
    for (const [what, payload, names] of [
      ['a comma too many', `{"password":"${SECRET}",}`, 'line 1, column 29'],
      ['an end too early', `{\n  "password": "${SECRET}"`, 'line 2, column 30'],
      ['single quotes', `{'password': '${SECRET}'}`, 'line 1, column 2'],
      ['no end of a text', `{"password": "${SECRET}`, 'column 14'],
    ] as const) {
      yield { what, request: route.but({ headers: json, payload }), code: 'request.malformed', names };
    }
    yield {
      what: 'a list as body',
      request: route.but({ headers: json, payload: `["${SECRET}"]` }),
      code: 'request.invalid',
      names: 'an object',
    };
    yield {
      what: 'a text as body',
      request: route.but({ headers: json, payload: `"${SECRET}"` }),
      code: 'request.invalid',
      names: 'an object',
    };
    for (const given of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=utf-16',
      'nonsense',
    ]) {
      yield {
        what: `a body as ${given}`,
        request: route.but({ headers: { 'content-type': given }, payload: SECRET }),
        code: 'request.unsupported_media_type',
        names: 'application/json',
      };
    }
  }
  if (rest.body !== undefined) {
    yield {
      what: 'a body of another type',
      request: route.but({ headers: { 'content-type': 'application/pdf' }, payload: SECRET }),
      code: 'request.unsupported_media_type',
      names: rest.body.types[0] ?? '',
    };
  }
  if (type === 'query') {
    yield {
      what: 'another Accept',
      request: route.but({ headers: { accept: 'image/png' } }),
      code: 'request.not_acceptable',
      names: rest.stream === undefined ? 'application/json' : 'application/x-ndjson',
    };
  }
  if (rest.ifMatch !== undefined) {
    for (const given of ['nonsense', '"a" "b"', 'W/"weak"', '"abc', `"${'x'.repeat(5_000)}"`]) {
      yield {
        what: `If-Match: ${given.slice(0, 20)}`,
        request: route.but({ headers: { 'if-match': given } }),
        code: 'request.precondition_failed',
        names: 'If-Match',
      };
    }
  }
  if (rest.method === 'POST' && headersOf(path) !== undefined && rows[path]?.expected !== 'anyone') {
    for (const given of ['Basic YTpi', 'Bearer', `Bearer ${SECRET} x`, `Bearer ${SECRET}`, SECRET]) {
      yield {
        what: `Authorization: ${given.split(' ')[0]}`,
        request: route.but({ headers: { authorization: given } }),
        code: 'auth.invalid_token',
        names: '',
      };
    }
  }
  yield {
    what: 'another method',
    request: route.but({ method: 'PATCH' }),
    code: 'request.method_not_allowed',
    names: rest.method,
  };
}

/** Whether a person could act on it. */
const isActionable = (message: string): boolean =>
  message.length > 12 &&
  /[.:\]"]$|[a-z0-9]$/i.test(message) &&
  !/invalid (?:input|uuid|type)|unexpected token|undefined|zod|fastify|FST_|\[object|NaN|stack| at .*\.ts/i.test(
    message,
  );

describe('a request that is wrong before its procedure runs', () => {
  it('is told where it is and what was expected, on every route', async () => {
    const faults: string[] = [];
    let refusals = 0;
    for (const { path } of procedures) {
      for (const { what, request, code, names } of wrongsOf(path)) {
        const answer = await server.call(request);
        const said = JSON.parse(answer.body === '' ? '{}' : answer.body);
        refusals += 1;
        const texts: string[] = [said.detail, ...(said.errors ?? []).map((each: { message: string }) => each.message)];
        const all = JSON.stringify([texts, (said.errors ?? []).map((each: { path: string }) => each.path)]);
        const report = (fault: string) =>
          faults.push(`${path} · ${what}: ${fault}: ${answer.statusCode} ${answer.body.slice(0, 300)}`);
        if (said.code !== code) report(`not ${code}`);
        else if (
          !JSON.parse(all)
            .flat()
            .some((text: string) => text.includes(names))
        )
          report(`does not name ${names}`);
        else if (!texts.every((text) => typeof text === 'string' && isActionable(text)))
          report('nobody could act on it');
        const paths = (said.errors ?? []).map((each: { path: string }) => each.path);
        if (new Set(paths).size < paths.length) report('says two things of one place');
        if (answer.body.includes(SECRET)) report('repeats what was sent');
      }
    }
    expect(faults).toEqual([]);
    expect(refusals).toBeGreaterThan(500);
  });
});
