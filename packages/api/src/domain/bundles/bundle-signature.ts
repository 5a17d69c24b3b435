import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { promisify } from 'node:util';
import type { BundleSignature } from '@promptory/schemas';
import { bundlePayload } from '@promptory/template';

/** What stands before the 32 bytes of a private key of Ed25519 in PKCS #8 (RFC 8410). */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The private key that 32 bytes are. */
export const bundleKeyOf = (seed: Buffer): KeyObject =>
  createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' });

/** The public half of a key as a JSON Web Key (RFC 8037), with the id that signatures name. */
export function publicBundleKey(privateKey: KeyObject): { kty: 'OKP'; crv: 'Ed25519'; x: string; kid: string } {
  const { x = '' } = createPublicKey(privateKey).export({ format: 'jwk' });
  return { kty: 'OKP', crv: 'Ed25519', x, kid: keyIdOf(x) };
}

const keyIdOf = (publicKey: string): string =>
  createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 16);

/**
 * A bundle as the one text that its signature holds for.
 * @param unsigned it without a signature, as JSON.stringify writes it
 * @param payload what is signed of that: see `bundlePayload`
 */
export async function signedText(privateKey: KeyObject, unsigned: string, payload: string): Promise<string> {
  const { kid: keyId, x: publicKey } = publicBundleKey(privateKey);
  // By a thread of Node's own.
  const value = (await signed(null, Buffer.from(payload), privateKey)).toString('base64url');
  const signature: BundleSignature = { algorithm: 'Ed25519', keyId, publicKey, value };
  return `${unsigned.slice(0, -1)},"signature":${JSON.stringify(signature)}}\n`;
}

const signed = promisify<null, Buffer, KeyObject, Buffer>(sign);

/**
 * Whether a text is a bundle as it was signed, to the byte: written as JSON.stringify writes it, and signed by the key that it
 * names. Whose key that is, is for others to know.
 */
export function isUnchanged(text: string, bundle: object): boolean {
  const signature = signatureOf(bundle);
  if (signature === null) return false;
  const value = Buffer.from(signature.value, 'base64url');
  const key = Buffer.from(signature.publicKey, 'base64url');
  // Of the signature, which is not signed, no other form holds either.
  const { keyId, publicKey } = signature;
  const whole = { ...bundle, signature: { algorithm: 'Ed25519', keyId, publicKey, value: signature.value } };
  const isWritten = [JSON.stringify(whole), `${JSON.stringify(whole)}\n`].includes(text);
  const isOneSpelling =
    value.toString('base64url') === signature.value && key.toString('base64url') === signature.publicKey;
  if (!isWritten || !isOneSpelling || keyIdOf(signature.publicKey) !== signature.keyId) return false;
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: signature.publicKey };
    return verify(null, Buffer.from(bundlePayload(bundle)), createPublicKey({ key: jwk, format: 'jwk' }), value);
  } catch {
    // 32 bytes that are no key.
    return false;
  }
}

function signatureOf(bundle: object): Pick<BundleSignature, 'keyId' | 'publicKey' | 'value'> | null {
  const { keyId, publicKey, value } = Object('signature' in bundle ? bundle.signature : null) as Record<
    string,
    unknown
  >;
  if (typeof keyId !== 'string' || typeof publicKey !== 'string' || typeof value !== 'string') return null;
  return { keyId, publicKey, value };
}
