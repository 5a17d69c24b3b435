import { permissions } from '@promptory/schemas';
import { restProceduresOf } from '@promptory/trpc-fastify/procedure';
import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { grants } from '../src/access/roles.ts';
import { appRouter } from '../src/app-router.ts';
import { factsOf } from '../src/procedure-facts.ts';
import type { Meta } from '../src/trpc.ts';

const anyRouter: AnyTRPCRouter = appRouter;
const procedures = Object.entries(anyRouter._def.procedures as Record<string, AnyTRPCProcedure>).map(
  ([path, procedure]) => {
    const def: AnyTRPCProcedure['_def'] & { output?: unknown } = procedure._def;
    return { path, type: def.type, meta: (def.meta ?? {}) as Meta, inputs: def.inputs, output: def.output };
  },
);

const nameOf = ({ path }: { path: string }): string => path;

type JsonSchema = z.core.JSONSchema.JSONSchema;

function isEndless({ type, maxLength, maxItems, maximum, enum: options, const: only }: JsonSchema): boolean {
  if (type === 'array') return maxItems === undefined;
  if (options !== undefined || only !== undefined) return false;
  if (type === 'string') return maxLength === undefined;
  return (type === 'number' || type === 'integer') && maximum === undefined;
}

/** What nothing bounds below a JSON Schema, by path. */
function* unbounded(schema: JsonSchema, path: string, endless = isEndless): Generator<string> {
  const { properties = {}, anyOf = [], oneOf = [], allOf = [], items } = schema;
  if (endless(schema)) yield path;
  for (const option of [...anyOf, ...oneOf, ...allOf]) yield* unbounded(option as JsonSchema, path, endless);
  for (const [key, child] of Object.entries(properties))
    yield* unbounded(child as JsonSchema, `${path}.${key}`, endless);
  if (typeof items === 'object' && !Array.isArray(items)) yield* unbounded(items, `${path}[]`, endless);
}

/** Lists below a JSON Schema that may be of any length, by path. */
const endlessLists = (schema: JsonSchema, path: string): string[] => [
  ...unbounded(schema, path, ({ type, maxItems }) => type === 'array' && maxItems === undefined),
];

describe('every procedure', () => {
  it('is in the list that the review of a change sees', () => {
    const rows = procedures.map(({ path, type, meta }) => {
      const rest = meta.rest === undefined ? [] : [meta.rest].flat();
      return `${path} · ${type} · ${meta.can} · ${rest.map(({ method, path: at }) => `${method} ${at}`).join(', ')}`;
    });
    expect(rows.join('\n')).toMatchSnapshot();
  });

  it('names a permission that the table grants', () => {
    expect(procedures.filter(({ meta }) => meta.can === undefined || !(meta.can in grants)).map(nameOf)).toEqual([]);
  });

  it('declares its input as a strict object and its output', () => {
    const loose = procedures.filter(({ inputs: [input, ...more] }) => {
      const object = input instanceof z.ZodPrefault ? input.unwrap() : input;
      if (more.length > 0 || !(object instanceof z.ZodObject)) return true;
      return object.def.catchall?._zod.def.type !== 'never';
    });
    expect(loose.map(nameOf)).toEqual([]);
    expect(procedures.filter(({ output }) => output === undefined).map(nameOf)).toEqual([]);
  });

  it('takes no input where it needs no field, and means the same by it', () => {
    // A change of nothing says so.
    const changes = ['me.update', 'preferences.update'];
    const needsNone = procedures.filter(({ path, inputs: [input] }) => {
      return !changes.includes(path) && (input as z.ZodType).safeParse({}).success;
    });
    expect(needsNone.length).toBeGreaterThan(15);
    for (const { path, inputs } of needsNone) {
      const [input] = inputs as z.ZodType[];
      expect(input?.safeParse(undefined), path).toEqual(input?.safeParse({}));
    }
    const needsSome = procedures.filter((procedure) => !needsNone.includes(procedure));
    expect(needsSome.filter(({ inputs: [input] }) => (input as z.ZodType).safeParse(undefined).success)).toEqual([]);
  });

  it('goes forward where it is a list, as the infinite queries of tRPC’s libraries ask of it, and not back', () => {
    const lists = procedures.filter(
      ({ type, output }) => type === 'query' && output instanceof z.ZodObject && 'nextCursor' in output.shape,
    );
    expect(lists.length).toBeGreaterThan(10);
    for (const { path, inputs } of lists) {
      const [input] = inputs as z.ZodType[];
      const faultsOf = (sent: object) => {
        const faults = input?.safeParse(sent).error?.issues ?? [];
        return faults.filter(({ path: [field], code }) => field === 'direction' || code === 'unrecognized_keys');
      };
      expect(faultsOf({ direction: 'forward' }), path).toEqual([]);
      expect(faultsOf({ direction: 'backward' }), path).toHaveLength(1);
    }
  });

  it('has one effect for an Idempotency-Key if it is a POST that a second call does again', () => {
    // A second call of these makes nothing more.
    const repeatable = [
      'favorites.add',
      'prompts.restore',
      'prompts.purge',
      'prompts.purgeTrash',
      'prompts.render',
      'prompts.renderRef',
      'transfer.import',
      'me.delete',
      'me.invitations.accept',
      'me.invitations.decline',
    ];
    const posts = procedures.filter(({ path, meta }) => {
      const isPost = [meta.rest ?? []].flat().some(({ method }) => method === 'POST');
      // Accounts have tokens and links of one use, and mostly no caller whose key it would be.
      return isPost && !path.startsWith('auth.') && !repeatable.includes(path);
    });
    // A change that is sent again would find its own versions and revisions in its way.
    const others = ['prompts.updateMany', 'labels.move'];
    const once = procedures.filter(({ path }) => posts.some((post) => post.path === path) || others.includes(path));
    expect(procedures.filter(({ meta }) => meta.creates).map(nameOf)).toEqual(once.map(nameOf));
  });

  it('is served over REST', () => {
    const served = new Set(restProceduresOf(appRouter).map(nameOf));
    expect(procedures.map(nameOf).filter((path) => !served.has(path))).toEqual([]);
  });

  it('bounds every string, array and number of its input', () => {
    const found = procedures.flatMap(({ path, inputs }) =>
      inputs.flatMap((input) => {
        const schema = z.toJSONSchema(input as z.ZodType, { io: 'input', unrepresentable: 'any', reused: 'inline' });
        return [...unbounded(schema, path)];
      }),
    );
    expect(found).toEqual([]);
  });

  it('bounds every list of its output, which it may be itself or hold', () => {
    const found = procedures.flatMap(({ path, output }) => {
      const schema = z.toJSONSchema(output as z.ZodType, { io: 'output', unrepresentable: 'any', reused: 'inline' });
      return endlessLists(schema, path);
    });
    expect(found).toEqual([]);
  });

  it('does not get by with a list that has no bound, wherever it stands', () => {
    const list = z.array(z.string());
    const hidden = z.strictObject({
      a: z.array(z.strictObject({ b: z.union([z.null(), list]) })).max(2),
      c: list.max(1),
    });
    expect(endlessLists(z.toJSONSchema(hidden), 'x')).toEqual(['x.a[].b']);
  });
});

