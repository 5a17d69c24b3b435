import { STATUS_CODES } from 'node:http';
import { AppError, appRouter, grants, type Meta } from '@promptory/api/server';
import { ErrorCode, Problem, Scope } from '@promptory/schemas';
import {
  type OpenApiDocument,
  type OpenApiError,
  type OpenApiOptions,
  openApiDocument,
  openApiDocumentInTurns,
  restProceduresOf,
} from '@promptory/trpc-fastify';
import { problemOf } from '../http/errors/problem.ts';
import { SESSION_COOKIE } from '../http/session-cookie.ts';
import { errorGuide } from './errors/error-areas.ts';
import { introduction } from './introduction.ts';
import { errorsOf } from './procedure-errors.ts';

/** What most come for first. */
const tags = [
  { name: 'Prompts', description: 'Prompts, their search, their trash, import and export.' },
  { name: 'Versions', description: 'The history of a prompt: every change of its content.' },
  { name: 'Categories and tags', description: 'What the readable prompts are filed under.' },
  {
    name: 'Labels',
    description:
      'Names such as `production` that point at one version of a prompt, their moves, and releases of many at once.',
  },
  { name: 'Groups', description: 'Ordered, shareable collections of prompts, their members and invitations.' },
  { name: 'Favorites', description: 'Prompts that the caller has marked.' },
  { name: 'Library', description: 'What the caller owns, has marked or was given; and what it has used.' },
  { name: 'API keys', description: 'Keys for programs, with scopes.' },
  { name: 'Administration', description: 'For administrators.' },
  { name: 'Users', description: "The caller's own account and preferences." },
  { name: 'Accounts', description: 'Registering, signing in, sessions, passwords and addresses.' },
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
  const known = ErrorCode.parse(code);
  const error = new AppError(known, { extra: {}, ...errorGuide[known].example });
  const at = { requestId: '01900000-0000-7000-8000-000000000000', publicUrl: 'https://promptory.example' };
  return { ...problemOf(error, at).body, status, title: STATUS_CODES[status] };
}

const callers = {
  anyone: 'Anyone may call it.',
  caller: 'For people who are signed in',
  session: 'For people who are signed in, not for API keys.',
  admin: 'For administrators, not for API keys.',
} as const;

/** Who may call, by the permission alone: what each may touch is what the author's own words say. */
function callersOf({ can }: Meta): string | undefined {
  if (can === undefined) return undefined;
  const { to, scope, groupKey } = grants[can];
  if (to !== 'caller') return callers[to];
  const keys = scope === null ? '' : `, and API keys with the scope \`${scope}\``;
  return `${callers.caller}${keys}${groupKey || scope === null ? '' : ' that are not limited to a group'}.`;
}

function factorOf({ stepUp }: Meta): string | undefined {
  if (stepUp === undefined) return undefined;
  const given = stepUp === 'always' ? '' : ` where \`${stepUp.whenGiven}\` is given`;
  return `An account with a second factor has to have proved it within the last ten minutes${given}.`;
}

/** Says of each operation what its procedure declares beside its own words. */
function sayWhatIsDeclared({ paths }: OpenApiDocument): void {
  for (const { rest, meta } of restProceduresOf(appRouter)) {
    const declared = meta as Meta;
    const operation = paths[rest.path]?.[rest.method.toLowerCase()];
    if (operation === undefined) continue;
    const { cost } = declared;
    operation.description = [
      operation.description,
      callersOf(declared),
      factorOf(declared),
      cost === undefined ? undefined : `Counts as ${cost} calls against the general limit.`,
    ]
      .filter((sentence) => sentence !== undefined)
      .join(' ');
  }
}

/** What an id in an address is of, by the part before it. */
const things: Readonly<Record<string, string>> = {
  prompts: 'prompt',
  groups: 'group',
  members: 'member',
  invitations: 'invitation',
  releases: 'release',
  sessions: 'session',
  'api-keys': 'API key',
  users: 'account',
  favorites: 'prompt',
};

interface Parameter {
  readonly in?: string;
  readonly name?: string;
  description?: string;
}

/** One schema is that of many ids: only the address says of what. */
function nameIds({ paths }: OpenApiDocument): void {
  for (const [path, methods] of Object.entries(paths)) {
    const parts = path.split('/');
    for (const { parameters = [] } of Object.values(methods)) {
      for (const parameter of parameters as Parameter[]) {
        const thing = things[parts[parts.indexOf(`{${parameter.name}}`) - 1] ?? ''];
        if (parameter.in !== 'path' || parameter.description !== undefined || thing === undefined) continue;
        parameter.description = `The id of the ${thing}.`;
      }
    }
  }
}

const apiKeyDescription = `From \`POST /users/api-keys\`. What a key may do is limited by its scopes, which are ${Scope.options.map((scope) => `\`${scope}\``).join(', ')}: each operation says which one it needs.`;

/** The OpenAPI 3.1 document of the whole product. */
export const openApi = (serverUrl = '/'): OpenApiDocument =>
  withWords(openApiDocument<Meta>(appRouter, optionsFor(serverUrl)));

/** The same, made in many turns of the event loop. */
export const openApiInTurns = async (): Promise<OpenApiDocument> =>
  withWords(await openApiDocumentInTurns<Meta>(appRouter, optionsFor('/')));

function optionsFor(serverUrl: string): OpenApiOptions<Meta> {
  return {
    info: {
      title: 'Promptory',
      version: '0.1.0',
      description: introduction,
      contact: { name: 'Promptory', url: 'https://github.com/promptory/promptory/issues' },
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
      apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: apiKeyDescription },
      sessionCookie: { type: 'apiKey', in: 'cookie', name: SESSION_COOKIE, description: 'A browser session.' },
    },
    security: ({ can }) => {
      if (can === undefined || grants[can].to === 'anyone') return [];
      const { to, scope } = grants[can];
      const people: Array<Record<string, string[]>> = [{ accessToken: [] }, { sessionCookie: [] }];
      // Which scope is said in words: lists of them are OAuth's and OpenID's, and tools know no others.
      return to === 'caller' && scope !== null ? [...people, { apiKey: [] }] : people;
    },
    errors: errorsOf,
    problemSchema: Problem,
    problemExample,
    responseHeaders,
    requestHeaders,
  };
}

function withWords(document: OpenApiDocument): OpenApiDocument {
  sayWhatIsDeclared(document);
  nameIds(document);
  return document;
}
