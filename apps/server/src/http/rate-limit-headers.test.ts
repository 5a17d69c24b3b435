import { describe, expect, it } from 'vitest';
import { createLimiter } from '../services/limiter.ts';
import { defaultLimits } from '../settings/bounds/limits.ts';
import { requestLimiter } from './rate-limit-headers.ts';

const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
const limits = { ...defaultLimits, login: { calls: 3, seconds: 60 } };

describe('the headers of a request limiter', () => {
  it('show the state of the general limits, and of any that refuses', async () => {
    const shown: Record<string, string> = {};
    const limiter = requestLimiter(await createLimiter({ limits, redisUrl: null, log }), 'a-request', (headers) =>
      Object.assign(shown, headers),
    );
    await limiter.consume('user', 'alice');
    expect(shown.ratelimit).toBe('"user";r=599;t=60');
    for (let i = 0; i < 3; i += 1) await limiter.consume('login', 'alice');
    expect(shown.ratelimit).toContain('"user"');
    await limiter.consume('login', 'alice');
    expect(shown.ratelimit).toContain('"login";r=0');
  });

  it('show what is left after a cost, of which one was counted ahead; what is refused counts as one', async () => {
    const shown: Record<string, string> = {};
    const counting = await createLimiter({ limits, redisUrl: null, log });
    const costly = async (cost: number, limit?: number) => {
      const limiter = requestLimiter(counting, 'a-request', (headers) => Object.assign(shown, headers));
      const alice = { name: 'user', key: 'alice', ...(limit === undefined ? {} : { limit }) } as const;
      await limiter.countAhead(alice);
      return (await limiter.consume('user', 'alice', limit, cost)).allowed;
    };
    expect(await costly(20)).toBe(true);
    expect(shown.ratelimit).toContain('r=580;');
    expect(await costly(20, 30)).toBe(false);
    expect(await costly(1)).toBe(true);
    expect(shown.ratelimit).toContain('r=578;');
  });
});
