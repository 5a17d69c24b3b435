import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Case, cases } from './cases.ts';
import { startContender } from './contender.ts';
import { bytesOf, load, requestOnce } from './load.ts';
import type { Stack } from './stacks.ts';

/** What a V8 CPU profile says, as far as it is read here; times in microseconds. */
interface Profile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

const SECONDS = 5;
const TOP = 25;

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
    const server = await startContender(contender, { nodeOptions: ['--cpu-prof', `--cpu-prof-dir=${folder}`] });
    const bytes = bytesOf(request, server.port);
    const answer = await requestOnce(server.port, bytes);
    const options = { connections: 20, milliseconds: SECONDS * 1000 };
    await load(server.port, bytes, answer.bytes, options);
    const { requests } = await load(server.port, bytes, answer.bytes, options);
    await server.stop();
    const [file = ''] = await readdir(folder);
    print(selfTimes(JSON.parse(await readFile(join(folder, file), 'utf8')) as Profile), requests);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Microseconds by function, of the last seconds only: what came before was start and warm-up. */
function selfTimes({ nodes, samples, timeDeltas }: Profile): Map<string, number> {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]));
  const times = new Map<string, number>();
  let left = SECONDS * 1e6;
  for (let index = samples.length - 1; index >= 0 && left > 0; index--) {
    const time = timeDeltas[index] ?? 0;
    const function_ = names.get(samples[index] ?? -1) ?? '';
    left -= time;
    if (function_ !== '(idle)') times.set(function_, (times.get(function_) ?? 0) + time);
  }
  return times;
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  if (url === '') return functionName || '(anonymous)';
  const file = url.replace(/^.*\/node_modules\//, '').replace(/^.*\/(packages|bench)\//, '$1/');
  return `${functionName || '(anonymous)'} ${file}:${lineNumber + 1}`;
}

function layerOf(function_: string): string {
  if (/^(?:\(garbage)/.test(function_)) return 'garbage collection';
  if (/ packages\//.test(function_)) return 'trpc-fastify';
  if (/ bench\//.test(function_)) return 'the procedures';
  if (/ @trpc\//.test(function_)) return '@trpc/server';
  if (/ zod\//.test(function_)) return 'zod';
  if (/ trpc-to-openapi/.test(function_)) return 'trpc-to-openapi';
  if (/ node:/.test(function_)) return 'Node';
  if (/^\S+$/.test(function_)) return 'V8 and system calls';
  return 'Fastify';
}

function print(times: Map<string, number>, requests: number): void {
  const total = [...times.values()].reduce((sum, time) => sum + time, 0);
  const layers = new Map<string, number>();
  for (const [function_, time] of times) {
    const layer = layerOf(function_);
    layers.set(layer, (layers.get(layer) ?? 0) + time);
  }
  for (const table of [layers, times]) {
    const rows = [...table].sort(([, one], [, other]) => other - one).slice(0, TOP);
    for (const [label, time] of rows) {
      const share = `${((time / total) * 100).toFixed(1)} %`.padStart(7);
      process.stdout.write(`${share} ${(time / requests).toFixed(2).padStart(7)} µs  ${label}\n`);
    }
    process.stdout.write('\n');
  }
}
