import type { BundleSignature } from '@promptory/schemas';
import { bundlePayload } from '@promptory/template';
import { expect, it } from 'vitest';
import { bundleKeyOf, isUnchanged, publicBundleKey, signedText } from './bundle-signature.ts';

const key = bundleKeyOf(Buffer.alloc(32, 1));
const bundle = {
  format: 'promptory-bundle',
  prompts: [{ title: 'Wie geht\u2028es? 雪 \u001f', config: { b: 1e21, a: [0.5, null, true] } }],
};
const signedWith = (by: typeof key) => signedText(by, JSON.stringify(bundle), bundlePayload(bundle));
const text = await signedWith(key);

function holds(changed: string): boolean {
  try {
    return isUnchanged(changed, JSON.parse(changed) as object);
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof TypeError) return false;
    throw error;
  }
}

it('holds for the text as it was signed, with its line end or without', () => {
  expect([holds(text), holds(text.trimEnd())]).toEqual([true, true]);
  expect(publicBundleKey(key)).toEqual({
    kty: 'OKP',
    crv: 'Ed25519',
    // RFC 8032 makes it of these bytes.
    x: 'iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w',
    kid: expect.stringMatching(/^[0-9a-f]{16}$/),
  });
});

it('holds for no text of which one bit is another, a byte is missing, or one is added', () => {
  const bytes = Buffer.from(text.trimEnd());
  const held: string[] = [];
  for (const [at, byte] of bytes.entries()) {
    for (const other of [byte ^ 1, byte ^ 0x20, 0x20]) {
      const changed = Buffer.from(bytes);
      changed[at] = other;
      if (other !== byte && holds(changed.toString())) held.push(`${at}: ${other}`);
    }
    const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
    if (holds(Buffer.concat([before, after]).toString())) held.push(`${at}: missing`);
    if (holds(Buffer.concat([before, Buffer.from(' '), bytes.subarray(at)]).toString())) held.push(`${at}: added`);
  }
  expect(held).toEqual([]);
});

it('does not hold by another key under the name of this one', async () => {
  const other = JSON.parse(await signedWith(bundleKeyOf(Buffer.alloc(32, 2)))) as { signature: BundleSignature };
  const { signature } = JSON.parse(text) as { signature: BundleSignature };
  const forged = { ...bundle, signature: { ...other.signature, keyId: signature.keyId } };
  expect(isUnchanged(JSON.stringify(forged), forged)).toBe(false);
});
