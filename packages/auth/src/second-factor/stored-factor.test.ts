import { expect, it } from 'vitest';
import { createSecretBox } from '../secrets/secret-box.ts';
import { codePlace, openKey } from './stored-factor.ts';

const box = createSecretBox(['a secret of thirty-two bytes, or more']);

it('opens the key and the codes of an account as they have been stored, and of no other', () => {
  const key = Buffer.from('SA0A3kDMYKaRCjIe2UFFZMN575p2FayrR6Vnoau0FHf2eVIUWlboFIA42o1bL4Gmqcr9kVaZHl8=', 'base64');
  expect(String(openKey(box, 'ann', key))).toBe('what nobody may read');
  expect(() => openKey(box, 'bob', key)).toThrow();
  const code = Buffer.from('SA0A3kDMYKaLvNEmGfxF9UAHxsx7os1g+hD0SPK8bV8pFtTNRIvsRAah/Wpj9dHr', 'base64');
  expect(String(box.open(code, codePlace('ann')))).toBe('twelve words');
  expect(box.open(code, codePlace('bob'))).toBeNull();
});
