import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CpuProfile, type Layers, profileClock, profileOptions, profileText, timesOf } from '../cpu-profile.ts';
import { bytesOf, load, requestOnce } from '../transport/load.ts';
import { openCallSite } from './call-site.ts';
import { callsOf } from './measured-calls.ts';

// Where the time of a call goes: node --conditions=@promptory/source bench/calls/profile.ts "prompts.get, REST" [cached | misses]
// With `misses` it is who calls that is remembered, and other prompts are asked for by turns: of a resolve over the wire.
const LOAD = { connections: 16, milliseconds: 8_000 };
const layers: Layers = [
  ['garbage collection', /^\(garbage/],
  ['the server', / apps\/server\//],
  ['the procedures', / packages\/(?:api|schemas|template)\//],
  ['authentication', / packages\/auth\//],
  ['the database room', / packages\/db\//],
  ['trpc-fastify', / packages\/trpc-fastify\//],
  ['Kysely', / kysely\//],
  ['pg', / pg(?:-\w+)?\//],
  ['@trpc/server', / @trpc\//],
  ['zod', / zod\//],
  ['pino', / (?:pino|sonic-boom|@pinojs|fast-redact|quick-format-unescaped|safe-stable-stringify)[\w-]*\//],
  ['prom-client', / prom-client\//],
  ['limiter', / rate-limiter-flexible\//],
  ['Fastify and its plugins', / (?:fastify|@fastify|find-my-way|fast-|light-my-request|avvio|helmet)/],
  ['Node', / node:/],
  ['V8 and system calls', /^\S+$/],
];

const [, , name = 'prompts.get, REST', cached] = process.argv;
const folder = await mkdtemp(join(tmpdir(), 'promptory-profile-'));
try {
  const misses = cached === 'misses';
  const site = await openCallSite({
    nodeOptions: profileOptions(folder),
    settings: { CACHE_MEGABYTES: cached === 'cached' ? '64' : misses ? '1' : '0' },
    others: misses ? 5 : 0,
  });
  const call = callsOf(site)[name];
  let requests = 0;
  let from = 0;
  let to = 0;
  try {
    if (call === undefined) throw new Error(`Give one of: ${Object.keys(callsOf(site)).join('; ')}`);
    const { port } = call.server;
    const input = (ref: string) => `/trpc/prompts.resolve?input=${encodeURIComponent(JSON.stringify({ ref }))}`;
    const asked = misses ? site.others.map((ref) => ({ ...call.request, url: input(ref) })) : [call.request];
    const bytes = asked.map((request) => bytesOf(request, port));
    const answer = await requestOnce(port, bytes[0] as Buffer);
    await load(port, bytes, answer.bytes, LOAD);
    from = profileClock();
    ({ requests } = await load(port, bytes, answer.bytes, LOAD));
    to = profileClock();
  } finally {
    await site.close();
  }
  const [file = ''] = await readdir(folder);
  const read = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
  process.stdout.write(profileText(timesOf(read, from, to), requests, layers));
} finally {
  await rm(folder, { recursive: true });
}
