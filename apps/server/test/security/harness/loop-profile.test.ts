import type { Profiler } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { heldTurns } from './loop-profile.ts';

const HOME = 'file:///home/anna/promptory';
/** A millisecond each, and a turn of a hundred of them. */
const SAMPLES = 100;
const turn = { ms: 200, during: ['GET /prompts'], from: 0, to: SAMPLES * 1_000, slowdown: 1 };

type Frame = readonly [functionName: string, url: string];

const SERVER: Frame = ['makePage', `${HOME}/packages/api/src/views/prompt-page.ts`];
const DRIVER: Frame = ['parseRow', `${HOME}/node_modules/pg/lib/result.js`];
const ATTACK: Frame = ['countAll', `${HOME}/apps/server/test/security/a-authorization/tenants.security.test.ts`];
const BOOT: Frame = ['call', `${HOME}/apps/server/test/harness/boot.ts`];
const CLIENT: Frame = ['onData', 'node:internal/deps/undici/undici'];
const COLLECTOR: Frame = ['(garbage collector)', ''];
const NOTHING: Frame = ['(program)', ''];

/** A profile of stacks, from the root, each in so many samples one after the other. */
function profileOf(stacks: ReadonlyArray<readonly [samples: number, ...stack: readonly Frame[]]>): Profiler.Profile {
  const nodes: Profiler.ProfileNode[] = [];
  const add = ([functionName, url]: Frame): Profiler.ProfileNode => {
    const callFrame = { functionName, url, scriptId: '1', lineNumber: 6, columnNumber: 0 };
    const node = { id: nodes.length + 1, callFrame, children: [] };
    nodes.push(node);
    return node;
  };
  const root = add(['(root)', '']);
  const samples = stacks.flatMap(([count, ...stack]) => {
    let at = root;
    for (const frame of stack) {
      const node = add(frame);
      at.children?.push(node.id);
      at = node;
    }
    return Array<number>(count).fill(at.id);
  });
  return { nodes, startTime: 0, endTime: samples.length * 1_000, samples, timeDeltas: samples.map(() => 1_000) };
}

const held = (...stacks: Parameters<typeof profileOf>[0]) => heldTurns([turn], profileOf(stacks))[0];

describe('a turn of the loop', () => {
  it('was held by a server for its share of the samples, and names what it did', () => {
    expect(held([75, SERVER, DRIVER], [25, ATTACK])).toEqual({
      ms: 150,
      during: ['GET /prompts'],
      where: ['150 ms parseRow lib/result.js:7 of makePage views/prompt-page.ts:7'],
    });
  });

  it.each<[what: string, ms: number, ...stacks: Parameters<typeof profileOf>[0]]>([
    ['the attack calls a function of ours itself', 0, [100, ATTACK, SERVER]],
    ['the client of the attack reads', 0, [100, CLIENT]],
    ['garbage is collected', 100, [50, COLLECTOR], [50, SERVER]],
  ])('is not counted for a server where %s', (_, ms, ...stacks) => {
    expect(held(...stacks)?.ms).toBe(ms);
  });

  it('is as long as it takes on a machine that does nothing else', () => {
    expect(heldTurns([{ ...turn, slowdown: 2 }], profileOf([[100, SERVER]]))[0]?.ms).toBe(100);
  });

  it('is shared out by the samples of which it is known whose they are', () => {
    expect(held([50, NOTHING], [50, SERVER])?.ms).toBe(200);
  });

  it('is a server’s where a call without a socket reaches it', () => {
    expect(held([100, BOOT, SERVER])?.ms).toBe(200);
  });

  it('is what its own samples say', () => {
    const profile = profileOf([
      [50, SERVER],
      [150, ATTACK],
    ]);
    const later = { ...turn, from: 50_500, to: 150_000 };
    expect(heldTurns([turn, later], profile).map(({ ms }) => Math.round(ms))).toEqual([100, 0]);
  });
});
