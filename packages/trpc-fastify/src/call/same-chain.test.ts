import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { type AnyTRPCProcedure, initTRPC } from '@trpc/server';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callProcedure, type ProcedureCall, runItsChain } from './call-procedure.ts';
import { isOfThisCopy, isPlain, runsAs } from './same-chain.ts';

type Trpc = typeof import('@trpc/server');

/** A second copy of the @trpc/server that is installed, with one part of its text replaced. */
async function copyWith(replaced: string, by: string): Promise<Trpc> {
  const temporary = mkdtempSync(join(tmpdir(), 'trpc-copy-'));
  onTestFinished(() => rmSync(temporary, { recursive: true }));
  // As a dependency, so that nothing transforms its text.
  const folder = join(temporary, 'node_modules/copy');
  cpSync(dirname(fileURLToPath(import.meta.resolve('@trpc/server'))), folder, { recursive: true });
  const [file = ''] = readdirSync(folder).filter((name) => /^initTRPC-.*\.mjs$/.test(name));
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text.split(replaced)).toHaveLength(2);
  writeFileSync(join(folder, file), text.replace(replaced, by));
  return import(/* @vite-ignore */ pathToFileURL(join(folder, 'index.mjs')).href);
}

const PASSED_ON = 'input: nextOpts && "input" in nextOpts';
const SIGNAL_TOO = `signal: nextOpts?.signal ?? opts.signal,\n${PASSED_ON}`;

/** Small changes of how a chain is run, which leave the text of a procedure's function as it was. */
const CHANGES: [string, string, string][] = [
  ['passes a signal on', PASSED_ON, SIGNAL_TOO],
  ['passes all on', PASSED_ON, `...nextOpts, ${PASSED_ON}`],
  ['keeps the context that it had', '_objectSpread2(_objectSpread2({}, opts.ctx), nextOpts.ctx)', 'nextOpts.ctx'],
  [
    'tells a middleware of its place',
    'meta: _def.meta,\n\t\t\tinput: opts.input,',
    'meta: _def.meta, index, input: opts.input,',
  ],
  ['passes no meta on', 'meta: _def.meta,\n\t\t\tinput: opts.input,', 'input: opts.input,'],
  [
    'answers failures in another shape',
    'error: getTRPCErrorFromUnknown(cause),\n\t\t\tmarker',
    'error: getTRPCErrorFromUnknown(cause), again: true,\n\t\t\tmarker',
  ],
  [
    'makes another error of one that a procedure throws on purpose',
    'error: getTRPCErrorFromUnknown(cause),\n\t\t\tmarker',
    'error: cause.code === "CONFLICT" ? { code: cause.code } : getTRPCErrorFromUnknown(cause),\n\t\t\tmarker',
  ],
  [
    'lets failures through',
    'return callRecursive(index + 1,',
    'if (_nextOpts === null) throw new Error("null"); return callRecursive(index + 1,',
  ],
];

const itself = (procedure: AnyTRPCProcedure, call: object) => procedure(call as never);

describe('the trial of a tRPC', () => {
  it('finds that the one that is installed runs as we do', async () => {
    expect(await runsAs(initTRPC.create(), itself)).toBe(true);
    expect(await runsAs(initTRPC.create(), runItsChain)).toBe(true);
  });

  it('finds one that is installed twice, too', async () => {
    const other = await copyWith(PASSED_ON, PASSED_ON);
    expect(await runsAs(other.initTRPC.create(), runItsChain)).toBe(true);
  });

  it.each(CHANGES)('finds one that %s', async (_, replaced, by) => {
    const other = await copyWith(replaced, by);
    const procedure = other.initTRPC.create().procedure.query(() => 1) as unknown as AnyTRPCProcedure;
    expect(isPlain(procedure)).toBe(true);
    expect(await isOfThisCopy(procedure)).toBe(false);
    expect(await runsAs(other.initTRPC.create(), itself)).toBe(true);
    expect(await runsAs(other.initTRPC.create(), runItsChain)).toBe(false);
  });
});

describe('a procedure', () => {
  const call = (signal: unknown) =>
    ({
      ctx: {},
      path: 'a',
      type: 'query',
      batchIndex: 0,
      signal,
      input: undefined,
      getRawInput: async () => undefined,
    }) as ProcedureCall;

  it('of another copy is run by its own copy, whatever that passes on', async () => {
    const other = await copyWith(PASSED_ON, SIGNAL_TOO);
    for (const { trpc, seen } of [
      { trpc: { initTRPC } as Trpc, seen: 'the first' },
      { trpc: other, seen: 'another' },
    ]) {
      const procedure = trpc.initTRPC
        .create()
        .procedure.use(({ next }) => next({ signal: 'another' } as never))
        .query(({ signal }) => signal) as unknown as AnyTRPCProcedure;
      for (let turn = 0; turn < 3; turn++) expect(await callProcedure(procedure, call('the first'))).toBe(seen);
    }
  });

  it('runs nothing of a host while it is found out whose it is', async () => {
    let ran = 0;
    const count = () => void ran++;
    const procedure = initTRPC
      .create()
      .procedure.use(({ next }) => {
        count();
        return next();
      })
      .query(count) as unknown as AnyTRPCProcedure;
    expect(await isOfThisCopy(procedure)).toBe(true);
    expect(ran).toBe(0);
  });
});
