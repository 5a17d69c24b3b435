import type { World } from '../harness/given-world.ts';

type Body = Readonly<Record<string, unknown>>;

export interface Sent {
  /** Of the address, in place of the ids of the world. */
  readonly path?: string;
  readonly query?: string;
  readonly body?: Body;
}

export interface Endpoint {
  /** Method and path. */
  readonly name: string;
  readonly path: (world: World) => string;
  readonly good: (world: World) => Sent;
  readonly status: number;
  readonly location?: RegExp;
  readonly etag?: true;
  readonly bad: Sent & { readonly faults: readonly string[] };
  /** What a stranger gets: an error, or a view of their own; `open` where nobody needs to sign in. */
  readonly stranger: 'open' | 'own view' | readonly [status: number, code: string];
}

const hidden = {
  prompt: [404, 'prompt.not_found'],
  group: [404, 'group.not_found'],
} as const;

const UUID = '[0-9a-f-]{36}';
const PASSWORD = 'another password';

/** Twenty-three endpoints by method and path, tried one by one. */
export const endpoints: readonly Endpoint[] = [
  {
    name: 'POST /auth/register',
    path: () => '/auth/register',
    good: ({ mark }) => ({ body: { email: `zoe-${mark}@example.com`, password: PASSWORD, name: 'Zoe' } }),
    status: 201,
    location: /^\/users\/me$/,
    bad: { body: { email: 'x', password: 1, role: 'admin' }, faults: ['email', 'name', 'password', 'role'] },
    stranger: 'open',
  },
  {
    name: 'POST /auth/login',
    path: () => '/auth/login',
    good: ({ people, password }) => ({ body: { email: people.alice.email, password } }),
    status: 200,
    bad: { body: { email: 5 }, faults: ['email', 'password'] },
    stranger: 'open',
  },
  {
    name: 'POST /auth/forgot-password',
    path: () => '/auth/forgot-password',
    good: ({ people }) => ({ body: { email: people.alice.email } }),
    status: 202,
    bad: { body: {}, faults: ['email'] },
    stranger: 'open',
  },
  {
    name: 'POST /auth/reset-password',
    path: () => '/auth/reset-password',
    good: ({ resetToken }) => ({ body: { token: resetToken, password: PASSWORD } }),
    status: 204,
    bad: { body: { token: '' }, faults: ['password', 'token'] },
    stranger: 'open',
  },
  {
    name: 'GET /prompts',
    path: () => '/prompts',
    good: () => ({ query: '?q=shared&tag=useful&isTemplate=true&sort=title&limit=5' }),
    status: 200,
    bad: { query: '?limit=0&sort=best&colour=red', faults: ['colour', 'limit', 'sort'] },
    stranger: 'own view',
  },
  {
    name: 'GET /prompts/:id',
    path: (w) => `/prompts/${w.shared}`,
    good: () => ({}),
    status: 200,
    etag: true,
    bad: { path: '/prompts/1', faults: ['id'] },
    stranger: hidden.prompt,
  },
  {
    name: 'POST /prompts',
    path: () => '/prompts',
    good: () => ({ body: { title: 'Greeting', content: 'Hello {{ name }}', category: 'Social', tags: ['Warm'] } }),
    status: 201,
    location: new RegExp(`^/prompts/${UUID}$`),
    bad: { body: { content: 1, tags: ['', 'fine'], version: 7 }, faults: ['content', 'tags.0', 'title', 'version'] },
    stranger: 'own view',
  },
  {
    name: 'PUT /prompts/:id',
    path: (w) => `/prompts/${w.shared}`,
    good: () => ({ body: { content: 'Changed {{ topic }}', description: 'Better' } }),
    status: 200,
    bad: { body: { visibility: 'secret', config: [] }, faults: ['config', 'visibility'] },
    stranger: hidden.prompt,
  },
  {
    name: 'DELETE /prompts/:id',
    path: (w) => `/prompts/${w.shared}`,
    good: () => ({}),
    status: 204,
    bad: { query: '?force=true', faults: ['force'] },
    stranger: hidden.prompt,
  },
  {
    name: 'GET /prompts/templates',
    path: () => '/prompts/templates',
    good: () => ({}),
    status: 200,
    bad: { query: '?limit=ten', faults: ['limit'] },
    stranger: 'own view',
  },
  {
    name: 'GET /groups',
    path: () => '/groups',
    good: () => ({ query: '?role=owner' }),
    status: 200,
    bad: { query: '?role=boss', faults: ['role'] },
    stranger: 'own view',
  },
  {
    name: 'GET /groups/:id',
    path: (w) => `/groups/${w.group}`,
    good: () => ({}),
    status: 200,
    etag: true,
    bad: { path: '/groups/mine', faults: ['id'] },
    stranger: hidden.group,
  },
  {
    name: 'POST /groups',
    path: () => '/groups',
    good: () => ({ body: { name: 'Friends', description: 'Of mine' } }),
    status: 201,
    location: new RegExp(`^/groups/${UUID}$`),
    bad: { body: { name: ' ' }, faults: ['name'] },
    stranger: 'own view',
  },
  {
    name: 'PUT /groups/:id',
    path: (w) => `/groups/${w.group}`,
    good: () => ({ body: { name: 'Renamed' } }),
    status: 200,
    bad: { body: { name: 'two\nlines', userId: 'x' }, faults: ['name', 'userId'] },
    stranger: hidden.group,
  },
  {
    name: 'DELETE /groups/:id',
    path: (w) => `/groups/${w.group}`,
    good: () => ({}),
    status: 204,
    bad: { path: '/groups/0', faults: ['id'] },
    stranger: hidden.group,
  },
  {
    name: 'POST /groups/:id/prompts',
    path: (w) => `/groups/${w.group}/prompts`,
    good: (w) => ({ body: { promptId: w.published, position: 0 } }),
    status: 201,
    location: new RegExp(`^/groups/${UUID}$`),
    bad: { body: { position: -1 }, faults: ['position', 'promptId'] },
    stranger: hidden.group,
  },
  {
    name: 'DELETE /groups/:id/prompts/:promptId',
    path: (w) => `/groups/${w.group}/prompts/${w.second}`,
    good: () => ({}),
    status: 204,
    bad: { path: '/groups/0/prompts/1', faults: ['id', 'promptId'] },
    stranger: hidden.group,
  },
  {
    name: 'PUT /groups/:id/reorder',
    path: (w) => `/groups/${w.group}/reorder`,
    good: (w) => ({ body: { promptIds: [w.second, w.shared] } }),
    status: 200,
    bad: { body: { promptIds: ['first'] }, faults: ['promptIds.0'] },
    stranger: hidden.group,
  },
  {
    name: 'GET /users/me',
    path: () => '/users/me',
    good: () => ({}),
    status: 200,
    etag: true,
    bad: { query: '?id=1', faults: ['id'] },
    stranger: 'own view',
  },
  {
    name: 'PUT /users/me',
    path: () => '/users/me',
    good: () => ({ body: { name: 'Alice Liddell', avatarUrl: 'https://example.com/alice.png' } }),
    status: 200,
    bad: { body: { avatarUrl: 'javascript:alert(1)', role: 'admin' }, faults: ['avatarUrl', 'role'] },
    stranger: 'own view',
  },
  {
    name: 'GET /users/favorites',
    path: () => '/users/favorites',
    good: () => ({}),
    status: 200,
    bad: { query: '?limit=101', faults: ['limit'] },
    stranger: 'own view',
  },
  {
    name: 'POST /users/favorites/:promptId',
    path: (w) => `/users/favorites/${w.shared}`,
    good: () => ({}),
    status: 200,
    bad: { path: '/users/favorites/best', faults: ['promptId'] },
    stranger: hidden.prompt,
  },
  {
    name: 'DELETE /users/favorites/:promptId',
    path: (w) => `/users/favorites/${w.second}`,
    good: () => ({}),
    status: 204,
    bad: { path: '/users/favorites/best', faults: ['promptId'] },
    stranger: hidden.prompt,
  },
];
