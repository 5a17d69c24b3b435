import type { ForeignClient } from './foreign-client.js';
import { Api, type HttpResponse } from './generated/swagger-typescript-api.js';

/** It throws the whole answer of a refusal, whose `error` has the type that the call declares. */
async function refusalOf<Data, Refusal>(call: Promise<HttpResponse<Data, Refusal>>): Promise<Refusal> {
  const answer = await call.catch((thrown: HttpResponse<Data, Refusal>) => thrown);
  if (answer.ok) throw new Error('The call was not refused.');
  return answer.error;
}

export function open(baseUrl: string): ForeignClient {
  const { auth, prompts, groups, setSecurityData } = new Api<string>({
    baseUrl,
    securityWorker: (token) => (token === null ? undefined : { headers: { authorization: `Bearer ${token}` } }),
  });
  return {
    async signIn(email, password) {
      setSecurityData((await auth.authLogin({ email, password })).data.accessToken);
    },
    async create(prompt, key) {
      return (await prompts.promptsCreate(prompt, { headers: { 'Idempotency-Key': key } })).data;
    },
    async list(filters) {
      const { items, nextCursor } = (await prompts.promptsList(filters)).data;
      return { titles: items.map(({ title }) => title), next: nextCursor };
    },
    async get(id) {
      const { data, headers } = await prompts.promptsGet(id);
      return { ...data, etag: headers.get('etag') };
    },
    async update(id, content, ifMatch) {
      return (await prompts.promptsUpdate(id, { content }, { headers: { 'If-Match': ifMatch } })).data.version;
    },
    async conflict(id, content, baseVersion) {
      const error = await refusalOf(prompts.promptsUpdate(id, { content, baseVersion }));
      if (error.code !== 'prompt.version_conflict') throw new Error(`No conflict: ${error.code}`);
      return { version: error.latest.version, handle: error.latest.author.handle };
    },
    async stale(id, content, ifMatch) {
      const error = await refusalOf(prompts.promptsUpdate(id, { content }, { headers: { 'If-Match': ifMatch } }));
      if (error.code !== 'request.precondition_failed') throw new Error(`Not stale: ${error.code}`);
      return error.code;
    },
    async faults(title) {
      return (await refusalOf(prompts.promptsCreate({ title, content: 'Of no use.' }))).errors.map(({ path }) => path);
    },
    async exported() {
      return (await prompts.transferExport({ scope: 'mine' }, { format: 'text' })).data;
    },
    async imported(given) {
      return (await prompts.transferImport(given, {}, { format: 'text' })).data;
    },
    async createGroup(name) {
      return (await groups.groupsCreate({ name })).data.id;
    },
    async addToGroup(groupId, promptId) {
      await groups.groupsAddPrompt(groupId, { promptId });
      return (await groups.groupsGet(groupId)).data.prompts.map(({ prompt }) => prompt.title);
    },
    async delete(id, ifMatch) {
      await prompts.promptsDelete(id, { headers: { 'If-Match': ifMatch } });
    },
    async restore(id) {
      return (await prompts.promptsRestore(id)).data.title;
    },
  };
}
