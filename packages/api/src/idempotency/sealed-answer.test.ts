import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { openText, type Seal, sealText } from './sealed-answer.ts';

const seal: Seal = { key: 'order-1', secret: randomBytes(32), keyHash: randomBytes(32) };

it('opens with the key, the secret and the row that it was sealed for', () => {
  expect(openText(seal, sealText(seal, 'pty_live_… é'))).toBe('pty_live_… é');
});

it('stays shut with another key, another secret or in another row', () => {
  const sealed = sealText(seal, 'secret');
  expect(openText({ ...seal, key: 'order-2' }, sealed)).toBeNull();
  expect(openText({ ...seal, secret: randomBytes(32) }, sealed)).toBeNull();
  expect(openText({ ...seal, keyHash: randomBytes(32) }, sealed)).toBeNull();
});

it('notices any byte that was changed', () => {
  const sealed = sealText(seal, 'secret');
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed);
    changed.writeUInt8((changed.readUInt8(at) + 1) % 256, at);
    expect(openText(seal, changed)).toBeNull();
  }
});

it('shows neither the text nor that two texts are the same', () => {
  const one = sealText(seal, 'pty_live_abc');
  expect(one.includes('pty_live_abc')).toBe(false);
  expect(one.equals(sealText(seal, 'pty_live_abc'))).toBe(false);
});
