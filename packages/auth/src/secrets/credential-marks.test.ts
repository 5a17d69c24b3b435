import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { formatRefreshToken, newRefreshToken, shownSession } from '../sessions/refresh-token.ts';
import { apiKeyLooksValid, generateApiKey, markedApiKeyOwner } from '../tokens/api-keys.ts';
import { createCredentialMarks } from './credential-marks.ts';

const marks = createCredentialMarks(['one secret of thirty-two bytes, or more']);
const others = createCredentialMarks(['another secret of thirty-two bytes, or more']);
const rotated = createCredentialMarks([
  'another secret of thirty-two bytes, or more',
  'one secret of thirty-two bytes, or more',
]);
const [ann, bob] = ['01900000-0000-7000-8000-000000000001', '01900000-0000-7000-8000-000000000002'];

const keyOf = (userId: string): string => generateApiKey({ marks, userId }).key;
const tokenOf = (userId: string): string => formatRefreshToken(newRefreshToken({ marks, userId }));

describe('a mark', () => {
  it('says for which account a key or a refresh token was made, the same for all of it', () => {
    const owners = Array.from({ length: 50 }, () => [
      markedApiKeyOwner(marks, keyOf(ann)),
      shownSession(marks, tokenOf(ann))?.owner,
    ]).flat();
    expect(new Set(owners).size).toBe(1);
    expect(owners[0]).toMatch(/^[\w-]{7}$/);
    expect(markedApiKeyOwner(marks, keyOf(bob))).not.toBe(owners[0]);
    expect(markedApiKeyOwner(marks, keyOf(bob))).toBe(shownSession(marks, tokenOf(bob))?.owner);
  });

  it('is known under an older secret, and under no other', () => {
    expect(markedApiKeyOwner(rotated, keyOf(ann))).toBe(markedApiKeyOwner(marks, keyOf(ann)));
    expect(markedApiKeyOwner(others, keyOf(ann))).toBeNull();
    expect(shownSession(others, tokenOf(ann))?.owner).toBeNull();
  });

  it('is none where one character of it, or of what it is for, is another', () => {
    const key = keyOf(ann);
    for (let at = 9; at < key.length - 6; at += 1) {
      const other = key.charAt(at) === '0' ? '1' : '0';
      expect(markedApiKeyOwner(marks, `${key.slice(0, at)}${other}${key.slice(at + 1)}`)).toBeNull();
    }
    const token = tokenOf(ann);
    for (let at = 4; at < 56; at += 1) {
      const other = token.charAt(at) === 'a' ? 'b' : 'a';
      expect(shownSession(marks, `${token.slice(0, at)}${other}${token.slice(at + 1)}`)?.owner).toBeNull();
    }
  });

  it('is not put from one account or credential to another', () => {
    const [one, two] = [keyOf(ann), keyOf(bob)];
    expect(markedApiKeyOwner(marks, one.slice(0, 41) + two.slice(41))).toBeNull();
    const random = randomBytes(19);
    const [mine, theirs] = [marks.make(random, ann), marks.make(random, bob)];
    expect(marks.ownerOf(random, Buffer.concat([theirs.subarray(0, 5), mine.subarray(5)]))).toBeNull();
    expect(marks.ownerOf(random, mine.subarray(1))).toBeNull();
  });

  it('is none of a key or a token of the older form, which are valid still', () => {
    const { key } = generateApiKey();
    expect([key.length, apiKeyLooksValid(key), markedApiKeyOwner(marks, key)]).toEqual([47, true, null]);
    expect(apiKeyLooksValid(keyOf(ann))).toBe(true);
    const token = formatRefreshToken(newRefreshToken());
    expect(token).toHaveLength(tokenOf(ann).length);
    expect(shownSession(marks, token)).toMatchObject({ owner: null });
    for (const text of ['', 'ptr_', `${token}x`, token.toUpperCase()]) expect(shownSession(marks, text)).toBeNull();
  });
});
