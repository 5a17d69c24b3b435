import type { ArrowTable } from './arrow-table.ts';

/**
 * Which room may import what, from the ground up. Everything else is refused: `rules.ts` makes the rules of it that
 * `pnpm lint:arrows` checks, and `pnpm generate` shows it in docs/architecture.md.
 */
export const arrows: ArrowTable = {
  'packages/schemas': {
    rooms: { '.': ['npm:zod'] },
  },

  'packages/template': {
    rooms: {
      'json-value.ts': [],
      'canonical-json.ts': ['json-value.ts'],
      diff: ['json-value.ts', 'npm:diff'],
      'index.ts': ['json-value.ts', 'canonical-json.ts', 'diff'],
    },
  },

  'packages/db': {
    everywhere: ['npm:kysely', 'node:*'],
    rooms: {
      'ids.ts': ['npm:uuidv7'],
      tables: [],
      paging: [],
      connection: ['tables', 'npm:pg'],
      embedded: ['connection', 'npm:pg'],
      migrations: [],
      migrate: ['connection', 'npm:graphile-worker', 'npm:pg'],
      cli: ['embedded', 'migrate'],
      'index.ts': ['ids.ts', 'tables', 'paging', 'connection'],
    },
    entries: ['cli/*.ts', 'migrations/*.ts'],
  },

  'packages/trpc-fastify': {
    everywhere: ['npm:@trpc/server', 'npm:fastify', 'npm:zod'],
    rooms: {
      router: [],
      http: ['router', 'node:buffer', 'node:crypto', 'node:http', 'node:stream'],
      openapi: ['router', 'node:crypto', 'node:http'],
      call: ['router', 'http'],
      rest: ['router', 'http', 'call', 'node:http'],
      wire: ['router', 'http', 'call', 'node:http', 'node:stream', 'node:stream/web'],
      'procedure.ts': ['router'],
      'index.ts': ['router', 'http', 'openapi', 'call', 'rest', 'wire'],
    },
  },

  'packages/auth': {
    everywhere: ['@promptory/db', 'npm:kysely', 'node:*'],
    rooms: {
      identity: [],
      passwords: ['npm:oslo', 'npm:p-limit'],
      secrets: [],
      'second-factor': ['secrets', 'npm:oslo'],
      sessions: ['identity', 'secrets', 'npm:lucia'],
      tokens: ['identity', 'secrets', 'npm:jose', 'npm:oslo'],
      'index.ts': ['identity', 'passwords', 'secrets', 'second-factor', 'sessions', 'tokens'],
    },
    tests: ['@promptory/db/testing'],
  },

  'packages/api': {
    everywhere: ['@promptory/auth', '@promptory/db', '@promptory/schemas', 'npm:kysely'],
    rooms: {
      'context.ts': [],
      'errors.ts': ['npm:@trpc/server', 'npm:zod'],
      access: ['context.ts', 'errors.ts'],
      audit: ['context.ts'],
      'call-limits.ts': ['context.ts', 'errors.ts'],
      idempotency: ['context.ts', 'errors.ts', '@promptory/template', 'node:crypto'],
      'trpc.ts': [
        'context.ts',
        'errors.ts',
        'access',
        'call-limits.ts',
        'idempotency',
        '@promptory/trpc-fastify/procedure',
        'npm:@trpc/server',
      ],
      views: ['context.ts', 'errors.ts', 'access'],
      'domain/usage': ['context.ts'],
      'domain/accounts': ['context.ts', 'errors.ts', 'audit', 'call-limits.ts', 'node:crypto'],
      'domain/mail': ['context.ts', 'domain/accounts', 'npm:zod'],
      'domain/prompts': ['context.ts', 'errors.ts', 'views', '@promptory/template', 'node:crypto'],
      'features/*': [
        'context.ts',
        'errors.ts',
        'access',
        'audit',
        'call-limits.ts',
        'idempotency',
        'trpc.ts',
        'views',
        'domain/usage',
        'domain/accounts',
        'domain/mail',
        'domain/prompts',
        '@promptory/template',
        '@promptory/trpc-fastify/procedure',
        'npm:csv-parse',
        'npm:csv-stringify',
        'npm:zod',
      ],
      'app-router.ts': ['trpc.ts', 'features/*'],
      'app-router.types.ts': ['app-router.ts', 'npm:@trpc/server'],
      'index.ts': [
        'context.ts',
        'errors.ts',
        'access',
        'idempotency',
        'trpc.ts',
        'domain/usage',
        'domain/mail',
        'features/*',
        'app-router.ts',
        'app-router.types.ts',
      ],
    },
    tests: ['@promptory/db/testing'],
  },

  'packages/client': {
    everywhere: ['npm:@trpc/client'],
    rooms: {
      contract: ['type @promptory/api/router', 'type @promptory/schemas', 'npm:@trpc/server'],
      errors: ['contract'],
      session: ['contract', 'errors'],
      links: ['contract', 'errors', 'session', 'npm:@trpc/server'],
      import: ['contract', 'errors', 'session', 'links'],
      'options.ts': ['session', 'links'],
      'create-promptory.ts': ['contract', 'session', 'links', 'import', 'options.ts'],
      'index.ts': ['contract', 'errors', 'session', 'links', 'import', 'options.ts', 'create-promptory.ts'],
    },
  },

  'apps/server': {
    everywhere: ['@promptory/api/server', '@promptory/auth', 'node:*'],
    rooms: {
      settings: ['npm:ipaddr.js', 'npm:zod'],
      observability: ['npm:pino', 'npm:prom-client'],
      jobs: ['observability', '@promptory/db', 'npm:graphile-worker'],
      services: ['settings', 'npm:ioredis', 'npm:ipaddr.js', 'npm:nodemailer', 'npm:rate-limiter-flexible'],
      http: [
        'observability',
        'services',
        '@promptory/db',
        '@promptory/schemas',
        '@promptory/trpc-fastify',
        'npm:fastify',
      ],
      plugins: ['observability', 'http', 'npm:@fastify/cors', 'npm:@fastify/helmet', 'npm:fastify'],
      reference: ['http', '@promptory/schemas', '@promptory/trpc-fastify', 'npm:@trpc/server'],
      routes: [
        'observability',
        'http',
        'reference',
        '@promptory/trpc-fastify',
        'npm:@fastify/etag',
        'npm:@scalar/fastify-api-reference',
        'npm:@trpc/server',
        'npm:fastify',
        'npm:negotiator',
      ],
      'app.ts': ['observability', 'services', 'http', 'plugins', 'routes', 'npm:@fastify/cookie', 'npm:fastify'],
      process: ['settings', 'observability', 'jobs', 'services', 'app.ts', '@promptory/db', '@promptory/db/migrate'],
      dev: [
        'settings',
        'observability',
        'process',
        '@promptory/db',
        '@promptory/db/embedded',
        '@promptory/db/migrate',
        '@promptory/db/migration-files',
        'npm:pino-pretty',
      ],
      'main.ts': ['settings', 'process'],
      cli: ['settings', 'reference', 'dev', '@promptory/db', '@promptory/db/embedded', '@promptory/db/migrate'],
    },
    entries: ['main.ts', 'cli/*.ts', 'dev/*.ts'],
    tests: ['@promptory/api/testing', '@promptory/client', '@promptory/db/testing'],
  },

  bench: { rooms: {}, tests: ['@promptory/template', '@promptory/trpc-fastify'] },
  tools: { rooms: {} },
};
