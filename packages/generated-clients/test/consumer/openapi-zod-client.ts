import { isErrorFromAlias } from '@zodios/core';
import axios from 'axios';
import type { ForeignClient } from './foreign-client.js';
import { createApiClient, api as description } from './generated/openapi-zod-client.js';

export function open(baseUrl: string): ForeignClient {
  // The document says that lists repeat their name; axios puts brackets behind it unless told so.
  const axiosInstance = axios.create({ paramsSerializer: { indexes: null } });
  let etag: string | null = null;
  axiosInstance.interceptors.response.use((answer) => {
    etag = typeof answer.headers.etag === 'string' ? answer.headers.etag : null;
    return answer;
  });
  const api = createApiClient(baseUrl, { axiosInstance });
  const thrownBy = (call: Promise<unknown>): Promise<unknown> =>
    call.then(
      () => Promise.reject(new Error('The call was not refused.')),
      (thrown: unknown) => thrown,
    );
  return {
    async signIn(email, password) {
      const { accessToken } = await api.authLogin({ email, password });
      axiosInstance.defaults.headers.common.authorization = `Bearer ${accessToken}`;
    },
    create: (prompt, key) => api.promptsCreate(prompt, { headers: { 'Idempotency-Key': key } }),
    async list(queries) {
      const { items, nextCursor } = await api.promptsList({ queries });
      return { titles: items.map(({ title }) => title), next: nextCursor };
    },
    async get(id) {
      return { ...(await api.promptsGet({ params: { id } })), etag };
    },
    async update(id, content, ifMatch) {
      return (await api.promptsUpdate({ content }, { params: { id }, headers: { 'If-Match': ifMatch } })).version;
    },
    async conflict(id, content, baseVersion) {
      const error = await thrownBy(api.promptsUpdate({ content, baseVersion }, { params: { id } }));
      if (!isErrorFromAlias(description.api, 'promptsUpdate', error) || error.response.status !== 409) throw error;
      const { data } = error.response;
      if (data.code !== 'prompt.version_conflict') throw error;
      return { version: data.latest.version, handle: data.latest.author.handle };
    },
    async stale(id, content, ifMatch) {
      const error = await thrownBy(
        api.promptsUpdate({ content }, { params: { id }, headers: { 'If-Match': ifMatch } }),
      );
      if (!isErrorFromAlias(description.api, 'promptsUpdate', error) || error.response.status !== 412) throw error;
      return error.response.data.code;
    },
    async faults(title) {
      // It checks what it sends by the document, so that a wrong input never leaves.
      const error = await thrownBy(
        createApiClient(baseUrl, { axiosInstance, validate: false }).promptsCreate({ title, content: 'Of no use.' }),
      );
      if (!isErrorFromAlias(description.api, 'promptsCreate', error) || error.response.status !== 400) throw error;
      return error.response.data.errors.map(({ path }) => path);
    },
    exported: () => api.transferExport({ queries: { scope: 'mine' }, responseType: 'text' }),
    imported: (prompts) => api.transferImport(prompts, { responseType: 'text' }),
    async createGroup(name) {
      return (await api.groupsCreate({ name })).id;
    },
    async addToGroup(id, promptId) {
      await api.groupsAddPrompt({ promptId }, { params: { id } });
      return (await api.groupsGet({ params: { id } })).prompts.map(({ prompt }) => prompt.title);
    },
    async delete(id, ifMatch) {
      await api.promptsDelete(undefined, { params: { id }, headers: { 'If-Match': ifMatch } });
    },
    async restore(id) {
      return (await api.promptsRestore(undefined, { params: { id } })).title;
    },
  };
}
