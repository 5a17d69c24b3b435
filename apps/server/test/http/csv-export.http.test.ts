import { givenPerson } from '@promptory/api/testing';
import { expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';

const server = await givenApp();

const SPREADSHEET = 'text/vnd.promptory.spreadsheet-csv';

it('gives a CSV as it stands, or one for spreadsheets where Accept asks for it, and imports both as the same', async () => {
  const alice = await givenPerson(server.services, { handle: 'alice' });
  const headers = await server.as.person(alice);
  const payload = { title: '=HYPERLINK("http://x")', content: '---\nname: x\n---\n@you', slug: 'formula' };
  await server.call({ method: 'POST', url: '/prompts', headers, payload });
  const exported = async (accept: string) => {
    const answer = await server.call({ url: '/prompts/export', headers: { ...headers, accept } });
    expect(answer.headers['content-type']).toContain(accept);
    return answer.body;
  };
  const plain = await exported('text/csv');
  const guarded = await exported(SPREADSHEET);
  expect(plain).toContain('formula,"=HYPERLINK(""http://x"")","---\nname');
  expect(guarded).toContain(`formula,"'=HYPERLINK(""http://x"")","'---\nname`);
  for (const file of [plain, guarded]) {
    const url = '/prompts/import';
    const answer = await server.call({
      method: 'POST',
      url,
      headers: { ...headers, 'content-type': 'text/csv' },
      payload: file,
    });
    expect(answer.body).toContain('"unchanged":1');
  }
});
