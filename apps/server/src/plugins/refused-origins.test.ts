import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { refusedOrigins } from './refused-origins.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function givenLog() {
  const lines: [object, string][] = [];
  return { lines, say: refusedOrigins({ warn: (facts: object, text: string) => void lines.push([facts, text]) }) };
}
const origins = (lines: [object, string][]) => lines.map(([facts]) => Reflect.get(facts, 'origin'));

it('names the setting, once an hour for each origin', () => {
  const { lines, say } = givenLog();
  for (const origin of ['https://a.example', 'https://a.example', 'http://localhost:5173', 'null']) say(origin);
  expect(origins(lines)).toEqual(['https://a.example', 'http://localhost:5173', 'null']);
  expect(lines[0]?.[1]).toContain('CORS_ORIGINS');
  vi.advanceTimersByTime(3_600_000);
  say('https://a.example');
  expect(lines).toHaveLength(4);
});

it('writes ten lines an hour, however many origins come', () => {
  const { lines, say } = givenLog();
  for (let index = 0; index < 1_000; index += 1) say(`https://a${index}.example`);
  expect(lines).toHaveLength(10);
});

it('shows origins of a hundred characters, and none that are longer', () => {
  const { lines, say } = givenLog();
  const longest = `https://${'a'.repeat(50)}.${'b'.repeat(33)}.example`;
  expect(longest).toHaveLength(100);
  for (const origin of [longest, longest.replace('.example', '0.example')]) say(origin);
  expect(origins(lines)).toEqual([longest, '…']);
});

it.each(['https://a.example/pty_live_secret', 'x\ny', `https://${'a'.repeat(200)}.example`, ''])(
  'shows nothing of %j, which is no origin',
  (origin) => {
    const { lines, say } = givenLog();
    say(origin);
    expect(origins(lines)).toEqual(['…']);
  },
);
