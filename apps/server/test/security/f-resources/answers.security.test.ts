import type { LightMyRequestResponse } from 'fastify';
import { type Outcome, type Row, rows } from '../../contract/access-matrix.rows.ts';
import { type BootedApp, bootApp } from '../../harness/boot.ts';
import type { World } from '../../harness/given-world.ts';
import { endpointOf, type Headers, type Input, procedures, requestOf } from '../../harness/transports.ts';
import type { KnownCaller } from '../../harness/world-callers.ts';
import { type Proof, proves } from '../harness/proof.ts';
import { givenFullWorld, givenLargeWorld } from './largest-world.ts';

const ANSWER_BYTES = 2 * 1024 * 1024;
const BATCH_BYTES = 8 * 1024 * 1024;
const BATCH = 20;
/** What stands around the one call of a tRPC request. */
const ENVELOPE = 100;

const bytesOf = ({ rawPayload }: LightMyRequestResponse): number => rawPayload.byteLength;

async function booted(attack: (server: BootedApp) => Promise<void>): Promise<void> {
  const server = await bootApp();
  try {
    await attack(server);
  } finally {
    await server.close();
  }
}

/** One request that calls a procedure with each of these inputs. */
const batchOf = (path: string, inputs: readonly Input[], headers: Headers) => {
  const url = `/trpc/${inputs.map(() => path).join(',')}?batch=1`;
  const payload = Object.fromEntries(inputs.map((input, index) => [index, input]));
  return endpointOf(path).type === 'mutation'
    ? ({ method: 'POST', url, headers, payload } as const)
    : ({ url: `${url}&input=${encodeURIComponent(JSON.stringify(payload))}`, headers } as const);
};

interface Element {
  readonly result?: unknown;
  readonly error?: { readonly data: { readonly code: string } };
}

interface Listed {
  readonly id?: string;
  readonly position?: number;
  readonly prompt?: { readonly id: string };
}

const itemsIn = (response: LightMyRequestResponse): readonly Listed[] => {
  const answer: { readonly items?: readonly Listed[]; readonly prompts?: readonly Listed[] } = response.json();
  return answer.items ?? answer.prompts ?? [];
};

const idsIn = (response: LightMyRequestResponse): string[] =>
  itemsIn(response).map(({ id, prompt }) => prompt?.id ?? id ?? '');

/** Where the next page of a group has to begin. */
const positionAfter = (response: LightMyRequestResponse): number => (itemsIn(response).at(-1)?.position ?? -1) + 1;

const codesIn = ({ body }: LightMyRequestResponse): string[] =>
  JSON.parse(body).map(({ error }: Element) => error?.data.code ?? 'ok');

// Inputs that meet the largest of what there is.
const inputs: Readonly<Record<string, (world: World) => Input>> = {
  'prompts.update': (world) => ({ id: world.second, title: 'Changed' }),
  'prompts.renderRef': ({ people }) => ({ ref: `${people.alice.handle}/shared#1`, lenient: true }),
  'versions.get': (world) => ({ id: world.shared, version: 3 }),
  'versions.restore': (world) => ({ id: world.second, version: 3 }),
  'groups.reorder': (world) => ({ id: world.group, promptId: world.second, before: world.shared }),
};

const callers: readonly KnownCaller[] = ['owner', 'editor', 'admin'];

/** Who is let in by a row: the first that is. */
const callerOf = ({ expected }: Row): KnownCaller | undefined =>
  expected === 'anyone' ? 'owner' : callers.find((caller) => (expected[caller] as Outcome) === 'ok');

interface Walked {
  readonly path: string;
  readonly row: Row;
  readonly caller: KnownCaller;
  /** The whole world for what reads; what changes it has a smaller one of its own for each call. */
  world(): Promise<World>;
}

function inputFor({ path, row }: Walked, world: World): Input {
  const input = inputs[path]?.(world) ?? row.input(world);
  const { inputs: schema } = endpointOf(path);
  return 'limit' in Object(Reflect.get(Object(schema), 'shape')) ? { ...input, limit: 100 } : input;
}

