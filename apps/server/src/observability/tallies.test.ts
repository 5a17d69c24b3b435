import { Counter, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { talliedCounter, talliedHistogram } from './tallies.ts';

const labelNames = ['method', 'route'] as const;
const about = { name: 'seconds', help: 'What is "measured"\nhere.', labelNames };
const buckets = [0.005, 0.1, 1];
const measured: readonly (readonly [number, string, string])[] = [
  [0.001, 'GET', '/prompts'],
  [0.005, 'GET', '/prompts'],
  [0.0051, 'GET', '/prompts'],
  [1, 'GET', '/prompts/:id'],
  [1.5, 'POST', '/prompts'],
  [0, 'POST', '"\\\n'],
];

const textOf = (register: Registry): Promise<string> => register.metrics();

describe('what is tallied', () => {
  it.each([0, 1, measured.length])('is said of %d times as prom-client says it', async (times) => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const histogram = talliedHistogram({ ...about, buckets });
    ours.registerMetric(histogram.metric);
    const peer = new Histogram({ ...about, buckets, registers: [theirs] });
    for (const [seconds, method, route] of measured.slice(0, times)) {
      histogram.observe(seconds, method, route);
      peer.observe({ method, route }, seconds);
    }
    expect(await textOf(ours)).toBe(await textOf(theirs));
    expect((await textOf(ours)).split('\n').filter((line) => line.startsWith('seconds_count'))).toHaveLength(
      new Set(measured.slice(0, times).map(([, method, route]) => `${method} ${route}`)).size,
    );
  });

  it.each([0, 1, measured.length])(
    'is counted of %d as prom-client counts it, however often it is read',
    async (times) => {
      const [ours, theirs] = [new Registry(), new Registry()];
      const counter = talliedCounter(about);
      ours.registerMetric(counter.metric);
      const peer = new Counter({ ...about, registers: [theirs] });
      for (const [, method, route] of measured.slice(0, times)) {
        counter.count(method, route);
        peer.inc({ method, route });
        expect(await textOf(ours)).toBe(await textOf(theirs));
      }
      expect(await textOf(ours)).toBe(await textOf(theirs));
    },
  );
});
