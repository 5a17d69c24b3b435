import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type CpuProfile, type Layers, profileClock, profileOptions, profileText, timesOf } from '../cpu-profile.ts';
import { type Case, cases } from './cases.ts';
import { startContender } from './contender.ts';
import { bytesOf, load, requestOnce } from './load.ts';
import type { Stack } from './stacks.ts';

const SECONDS = 5;
const layers: Layers = [
  ['garbage collection', /^\(garbage/],
  ['trpc-fastify', / packages\//],
  ['the procedures', / bench\//],
  ['@trpc/server', / @trpc\//],
  ['zod', / zod\//],
  ['trpc-to-openapi', / trpc-to-openapi/],
  ['Node', / node:/],
  ['V8 and system calls', /^\S+$/],
  ['Fastify', /./],
];

// Where the time of a contender goes: node --conditions=@promptory/source bench/transport/profile.ts "REST GET" ours
const [, , name = 'no-op query', stack = 'ours'] = process.argv;
const chosen: Case | undefined = Object.hasOwn(cases, name) ? cases[name as keyof typeof cases] : undefined;
if (chosen?.stacks.includes(stack as Stack)) await profile(chosen, stack as Stack);
else {
  const known = Object.entries(cases).map(([one, { stacks }]) => `  ${one}: ${stacks.join(', ')}\n`);
  process.stderr.write(`Give a case and one of its stacks:\n${known.join('')}`);
  process.exitCode = 1;
}

async function profile({ request }: Case, contender: Stack): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-profile-'));
  try {
    const server = await startContender(contender, { nodeOptions: profileOptions(folder) });
    const bytes = bytesOf(request, server.port);
    const answer = await requestOnce(server.port, bytes);
    const options = { connections: 20, milliseconds: SECONDS * 1000 };
    await load(server.port, bytes, answer.bytes, options);
    const from = profileClock();
    const { requests } = await load(server.port, bytes, answer.bytes, options);
    const to = profileClock();
    await server.stop();
    const [file = ''] = await readdir(folder);
    const read = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile;
    process.stdout.write(profileText(timesOf(read, from, to), requests, layers));
  } finally {
    await rm(folder, { recursive: true });
  }
}
