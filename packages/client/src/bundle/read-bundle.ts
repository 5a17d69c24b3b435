import { readFile } from 'node:fs/promises';
import { type BundleKeys, type BundleOptions, openBundle, type PromptBundle } from './open-bundle.ts';

export type { BundleKey } from './open-bundle.ts';
export type { BundleKeys, BundleOptions, PromptBundle };

/**
 * Opens a bundle that lies in a file; see `openBundle`. Not for browsers.
 *
 * @throws PromptoryError client.bundle_invalid as `openBundle` does
 * @throws Error of the file system
 */
export async function readBundle(
  path: string | URL,
  keys: BundleKeys,
  options: BundleOptions = {},
): Promise<PromptBundle> {
  return openBundle(new Uint8Array(await readFile(path)), keys, options);
}
