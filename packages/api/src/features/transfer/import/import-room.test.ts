import { expect, it } from 'vitest';
import { roomLeft, whatFits } from './import-room.ts';

type Room = ReturnType<typeof roomLeft>;

it('is what the quotas leave above what the account holds, of each', () => {
  const [used, quotas] = [
    { prompts: 3, versions: 7, storedBytes: 400 },
    { prompts: 5, versions: 7, storedBytes: 1_000 },
  ];
  const resources = { used, quotas } as unknown as Parameters<typeof roomLeft>[0];
  expect(roomLeft(resources)).toEqual({
    prompts: { limit: 5, left: 2 },
    versions: { limit: 7, left: 0 },
    storedBytes: { limit: 1_000, left: 600 },
  });
});

it('is taken from row by row: what no longer fits fails by name, and a smaller one behind it may fit', () => {
  const room = (prompts: number, storedBytes: number): Room => ({
    prompts: { limit: 10, left: prompts },
    versions: { limit: 10, left: 10 },
    storedBytes: { limit: 10_000, left: storedBytes },
  });
  const others = { title: 'T', description: '', messages: null, config: {}, inputSchema: null, outputSchema: null };
  const step = (content: string) => ({ outcome: 'created', row: {}, prompt: { ...others, content } });
  const outcomes = (left: Room, ...contents: string[]) =>
    whatFits(contents.map(step) as unknown as Parameters<typeof whatFits>[0], left).map((each) =>
      each.outcome === 'failed' ? each.reason : each.outcome,
    );
  expect(outcomes(room(1, 10_000), 'a', 'b')).toEqual(['created', expect.stringContaining('prompts')]);
  expect(outcomes(room(3, 5_000), 'a'.repeat(6_000), 'b')).toEqual([expect.any(String), 'created']);
});
