import { generateApiKey } from '@promptory/auth';
import { describe, expect, it } from 'vitest';
import { containsApiKey } from './key-in-address.ts';

const { key } = generateApiKey();
const percent = (text: string): string =>
  [...text].map((one) => `%${one.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');
const escaped = (text: string): string =>
  [...text].map((one) => `\\u00${one.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');

describe('containsApiKey', () => {
  it.each([
    ['as it is', `/prompts?key=${key}`],
    ['in the path', `/prompts/${key}/versions`],
    ['in capitals', `/prompts?key=${key.toUpperCase()}`],
    ['cut', `/prompts?key=${key.slice(0, 20)}`],
    ['with one letter encoded', `/prompts?key=${key.replace('p', '%70')}`],
    ['with all letters encoded', `/prompts?key=${percent(key)}`],
    ['encoded in capitals', `/prompts?key=${percent(key).toUpperCase()}`],
    ['encoded twice', `/prompts?key=${encodeURIComponent(percent(key))}`],
    ['encoded three times', `/prompts?key=${encodeURIComponent(encodeURIComponent(percent(key)))}`],
    ['beside what cannot be decoded', `/prompts?x=%zz&y=%ff%fe&key=${percent(key)}`],
    ['escaped as JSON', `/trpc/prompts.list?input=${encodeURIComponent(`{"q":"${escaped(key)}"}`)}`],
    ['escaped as JSON and not encoded', `/trpc/prompts.list?input={"q":"${escaped(key)}"}`],
    ...[0, 1, 2].map((before) => [
      `in base64 behind ${before} characters`,
      `/x?y=${Buffer.from('x'.repeat(before) + key).toString('base64')}`,
    ]),
    ['in base64url, encoded', `/x?y=${percent(Buffer.from(key).toString('base64url'))}`],
    ['in hex', `/x?y=${Buffer.from(key).toString('hex')}`],
    ['in hex in capitals', `/x?y=${Buffer.from(key).toString('hex').toUpperCase()}`],
  ])('finds a key %s', (_what, url) => {
    expect(containsApiKey(String(url))).toBe(true);
  });

  it.each(['/prompts', '/prompts?q=pty_live_', '/prompts?q=pty_live_...', '/%', '/prompts?q=%70ty&x=live_', ''])(
    'finds none in %s',
    (url) => {
      expect(containsApiKey(url)).toBe(false);
    },
  );
});
