import { canonicalJson } from '../../canonical-json.ts';
import type { JsonObject, JsonValue } from '../../json-value.ts';
import type { DocumentMessage } from '../document/prompt-document.ts';

export const BUNDLE_FORMAT = 'promptory-bundle';

/** One version of a prompt of a bundle. */
export interface BundleVersion {
  readonly version: number;
  readonly title: string;
  readonly description: string;
  readonly content: string;
  /** Null for a text prompt. */
  readonly messages: readonly DocumentMessage[] | null;
  readonly config: JsonObject;
  readonly inputSchema: JsonObject | null;
  /** Null is text. */
  readonly outputSchema: JsonObject | null;
  readonly changeNote: string | null;
  /** The handle of who wrote it. */
  readonly author: string;
  readonly createdAt: string;
  /** SHA-256 in hexadecimal of all that makes the version, the order of members included. */
  readonly contentHash: string;
  /** What its references name, where it includes others: which versions they led to when the bundle was made. */
  readonly includes?: readonly { readonly name: string; readonly promptId: string; readonly version: number }[];
}

/** A step of a label, as its history has it. */
export interface BundleMove {
  readonly label: string;
  readonly from: number | null;
  readonly to: number | null;
  /** The handle of who moved it. */
  readonly movedBy: string;
  readonly movedAt: string;
  readonly reason: string | null;
  readonly isBreaking: boolean;
}

/** A prompt with all that it has. */
export interface BundlePrompt {
  readonly id: string;
  /** Its owner's handle, and its slug. */
  readonly ref: string;
  readonly slug: string;
  readonly category: string | null;
  readonly tags: readonly string[];
  readonly isTemplate: boolean;
  readonly visibility: 'private' | 'public';
  readonly aliases: readonly string[];
  readonly labels: readonly {
    readonly label: string;
    readonly version: number | null;
    readonly isProtected: boolean;
  }[];
  /** All there are, the oldest first. */
  readonly versions: readonly BundleVersion[];
  /** The history of its labels, the oldest first. */
  readonly moves: readonly BundleMove[];
}

/** A group of whoever exported it. */
export interface BundleGroup {
  readonly name: string;
  readonly description: string;
  /** The `ref`s of its prompts, in their order. */
  readonly prompts: readonly string[];
}

/** Who vouches for a bundle. */
export interface BundleSignature {
  readonly algorithm: 'Ed25519';
  /** The first 16 hexadecimal digits of SHA-256 of the public key. */
  readonly keyId: string;
  /** The 32 bytes of the key (RFC 8032) in base64url. */
  readonly publicKey: string;
  /** 64 bytes in base64url. */
  readonly value: string;
}

/** Prompts with their history as one file, which opens without a server and shows any change. */
export interface PromptBundle {
  readonly format: typeof BUNDLE_FORMAT;
  readonly version: 1;
  readonly createdAt: string;
  /** The address of the server that made it. */
  readonly issuer: string;
  readonly prompts: readonly BundlePrompt[];
  readonly groups: readonly BundleGroup[];
  readonly signature: BundleSignature;
}

/** The text that is signed: canonical JSON (RFC 8785) of all but the signature. */
export function bundlePayload({ signature: _, ...signed }: object & { readonly signature?: unknown }): string {
  return canonicalJson(signed as JsonValue);
}
