import { canonicalJson } from '@promptory/template';
import { PromptoryError } from '../errors/promptory-error.ts';
import type { PromptSource } from '../registry/prompt-source.ts';
import type { PromptBundle } from '../registry/prompts-options.ts';
import { bundledPrompts, type ExportedPrompt } from './bundled-prompts.ts';

export type { PromptBundle };

/** The public half of a key that signs bundles, as a JSON Web Key (RFC 8037). */
export interface BundleKey {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly kid?: string;
}

/** Keys that are trusted, as `GET /.well-known/promptory-bundle-keys.json` answers them. */
export interface BundleKeys {
  readonly keys: readonly BundleKey[];
}

/** How the references of a bundle are read. */
export interface BundleOptions {
  /** The handle whose prompts need none in a reference; the only one there is, unless given. */
  readonly owner?: string;
}

interface Document {
  readonly format: 'promptory-bundle';
  readonly version: 1;
  readonly prompts: readonly ExportedPrompt[];
  readonly signature: {
    readonly algorithm: 'Ed25519';
    readonly keyId: string;
    readonly publicKey: string;
    readonly value: string;
  };
}

const invalid = (message: string, cause?: unknown): PromptoryError =>
  new PromptoryError({ code: 'client.bundle_invalid', message, cause });

/**
 * Opens a bundle that a server has exported: `createPromptory({ …, prompts: { bundle: await openBundle(text, keys) } })`. Needs no
 * network. Take the keys along with the program: those that come with the bundle would prove nothing.
 *
 * The signature (Ed25519, RFC 8032) is of the canonical JSON (RFC 8785) of all but itself. What that leaves open, such as blanks, is
 * refused as well: no byte of a bundle can be another.
 *
 * @throws PromptoryError client.bundle_invalid where it is none, was changed, or is signed by another key
 */
export async function openBundle(
  bundle: string | Uint8Array<ArrayBuffer>,
  { keys }: BundleKeys,
  { owner }: BundleOptions = {},
): Promise<PromptBundle> {
  const document = documentOf(bundle);
  const { signature, ...signed } = document;
  const key = keys.find(({ kid }) => kid === signature.keyId);
  if (key === undefined) throw invalid(`The bundle is signed by the key ${signature.keyId}, which is not among yours.`);
  if (signature.publicKey !== key.x) throw invalid('The bundle names another key than it is signed by.');
  const isRight = await verified(key, bytesOf(signature.value), new TextEncoder().encode(canonicalJson(signed)));
  if (!isRight) throw invalid('The bundle was changed after it was signed.');
  const find = bundledPrompts(document.prompts, owner);
  return { find: (ref: string): PromptSource | undefined => find(ref) };
}

function documentOf(bundle: string | Uint8Array<ArrayBuffer>): Document {
  let text: string;
  let value: unknown;
  let isAsWritten: boolean;
  try {
    text =
      typeof bundle === 'string' ? bundle : new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bundle);
    value = JSON.parse(text);
    // Within: of what is too deep this fails.
    isAsWritten = hasSameCharacters(text.replace(/\n$/, ''), JSON.stringify(value));
  } catch (cause) {
    throw invalid('The bundle is no JSON.', cause);
  }
  if (!isDocument(value)) throw invalid('This is no bundle of Promptory, or one of a later version.');
  if (!isAsWritten) throw invalid('The bundle is written otherwise than it was signed.');
  return value;
}

const SIGNED_BY = 'algorithm,keyId,publicKey,value';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

function isDocument(value: unknown): value is Document {
  if (!isObject(value) || value.format !== 'promptory-bundle' || value.version !== 1) return false;
  const { prompts, signature } = value;
  if (!Array.isArray(prompts) || !isObject(signature) || signature.algorithm !== 'Ed25519') return false;
  // Nobody vouches for the signature itself: it has these members and no others.
  return (
    Object.keys(signature).sort().join() === SIGNED_BY &&
    Object.values(signature).every((text) => typeof text === 'string')
  );
}

/** The order of members is free, as canonical JSON has it; all else is as JSON.stringify writes it. */
function hasSameCharacters(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  const counts = new Int32Array(0x1_0000);
  for (let at = 0; at < one.length; at++) {
    counts[one.charCodeAt(at)] = (counts[one.charCodeAt(at)] ?? 0) + 1;
    counts[other.charCodeAt(at)] = (counts[other.charCodeAt(at)] ?? 0) - 1;
  }
  return counts.every((count) => count === 0);
}

/** @throws PromptoryError where it is not base64url (RFC 4648, 5) as it is always written */
function bytesOf(value: string): Uint8Array<ArrayBuffer> {
  try {
    const binary = atob(value.replaceAll('-', '+').replaceAll('_', '/'));
    const again = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
    if (again === value) return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    // No base64 at all.
  }
  throw invalid('The signature of the bundle cannot be read.');
}

async function verified(
  key: BundleKey,
  signature: Uint8Array<ArrayBuffer>,
  text: Uint8Array<ArrayBuffer>,
): Promise<boolean> {
  try {
    const { kty, crv, x } = key;
    const imported = await crypto.subtle.importKey('jwk', { kty, crv, x }, 'Ed25519', false, ['verify']);
    return await crypto.subtle.verify('Ed25519', imported, signature, text);
  } catch (cause) {
    throw invalid('The key cannot be used, or this browser knows no Ed25519.', cause);
  }
}