async function walkProcedure(server: BootedApp, proof: Proof, walked: Walked): Promise<void> {
  const { path, caller } = walked;
  const { type, rest } = endpointOf(path);
  for (const transport of ['REST', 'tRPC'] as const) {
    if (rest.stream !== undefined) continue;
    const world = await walked.world();
    const response = await server.call(
      requestOf(transport, path, inputFor(walked, world), await world.headersOf(caller)),
    );
    const [bytes, status] = [bytesOf(response), response.statusCode];
    proof.works(
      status < 300 && bytes <= ANSWER_BYTES + ENVELOPE,
      () => `${path} · ${transport}: ${status}, ${bytes} bytes`,
    );
  }
  const world = await walked.world();
  const many = Array.from({ length: BATCH }, () => inputFor(walked, world));
  const response = await server.call(batchOf(path, many, await world.headersOf(caller)));
  const bytes = bytesOf(response);
  proof.check(
    response.statusCode < 500 && bytes <= BATCH_BYTES,
    () => `${path} · batch: ${response.statusCode}, ${bytes} bytes`,
  );
  if (response.statusCode === 207 || response.statusCode === 200) {
    const codes = codesIn(response);
    const isFine = codes.length === BATCH && codes.includes('ok') && !codes.includes('server.internal');
    proof.check(isFine || rest.stream !== undefined, () => `${path} · batch: ${type} answered ${codes.join(' ')}`);
  }
}

proves(
  'F1',
  'the largest answer of every procedure is within 2 MiB, and of a batch of twenty within 8',
  (proof) =>
    booted(async (server) => {
      proof.atLeast(250);
      const full = await givenFullWorld(server);
      for (const { path, type } of procedures) {
        const row = rows[path];
        const caller = row === undefined ? undefined : callerOf(row);
        proof.check(caller !== undefined, () => `${path} has no row of somebody who may call it`);
        if (row === undefined || caller === undefined) continue;
        const reads = type === 'query' || path === 'groups.reorder';
        const world = () => (reads ? Promise.resolve(full) : givenLargeWorld(server));
        await walkProcedure(server, proof, { path, row, caller, world });
      }
    }),
  { timeout: 600_000 },
);

proves(
  'F1',
  'a list of large prompts ends each page early, and goes on without a gap or a repetition',
  (proof) =>
    booted(async (server) => {
      const world = await givenFullWorld(server);
      const headers = await world.headersOf('owner');
      const lists: ReadonlyArray<readonly [string, Input]> = [
        ['groups.get', { id: world.group }],
        ['favorites.list', {}],
        ['library.list', {}],
        ['prompts.list', { sort: 'created' }],
        ['prompts.templates', { sort: 'title' }],
        ['groups.list', {}],
      ];
      for (const [path, input] of lists) {
        const seen = new Set<string>();
        let [cursor, largest, pages] = ['', 0, 0];
        for (let left = proof.share(15, 5); left > 0; left -= 1) {
          const more: Input = cursor === '' ? {} : { cursor };
          const response = await server.call(requestOf('REST', path, { ...input, limit: 100, ...more }, headers));
          const ids = idsIn(response);
          const isFine = response.statusCode === 200 && ids.length > 0 && bytesOf(response) <= ANSWER_BYTES;
          const isNew = ids.every((id) => !seen.has(id));
          proof.works(
            isFine && isNew,
            () => `${path}: ${response.statusCode}, ${ids.length}, ${bytesOf(response)} bytes`,
          );
          for (const id of ids) seen.add(id);
          [cursor, pages, largest] = [
            response.json().nextCursor ?? '',
            pages + 1,
            Math.max(largest, bytesOf(response)),
          ];
          if (path === 'groups.get')
            proof.check(seen.size === positionAfter(response), () => `a gap after ${seen.size}`);
          // Groups are few: a list that is over begins again.
          if (cursor === '') seen.clear();
        }
        proof.remark(`${path}: ${pages} pages, the largest of ${Math.ceil(largest / 1024)} KiB`);
      }
    }),
  { timeout: 600_000 },
);
