import type { ForeignClient } from './foreign-client.js';
import { createClient, createConfig } from './generated/hey-api/client/index.js';
import * as sdk from './generated/hey-api/index.js';

/** The answer, where it is no refusal. */
function answered<Data>({ data, error }: { data?: Data; error?: unknown }): Data {
  if (data === undefined) throw new Error(`Refused: ${JSON.stringify(error)}`);
  return data;
}

export function open(baseUrl: string): ForeignClient {
  let token: string | undefined;
  const client = createClient(
    createConfig({ baseUrl, auth: ({ scheme }) => (scheme === 'bearer' ? token : undefined) }),
  );
  return {
    async signIn(email, password) {
      token = answered(await sdk.authLogin({ client, body: { email, password } })).accessToken;
    },
    async create(body, key) {
      return answered(await sdk.promptsCreate({ client, body, headers: { 'Idempotency-Key': key } }));
    },
    async list(query) {
      const { items, nextCursor } = answered(await sdk.promptsList({ client, query }));
      return { titles: items.map(({ title }) => title), next: nextCursor };
    },
    async get(id) {
      const { data, error, response } = await sdk.promptsGet({ client, path: { id } });
      return { ...answered({ data, error }), etag: response?.headers.get('etag') ?? null };
    },
    async update(id, content, ifMatch) {
      const headers = { 'If-Match': ifMatch };
      return answered(await sdk.promptsUpdate({ client, path: { id }, headers, body: { content } })).version;
    },
    async conflict(id, content, baseVersion) {
      const { error } = await sdk.promptsUpdate({ client, path: { id }, body: { content, baseVersion } });
      if (error?.code !== 'prompt.version_conflict') throw new Error(`No conflict: ${error?.code}`);
      return { version: error.latest.version, handle: error.latest.author.handle };
    },
    async stale(id, content, ifMatch) {
      const headers = { 'If-Match': ifMatch };
      const { error } = await sdk.promptsUpdate({ client, path: { id }, headers, body: { content } });
      if (error?.code !== 'request.precondition_failed') throw new Error(`Not stale: ${error?.code}`);
      return error.code;
    },
    async faults(title) {
      const { error } = await sdk.promptsCreate({ client, body: { title, content: 'Of no use.' } });
      return error?.errors.map(({ path }) => path) ?? [];
    },
    async exported() {
      return answered(await sdk.transferExport({ client, query: { scope: 'mine' }, parseAs: 'text' }));
    },
    async imported(body) {
      return answered(await sdk.transferImport({ client, body, parseAs: 'text' }));
    },
    async createGroup(name) {
      return answered(await sdk.groupsCreate({ client, body: { name } })).id;
    },
    async addToGroup(id, promptId) {
      answered(await sdk.groupsAddPrompt({ client, path: { id }, body: { promptId } }));
      const { prompts } = answered(await sdk.groupsGet({ client, path: { id } }));
      return prompts.map(({ prompt }) => prompt.title);
    },
    async delete(id, ifMatch) {
      const { error } = await sdk.promptsDelete({ client, path: { id }, headers: { 'If-Match': ifMatch } });
      if (error !== undefined) throw new Error(`Refused: ${error.code}`);
    },
    async restore(id) {
      return answered(await sdk.promptsRestore({ client, path: { id } })).title;
    },
  };
}
