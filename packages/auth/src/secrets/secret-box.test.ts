import { describe, expect, it } from 'vitest';
import { createSecretBox } from './secret-box.ts';

const [first, second] = ['a secret of thirty-two bytes, or more', 'another secret of thirty-two bytes'];
const secret = Buffer.from('what nobody may read');

describe('a sealed secret', () => {
  it('opens under any of the secrets, so that they can be rotated', () => {
    const sealed = createSecretBox([first]).seal(secret, 'here');
    expect(createSecretBox([second, first]).open(sealed, 'here')).toEqual(secret);
    expect(createSecretBox([second]).open(sealed, 'here')).toBeNull();
  });

  it('is sealed under the first of them', () => {
    const sealed = createSecretBox([second, first]).seal(secret, 'here');
    expect(createSecretBox([second]).open(sealed, 'here')).toEqual(secret);
    expect(sealed.subarray(0, 8)).toEqual(createSecretBox([second]).keyId);
  });

  it('opens in its own place only', () => {
    const box = createSecretBox([first]);
    expect(box.open(box.seal(secret, 'totp|ann'), 'totp|bob')).toBeNull();
  });

  it('opens as it was stored: key id, nonce, ciphertext, tag', () => {
    const stored = Buffer.from(
      'SA0A3kDMYKaRCjIe2UFFZMN575p2FayrR6Vnoau0FHf2eVIUWlboFIA42o1bL4Gmqcr9kVaZHl8=',
      'base64',
    );
    expect(createSecretBox([first]).open(stored, 'totp|ann')).toEqual(secret);
  });

  it('does not open once any bit of it has changed, or a part is missing', () => {
    const box = createSecretBox([first]);
    const sealed = box.seal(secret, 'here');
    for (let index = 0; index < sealed.length; index += 1) {
      const changed = Buffer.from(sealed);
      changed[index] = (changed[index] ?? 0) ^ 1;
      expect(box.open(changed, 'here')).toBeNull();
      expect(box.open(sealed.subarray(0, index), 'here')).toBeNull();
    }
    expect(box.open(sealed, 'here')).toEqual(secret);
  });

  it('shows nothing of what it holds, nor that two hold the same', () => {
    const box = createSecretBox([first]);
    const [one, other] = [box.seal(secret, 'here'), box.seal(secret, 'here')];
    expect(one.equals(other)).toBe(false);
    expect(one.includes(secret)).toBe(false);
  });

  it('needs a secret', () => {
    expect(() => createSecretBox([])).toThrow(RangeError);
  });
});
