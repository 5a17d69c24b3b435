import { expect, it } from 'vitest';
import { deadRunnerLook } from './dead-runners.ts';

it('says once that it cannot look, where it could not twice, and without a stack; so too that it does not see itself', async () => {
  const answers = [
    'busy',
    'busy',
    'busy',
    'free',
    'busy',
    'found',
    'busy',
    'busy',
    'free',
    'unseen',
    'unseen',
    'unseen',
  ];
  const said: object[] = [];
  const log = { warn: (details: object) => void said.push(details) };
  const query = async () => {
    const answer = answers.shift();
    if (answer === 'busy') throw new Error('timeout exceeded when trying to connect');
    return { rows: [{ isSeen: answer !== 'unseen', dead: answer === 'found' ? 2 : null }] };
  };
  const look = deadRunnerLook({ query } as unknown as Parameters<typeof deadRunnerLook>[0], log);
  while (answers.length > 0) await look('pool-own');
  const reason = 'timeout exceeded when trying to connect';
  expect(said).toEqual([
    { reason },
    { dead: 2 },
    { reason },
    { reason: expect.stringContaining('set DATABASE_FEED_URL') },
  ]);
});
