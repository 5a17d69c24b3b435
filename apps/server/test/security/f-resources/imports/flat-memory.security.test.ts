import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { givenPerson } from '@promptory/api/testing';
import { givenApp } from '../../../harness/boot.ts';
import { watchProcess } from '../../../harness/watch-process.ts';
import { proves } from '../../harness/proof.ts';
import { FILE_BYTES, type FileShape, fileShapes, piecesOf } from './file-shapes.ts';

const server = await givenApp();
const MEBIBYTE = 1_048_576;
/** What the process may grow by while a file is read, garbage that is still to be collected and the sender included. */
const FLAT = 150 * MEBIBYTE;

interface Sent {
  readonly status: number;
  readonly end: string;
}

/** Sends a file for as long as it is taken. */
const send = (url: string, headers: Readonly<Record<string, string>>, shape: FileShape): Promise<Sent> =>
  new Promise((resolve, reject) => {
    let isAnswered = false;
    const req = request(url, { method: 'POST', headers: { ...headers, 'content-type': shape.type } }, (response) => {
      isAnswered = true;
      text(response).then(
        (all) => resolve({ status: response.statusCode ?? 0, end: all.slice(-400) }),
        () => resolve({ status: response.statusCode ?? 0, end: 'cut off' }),
      );
    });
    req.on('error', (error) => {
      // Who writes on after a refusal is cut off in the end.
      if (!isAnswered) reject(error);
    });
    Readable.from(piecesOf(shape)).pipe(req);
  });

proves(
  'F8',
  'a file of 16 MiB of any shape is read or refused in flat memory, and lets others have their turn',
  async (proof) => {
    const url = `${await server.url()}/prompts/import`;
    const headers = await server.as.person(await givenPerson(server.services));
    const ordinary: FileShape = { what: 'a first file', type: 'text/csv', start: 'title,content\n', unit: 'a,\n' };
    await send(url, headers, ordinary);
    const usual = { method: 'POST', headers: { ...headers, 'content-type': 'text/csv' }, body: 'title,content\nA,a\n' };
    const made = await (await fetch(url, usual)).text();
    proof.works(made.includes('"created":1'), () => `a file as people have them: ${made}`);
    let [most, longest] = [0, 0];
    for (const shape of proof.sample(fileShapes, 6)) {
      const watched = watchProcess();
      const { status, end } = await send(url, headers, shape);
      const { grown, turn } = watched.stop();
      const what = `${shape.what} as ${shape.type}`;
      most = Math.max(most, grown);
      longest = Math.max(longest, turn);
      // Refused before the answer began, or at its end; or read to an end at which nothing was made.
      const isReported =
        status === 400 || status === 413 || (status === 200 && /import\.unreadable|too_large|"created":0/.test(end));
      proof.check(isReported, () => `${what}: ${status} ${end}`);
      if (grown > FLAT) proof.deviation(`${what}: memory grew by ${Math.round(grown / MEBIBYTE)} MB`);
      // Of the processor, without another's turn between; the sender and the machine's other work included.
      if (turn > proof.longestTurnMs) proof.deviation(`${what}: a turn of ${Math.round(turn)} ms`);
    }
    proof.remark(
      `grew by ${Math.round(most / MEBIBYTE)} MB at the most for files of ${FILE_BYTES / MEBIBYTE} MiB; longest turn ${Math.round(longest)} ms`,
    );
  },
);