describe('a call of a procedure', () => {
  it('is an ordinary one where nothing but a permission is declared', () => {
    const ordinary = { batch: true, creates: false, streams: false, signInAttempt: false, cost: 1 };
    expect(factsOf({ can: 'prompt.read' })).toEqual({ ...ordinary, token: 'required' });
    expect(factsOf({ can: 'account.recover' })).toEqual({ ...ordinary, token: 'none' });
  });

  it('of auth is alone in its request, so that one request is one attempt', () => {
    const batched = procedures.filter(({ path, meta }) => path.startsWith('auth.') && factsOf(meta).batch);
    expect(batched.map(nameOf)).toEqual([]);
  });

  it('counts as an attempt to sign in where a secret or an address could be guessed by it: of these', () => {
    expect(procedures.filter(({ meta }) => factsOf(meta).signInAttempt).map(nameOf)).toEqual([
      'auth.register',
      'auth.login',
      'auth.refresh',
      'auth.forgotPassword',
      'auth.resetPassword',
      'auth.verifyEmail',
      'auth.changePassword',
    ]);
  });

  it('counts as more than one where it costs so much more than to get a prompt: of these', () => {
    const costs = procedures.map(({ path, meta }) => [path, factsOf(meta).cost] as const);
    expect(Object.fromEntries(costs.filter(([, cost]) => cost !== 1))).toEqual({
      'me.export': 20,
      'me.deletion': 20,
      'me.delete': 10,
      'prompts.resolveMany': 10,
      'prompts.watch': 4,
      'prompts.signatures': 4,
      'prompts.list': 2,
      'prompts.templates': 2,
      'prompts.create': 2,
      'prompts.update': 2,
      'prompts.purgeTrash': 10,
      'apiKeys.create': 20,
      'prompts.createMany': 20,
      'prompts.updateMany': 20,
      'prompts.duplicate': 2,
      'prompts.render': 4,
      'prompts.renderRef': 4,
      'versions.restore': 2,
      'versions.diff': 4,
      'labels.move': 4,
      'labels.check': 4,
      'labels.undo': 2,
      'releases.list': 2,
      'releases.create': 10,
      'releases.undo': 10,
      'transfer.import': 20,
      'transfer.export': 20,
      'transfer.exportFiles': 20,
      'groups.get': 3,
      'groups.watch': 4,
      'groups.update': 3,
      'groups.reorder': 3,
    });
    // A call of nobody counts as one, whatever it asks for.
    expect(procedures.filter(({ meta }) => meta.cost && factsOf(meta).token !== 'required').map(nameOf)).toEqual([]);
  });

  it('reads at a replica where it only reads, but of who one is, and of what is told and remembered: of these', () => {
    const atPrimary = procedures.filter(({ meta }) => meta.reads === 'primary');
    expect(atPrimary.filter(({ type }) => type !== 'query').map(nameOf)).toEqual([]);
    expect(atPrimary.map(nameOf).toSorted()).toEqual([
      'apiKeys.list',
      'auth.sessions.list',
      'auth.totp.get',
      'me.deletion',
      'me.get',
      'preferences.get',
      'prompts.get',
      'prompts.resolve',
      'prompts.resolveMany',
    ]);
  });

  it('is an attempt to sign in only where it is alone in its request', () => {
    const batched = procedures.map(({ path, meta }) => ({ path, ...factsOf(meta) })).filter(({ batch }) => batch);
    expect(batched.filter(({ signInAttempt }) => signInAttempt).map(nameOf)).toEqual([]);
  });

  it('needs no token, and takes one all the same, only where anyone may call', () => {
    const closed = procedures.filter(({ meta }) => {
      return meta.token !== undefined && (meta.can === undefined || grants[meta.can].to !== 'anyone');
    });
    expect(closed.map(nameOf)).toEqual([]);
  });
});

