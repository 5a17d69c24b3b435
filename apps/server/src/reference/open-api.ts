import { appRouter, errorKinds, grants, type Meta } from '@promptory/api/server';
import { ErrorCode, Problem } from '@promptory/schemas';
import { type OpenApiDocument, openApiDocument, type RestProcedure } from '@promptory/trpc-fastify';

const always: readonly ErrorCode[] = [
  'request.invalid',
  'request.malformed',
  'limit.exceeded',
  'server.busy',
  'server.unavailable',
  'server.internal',
];
const withBody: readonly ErrorCode[] = ['request.too_large', 'request.unsupported_media_type'];
const signedIn: readonly ErrorCode[] = ['auth.required', 'auth.invalid_token'];
const ofKeys: readonly ErrorCode[] = ['auth.scope_missing', 'auth.forbidden'];

/** Codes of the area that a procedure works in: what it reads can be missing, what it changes can be refused. */
function ofArea(procedure: RestProcedure): ErrorCode[] {
  const { method, path } = procedure.rest;
  const area =
    path.startsWith('/prompts') || path.startsWith('/users/favorites/')
      ? 'prompt.'
      : path.startsWith('/groups')
        ? 'group.'
        : null;
  if (area === null) return [];
  const codes = ErrorCode.options.filter((code) => code.startsWith(area));
  if (!path.includes('{')) return method === 'POST' ? codes.filter((code) => errorKinds[code].status === 409) : [];
  return method === 'GET' ? codes.filter((code) => errorKinds[code].status === 404) : codes;
}

function errorsOf({ can }: Meta, procedure: RestProcedure) {
  const { method } = procedure.rest;
  const codes = new Set<ErrorCode>([...always, ...ofArea(procedure)]);
  if (method !== 'GET' && method !== 'DELETE') for (const code of withBody) codes.add(code);
  if (can !== undefined && grants[can].to !== 'anyone') {
    for (const code of [...signedIn, ...ofKeys]) codes.add(code);
    if (grants[can].to !== 'caller') codes.add('auth.session_required');
  } else {
    for (const code of ErrorCode.options) if (code.startsWith('auth.') && !ofKeys.includes(code)) codes.add(code);
  }
  if (procedure.rest.body !== undefined) codes.add('import.unreadable');
  return ErrorCode.options
    .filter((code) => codes.has(code))
    .map((code) => ({ status: errorKinds[code].status, code, description: errorKinds[code].message }));
}

const tags = [
  { name: 'Accounts', description: 'Registering, signing in, sessions, passwords and addresses.' },
  { name: 'Users', description: "The caller's own account and preferences." },
  { name: 'Prompts', description: 'Prompts, their search, their bin, import and export.' },
  { name: 'Versions', description: 'The history of a prompt: every change of its content.' },
  { name: 'Categories and tags', description: 'What the readable prompts are filed under.' },
  { name: 'Groups', description: 'Ordered, shareable collections of prompts, their members and invitations.' },
  { name: 'Favorites', description: 'Prompts that the caller has marked.' },
  { name: 'Library', description: 'What the caller owns, has marked or was given; and what it has used.' },
  { name: 'API keys', description: 'Keys for programs, with scopes.' },
  { name: 'Administration', description: 'For administrators.' },
];

/** The OpenAPI 3.1 document of the whole product. */
export function openApi(serverUrl = '/'): OpenApiDocument {
  return openApiDocument<Meta>(appRouter, {
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
      sessionCookie: { type: 'apiKey', in: 'cookie', name: '__Host-promptory', description: 'A browser session.' },
    },
    security: ({ can }) => {
      if (can === undefined || grants[can].to === 'anyone') return [];
      const { to, scope } = grants[can];
      const people: Array<Record<string, string[]>> = [{ accessToken: [] }, { sessionCookie: [] }];
      return to === 'caller' && scope !== null ? [...people, { apiKey: [scope] }] : people;
    },
    errors: errorsOf,
    problemSchema: Problem,
  });
}
