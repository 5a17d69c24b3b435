import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { givenPerson } from '@promptory/api/testing';
import { givenApp } from '../../../harness/boot.ts';
import { watchProcess } from '../../../harness/watch-process.ts';
import { proves } from '../../harness/proof.ts';
import { fileOf, fileSets, MOST_BYTES } from './file-sets.ts';

const PIECE = 65_536;
const server = await givenApp();

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** Sends a file by a socket, which hands it on in pieces. */
function send(url: string, headers: Readonly<Record<string, string>>, file: string): Promise<Answer> {
  const bytes = Buffer.from(file);
  const pieces = Array.from({ length: Math.ceil(bytes.length / PIECE) }, (_, at) =>
    bytes.subarray(at * PIECE, (at + 1) * PIECE),
  );
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: 'POST', headers }, (answer) => {
      text(answer).then((body) => resolve({ status: answer.statusCode ?? 0, body }), reject);
    });
    sent.once('error', reject);
    Readable.from(pieces).pipe(sent);
  });
}

proves(
  'F3',
  'files that are read whole hold the loop for no 100 ms, a thousand of them too, whatever their shape',
  async (proof) => {
    const part = proof.sharesMachine ? 0.1 : 1;
    const headers = await server.as.person(await givenPerson(server.services));
    const url = `${await server.url()}/prompts/import?dryRun=true`;
    const imported = (file: string, type = 'text/plain') => send(url, { ...headers, 'content-type': type }, file);
    const usual = await imported(fileOf('hello.prompt', 'Hello {{name}}'));
    proof.works(usual.body.includes('"created":1'), () => `a file as people have them: ${usual.body.slice(-300)}`);
    let longest = 0;
    for (const { what, type, body, said } of proof.sample(fileSets, 4)) {
      const payload = body(part);
      if (payload.length > MOST_BYTES) throw new Error(`${what}: ${payload.length} bytes are more than an import has.`);
      const watched = watchProcess();
      const answer = await imported(payload, type);
      const { turn } = watched.stop();
      longest = Math.max(longest, turn);
      const isSaid = said.test(answer.body) && answer.status < 500;
      proof.check(isSaid, () => `${what}: ${answer.status} ${answer.body.slice(-400)}`);
      proof.check(turn <= proof.longestTurnMs, () => `${what}: a turn of ${Math.round(turn)} ms`);
    }
    proof.remark(`longest turn ${Math.round(longest)} ms`);
  },
  { timeout: 900_000 },
);