describe('a dangerous step', () => {
  const steps = procedures.filter(({ meta }) => meta.stepUp !== undefined);

  it('asks for the second factor, and is one of these', () => {
    expect(Object.fromEntries(steps.map(({ path, meta }) => [path, meta.stepUp]))).toEqual({
      'auth.changePassword': 'always',
      'me.update': { whenGiven: 'email' },
      'me.export': 'always',
      'me.delete': 'always',
      'apiKeys.create': 'always',
      'prompts.purge': 'always',
      'prompts.purgeTrash': 'always',
      'admin.users.update': 'always',
    });
  });

  it('is out of reach of API keys, which have no factor to prove', () => {
    const open = steps.filter(({ meta }) => {
      const to = meta.can === undefined ? undefined : grants[meta.can].to;
      return to !== 'session' && to !== 'admin';
    });
    expect(open.map(nameOf)).toEqual([]);
  });

  it('looks at a field that its input has', () => {
    const missing = steps.filter(({ meta, inputs }) => {
      if (meta.stepUp === undefined || meta.stepUp === 'always') return false;
      return !(inputs[0] instanceof z.ZodObject) || !(meta.stepUp.whenGiven in inputs[0].shape);
    });
    expect(missing.map(nameOf)).toEqual([]);
  });
});

describe('REST', () => {
  const routes = restProceduresOf(appRouter);

  it('has one procedure for each method and path', () => {
    const seen = routes.map(({ rest }) => `${rest.method} ${rest.path.replaceAll(/\{[^}]*\}/g, '{}')}`);
    expect(seen.filter((route, index) => seen.indexOf(route) !== index)).toEqual([]);
  });

  it('takes every path parameter from the input', () => {
    const missing = routes.flatMap(({ path, rest, inputs }) => {
      const fields = inputs instanceof z.ZodObject ? Object.keys(inputs.shape) : [];
      const names = Array.from(rest.path.matchAll(/\{([^}]*)\}/g), (match) => match[1] ?? '');
      return names.filter((name) => !fields.includes(name)).map((name) => `${path}: {${name}}`);
    });
    expect(missing).toEqual([]);
  });

  it('reads with GET and changes with the other methods', () => {
    expect(routes.filter(({ type, rest }) => (type === 'mutation') === (rest.method === 'GET')).map(nameOf)).toEqual(
      [],
    );
  });

  it("answers each of the brief's endpoints", () => {
    const brief = [
      'POST /auth/register',
      'POST /auth/login',
      'POST /auth/forgot-password',
      'POST /auth/reset-password',
      'GET /prompts',
      'GET /prompts/{id}',
      'POST /prompts',
      'PUT /prompts/{id}',
      'DELETE /prompts/{id}',
      'GET /prompts/templates',
      'GET /groups',
      'GET /groups/{id}',
      'POST /groups',
      'PUT /groups/{id}',
      'DELETE /groups/{id}',
      'POST /groups/{id}/prompts',
      'DELETE /groups/{id}/prompts/{promptId}',
      'PUT /groups/{id}/reorder',
      'GET /users/me',
      'PUT /users/me',
      'GET /users/favorites',
      'POST /users/favorites/{promptId}',
      'DELETE /users/favorites/{promptId}',
    ];
    const served = new Set(routes.map(({ rest }) => `${rest.method} ${rest.path}`));
    expect(brief.filter((endpoint) => !served.has(endpoint))).toEqual([]);
  });
});

describe('permissions', () => {
  it('are each used by some procedure', () => {
    const used = new Set(procedures.map(({ meta }) => meta.can));
    expect(permissions.filter((permission) => !used.has(permission))).toEqual([]);
  });
});
