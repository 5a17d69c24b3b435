import { givenCast } from '@promptory/api/testing';
import { expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';

const app = await givenApp();
const { alice } = await givenCast(app.services);
const headers = await app.as.person(alice);

const post = async (type: string, payload: string | Buffer) => {
  const url = '/prompts/import?dryRun=true';
  const { statusCode, body } = await app.call({
    method: 'POST',
    url,
    headers: { ...headers, 'content-type': type },
    payload,
  });
  return { statusCode, last: JSON.parse(body.trim().split('\n').at(-1) ?? '') };
};

const array = JSON.stringify([{ title: 'A', content: 'a' }], null, 2);
const sheet = '\u{feff}title;content;\r\nA;a;\r\n;;\r\n';

it.each([
  ['application/json', array, { format: 'json', encoding: 'utf-8' }],
  ['application/json; charset=UTF-8', array, { format: 'json', encoding: 'utf-8' }],
  ['application/jsonl', array, { format: 'json', encoding: 'utf-8' }],
  ['application/x-ndjson', array, { format: 'json', encoding: 'utf-8' }],
  ['text/csv', sheet, { format: 'csv', encoding: 'utf-8', delimiter: 'semicolon' }],
  ['text/csv', Buffer.from(sheet, 'utf16le'), { format: 'csv', encoding: 'utf-16le', delimiter: 'semicolon' }],
  [
    'text/csv; charset=utf-16',
    Buffer.from(sheet, 'utf16le').swap16(),
    { encoding: 'utf-16be', delimiter: 'semicolon' },
  ],
  ['text/vnd.promptory.spreadsheet-csv', 'title,content,guarded\n"A","\'=a",content\n', { format: 'csv', leftOut: [] }],
])('reads a file as %s', async (type, payload, file) => {
  const { statusCode, last } = await post(type, payload);
  expect(statusCode).toBe(200);
  expect(last).toMatchObject({ type: 'done', dryRun: true, rows: 1, created: 1, file });
});

it('refuses another encoding by its name, announced or not', async () => {
  const announced = await post('text/csv; charset=windows-1252', 'title,content\nA,a\n');
  expect(announced).toMatchObject({ statusCode: 415, last: { code: 'request.unsupported_media_type' } });
  expect(announced.last.detail).toMatch(/in UTF-8 or UTF-16.* says WINDOWS-1252/);
  const silent = await post('text/csv', Buffer.from('title,content\nA,Grüße aus München\n', 'latin1'));
  expect(silent).toMatchObject({ statusCode: 400, last: { code: 'import.unreadable' } });
  expect(silent.last.detail).toMatch(/not UTF-8: byte 19 \(0xFC\).* may be .*Windows-1252/);
});

it('says as what to send a file that was sent as another format, and where its prompts stand', async () => {
  const cases = [
    ['text/csv', array, /JSON and was sent as CSV: send it as application\/json\.$/],
    ['text/vnd.promptory.spreadsheet-csv', array, /JSON and was sent as CSV: send it as application\/json\.$/],
    ['application/json', sheet, /CSV and was sent as JSON: send it as text\/csv\.$/],
    ['application/x-ndjson', Buffer.from(sheet, 'utf16le'), /CSV and was sent as JSON: send it as text\/csv\.$/],
    ['application/json', `{"prompts":${array}}`, /stand in it, at "prompts"\. Send an array of the prompts alone/],
    ['application/jsonl', JSON.stringify({ prompts: JSON.parse(array) }), /stand in it, at "prompts"\. Send an array/],
    ['application/json', `{"prompts":[${`"${'a'.repeat(1_000)}",`.repeat(5_000)}]}`, /too long; an array of prompts/],
  ] as const;
  for (const [type, payload, says] of cases) {
    const { statusCode, last } = await post(type, payload);
    expect({ type, statusCode, code: last.code }).toEqual({ type, statusCode: 400, code: 'import.unreadable' });
    expect(last.detail).toMatch(says);
  }
});
