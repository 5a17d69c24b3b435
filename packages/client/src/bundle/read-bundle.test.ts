import { expect, it } from 'vitest';
import { isPromptoryError } from '../errors/promptory-error.ts';
import { readBundle } from './read-bundle.ts';

it('opens what lies in a file, and says what the file system says', async () => {
  const refused = await readBundle(new URL(import.meta.url), { keys: [] }).catch((error) => error);
  expect(isPromptoryError(refused, 'client.bundle_invalid')).toBe(true);
  const missing = await readBundle('/no/such/bundle.json', { keys: [] }).catch((error) => error);
  expect(missing).toMatchObject({ code: 'ENOENT' });
});
