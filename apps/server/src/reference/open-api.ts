import { STATUS_CODES } from 'node:http';
import { AppError, appRouter, grants, type Meta } from '@promptory/api/server';
import { ErrorCode, Problem } from '@promptory/schemas';
import {
  type OpenApiDocument,
  type OpenApiError,
  type OpenApiOptions,
  openApiDocument,
  restProceduresOf,
} from '@promptory/trpc-fastify';
import { problemOf } from '../http/errors/problem.ts';
import { SESSION_COOKIE } from '../http/session-cookie.ts';
import { errorsOf } from './procedure-errors.ts';

const tags = [
  { name: 'Accounts', description: 'Registering, signing in, sessions, passwords and addresses.' },
  { name: 'Users', description: "The caller's own account and preferences." },
  { name: 'Prompts', description: 'Prompts, their search, their trash, import and export.' },
  { name: 'Versions', description: 'The history of a prompt: every change of its content.' },
  { name: 'Categories and tags', description: 'What the readable prompts are filed under.' },
  { name: 'Groups', description: 'Ordered, shareable collections of prompts, their members and invitations.' },
  { name: 'Favorites', description: 'Prompts that the caller has marked.' },
  { name: 'Library', description: 'What the caller owns, has marked or was given; and what it has used.' },
  { name: 'API keys', description: 'Keys for programs, with scopes.' },
  { name: 'Administration', description: 'For administrators.' },
];

const isLimited = (status: number): boolean => status !== 415 && status !== 406;

const responseHeaders: OpenApiOptions<Meta>['responseHeaders'] = {
  RateLimit: {
    description: 'What is left of the general limit: `r` calls in the next `t` seconds.',
    schema: { type: 'string' },
    example: '"user";r=599;t=60',
    when: isLimited,
  },
  'RateLimit-Policy': {
    description: 'The general limit: `q` calls in `w` seconds.',
    schema: { type: 'string' },
    example: '"user";q=600;w=60',
    when: isLimited,
  },
  'Retry-After': {
    description: 'Seconds to wait before the call is made again.',
    schema: { type: 'integer', minimum: 1 },
    example: 1,
    when: (status, { creates }) => status === 429 || status === 503 || (status === 409 && creates === true),
  },
  'WWW-Authenticate': {
    description: 'How to authenticate (RFC 6750).',
    schema: { type: 'string' },
    example: 'Bearer realm="promptory", error="invalid_token"',
    when: (status) => status === 401,
  },
  'Idempotency-Replayed': {
    description: 'Where the answer is one that was given to the same call before.',
    schema: { type: 'string', const: 'true' },
    example: 'true',
    when: (status, { creates }) => creates === true && status < 300,
  },
};

const requestHeaders: OpenApiOptions<Meta>['requestHeaders'] = {
  'Idempotency-Key': {
    description: 'Any text of the caller’s own for this call: sent again with it, the call is done once.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
    when: ({ creates }) => creates === true,
  },
};

/** The problem that a code answers with, as a caller of this address would read it. */
function problemExample({ status, code }: OpenApiError): object {
  const error = new AppError(ErrorCode.parse(code), {
    ...(code === 'request.invalid' ? { errors: [{ path: 'limit', message: 'Must be at most 100' }] } : {}),
  });
  const at = { requestId: '01900000-0000-7000-8000-000000000000', publicUrl: 'https://promptory.example' };
  return { ...problemOf(error, at).body, status, title: STATUS_CODES[status] };
}

/** Says of each operation that counts as several calls how many they are. */
function sayCosts({ paths }: OpenApiDocument): void {
  for (const { rest, meta } of restProceduresOf(appRouter)) {
    const { cost } = meta as Meta;
    const operation = paths[rest.path]?.[rest.method.toLowerCase()];
    if (cost === undefined || operation === undefined) continue;
    operation.description = [operation.description, `Counts as ${cost} calls against the general limit.`]
      .filter((sentence) => sentence !== undefined)
      .join(' ');
  }
}

/** The OpenAPI 3.1 document of the whole product. */
export function openApi(serverUrl = '/'): OpenApiDocument {
  const document = openApiDocument<Meta>(appRouter, {
    info: {
      title: 'Promptory',
      version: '0.1.0',
      description:
        'A prompt library and registry. Lists answer `{ items, nextCursor }`; errors are RFC 9457 problem documents.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: serverUrl }],
    tags,
    securitySchemes: {
      accessToken: {
        type: 'http',
        scheme: 'bearer',
        bearerFormat: 'JWT',
        description: 'From `POST /auth/login`; ten minutes.',
      },
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'From `POST /users/api-keys`.' },
      sessionCookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'A browser session.' },
    },
    security: ({ can }) => {
      if (can === undefined || grants[can].to === 'anyone') return [];
      const { to, scope } = grants[can];
      const people: Array<Record<string, string[]>> = [{ accessToken: [] }, { sessionCookie: [] }];
      return to === 'caller' && scope !== null ? [...people, { apiKey: [scope] }] : people;
    },
    errors: errorsOf,
    problemSchema: Problem,
    problemExample,
    responseHeaders,
    requestHeaders,
  });
  sayCosts(document);
  return document;
}
