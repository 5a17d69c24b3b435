import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const FOLDER = join(import.meta.dirname, '../migrations');
const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts'));

// Databases elsewhere have run it as it was: what it does to rows that were there shows in no test of the schema that it leaves.
it.each(files)('%s is what it was when it landed', (file) => {
  expect(
    createHash('sha256')
      .update(readFileSync(join(FOLDER, file)))
      .digest('hex')
      .slice(0, 16),
  ).toMatchSnapshot();
});
