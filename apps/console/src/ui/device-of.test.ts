import { expect, it } from 'vitest';
import { deviceOf } from './device-of.ts';

it('names a browser and its system as people know them', () => {
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0';
  const said = [
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/130.0.0.0`,
    `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
    'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15',
    'promptory/1.2 node/24',
  ];
  expect(said.map(deviceOf)).toEqual([
    'Edge on Windows',
    'Chrome on Android',
    'Firefox on Linux',
    'Safari on macOS',
    'promptory/1.2 node/24',
  ]);
  expect(deviceOf(null)).toBe('A device that does not say what it is');
});
