import { address } from './address.js';
import type { ForeignClient } from './foreign-client.js';
import * as api from './generated/orval.js';

const refused = (answer: { status: number; data?: unknown }): Error =>
  new Error(`Refused: ${answer.status} ${JSON.stringify(answer.data)}`);

export function open(baseUrl: string): ForeignClient {
  address.url = baseUrl;
  const headers: Record<string, string> = {};
  return {
    async signIn(email, password) {
      const answer = await api.authLogin({ email, password });
      if (answer.status !== 200) throw refused(answer);
      headers.authorization = `Bearer ${answer.data.accessToken}`;
    },
    async create(prompt, key) {
      const answer = await api.promptsCreate(prompt, { headers: { ...headers, 'Idempotency-Key': key } });
      if (answer.status !== 201) throw refused(answer);
      return answer.data;
    },
    async list(filters) {
      const answer = await api.promptsList(filters, { headers });
      if (answer.status !== 200) throw refused(answer);
      return { titles: answer.data.items.map(({ title }) => title), next: answer.data.nextCursor };
    },
    async get(id) {
      const answer = await api.promptsGet(id, { headers });
      if (answer.status !== 200) throw refused(answer);
      return { ...answer.data, etag: answer.headers.get('etag') };
    },
    async update(id, content, ifMatch) {
      const answer = await api.promptsUpdate(id, { content }, { headers: { ...headers, 'If-Match': ifMatch } });
      if (answer.status !== 200) throw refused(answer);
      return answer.data.version;
    },
    async conflict(id, content, baseVersion) {
      const answer = await api.promptsUpdate(id, { content, baseVersion }, { headers });
      if (answer.status !== 409 || answer.data.code !== 'prompt.version_conflict') throw refused(answer);
      return { version: answer.data.latest.version, handle: answer.data.latest.author.handle };
    },
    async stale(id, content, ifMatch) {
      const answer = await api.promptsUpdate(id, { content }, { headers: { ...headers, 'If-Match': ifMatch } });
      if (answer.status !== 412) throw refused(answer);
      return answer.data.code;
    },
    async faults(title) {
      const answer = await api.promptsCreate({ title, content: 'Of no use.' }, { headers });
      if (answer.status !== 400) throw refused(answer);
      return answer.data.errors.map(({ path }) => path);
    },
    async exported() {
      const answer = await api.transferExport({ scope: 'mine' }, { headers });
      if (answer.status !== 200 || !('stream' in answer)) throw refused(answer);
      return answer.stream.text();
    },
    async imported(prompts) {
      // Of a body that may be of several types it sends none by itself.
      const options = { headers: { ...headers, 'content-type': 'application/json' } };
      const answer = await api.transferImport(prompts, {}, options);
      if (answer.status !== 200) throw refused(answer);
      return answer.stream.text();
    },
    async createGroup(name) {
      const answer = await api.groupsCreate({ name }, { headers });
      if (answer.status !== 201) throw refused(answer);
      return answer.data.id;
    },
    async addToGroup(groupId, promptId) {
      const added = await api.groupsAddPrompt(groupId, { promptId }, { headers });
      if (added.status !== 201) throw refused(added);
      const answer = await api.groupsGet(groupId, {}, { headers });
      if (answer.status !== 200) throw refused(answer);
      return answer.data.prompts.map(({ prompt }) => prompt.title);
    },
    async delete(id, ifMatch) {
      const answer = await api.promptsDelete(id, { headers: { ...headers, 'If-Match': ifMatch } });
      if (answer.status !== 204) throw refused(answer);
    },
    async restore(id) {
      const answer = await api.promptsRestore(id, { headers });
      if (answer.status !== 200) throw refused(answer);
      return answer.data.title;
    },
  };
}
