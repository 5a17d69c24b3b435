import createClient from 'openapi-fetch';
import type { ForeignClient } from './foreign-client.js';
import type { paths } from './generated/openapi-typescript.js';

/** The answer, where it is no refusal. */
function answered<Data>({ data, error }: { data?: Data; error?: unknown }): Data {
  if (data === undefined) throw new Error(`Refused: ${JSON.stringify(error)}`);
  return data;
}

export function open(baseUrl: string): ForeignClient {
  const api = createClient<paths>({ baseUrl });
  return {
    async signIn(email, password) {
      const { accessToken } = answered(await api.POST('/auth/login', { body: { email, password } }));
      api.use({
        onRequest: ({ request }) => request.headers.set('authorization', `Bearer ${accessToken}`),
      });
    },
    async create(body, key) {
      return answered(await api.POST('/prompts', { body, params: { header: { 'Idempotency-Key': key } } }));
    },
    async list(query) {
      const { items, nextCursor } = answered(await api.GET('/prompts', { params: { query } }));
      return { titles: items.map(({ title }) => title), next: nextCursor };
    },
    async get(id) {
      const { data, error, response } = await api.GET('/prompts/{id}', { params: { path: { id } } });
      return { ...answered({ data, error }), etag: response.headers.get('etag') };
    },
    async update(id, content, ifMatch) {
      const params = { path: { id }, header: { 'If-Match': ifMatch } };
      return answered(await api.PUT('/prompts/{id}', { params, body: { content } })).version;
    },
    async conflict(id, content, baseVersion) {
      const { error } = await api.PUT('/prompts/{id}', { params: { path: { id } }, body: { content, baseVersion } });
      if (error?.code !== 'prompt.version_conflict') throw new Error(`No conflict: ${error?.code}`);
      return { version: error.latest.version, handle: error.latest.author.handle };
    },
    async stale(id, content, ifMatch) {
      const params = { path: { id }, header: { 'If-Match': ifMatch } };
      const { error } = await api.PUT('/prompts/{id}', { params, body: { content } });
      if (error?.code !== 'request.precondition_failed') throw new Error(`Not stale: ${error?.code}`);
      return error.code;
    },
    async faults(title) {
      const { error } = await api.POST('/prompts', { body: { title, content: 'Of no use.' } });
      return error?.errors.map(({ path }) => path) ?? [];
    },
    async exported() {
      return answered(await api.GET('/prompts/export', { params: { query: { scope: 'mine' } }, parseAs: 'text' }));
    },
    async imported(body) {
      return answered(await api.POST('/prompts/import', { body, parseAs: 'text' }));
    },
    async createGroup(name) {
      return answered(await api.POST('/groups', { body: { name } })).id;
    },
    async addToGroup(id, promptId) {
      answered(await api.POST('/groups/{id}/prompts', { params: { path: { id } }, body: { promptId } }));
      const { prompts } = answered(await api.GET('/groups/{id}', { params: { path: { id } } }));
      return prompts.map(({ prompt }) => prompt.title);
    },
    async delete(id, ifMatch) {
      const params = { path: { id }, header: { 'If-Match': ifMatch } };
      const { error } = await api.DELETE('/prompts/{id}', { params });
      if (error !== undefined) throw new Error(`Refused: ${error.code}`);
    },
    async restore(id) {
      return answered(await api.POST('/prompts/{id}/restore', { params: { path: { id } } })).title;
    },
  };
}
