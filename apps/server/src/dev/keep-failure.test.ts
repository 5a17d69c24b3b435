import { readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { expect, it } from 'vitest';
import { keepFailure } from './keep-failure.ts';

it('says a failure in one line, and keeps all of it in a file that only its owner reads', async () => {
  const cause = new Error('the reason');
  const line = await keepFailure(new TypeError('It broke\nin two lines', { cause }));
  expect(line).toMatch(
    /^Development ended by a failure that is not yours: It broke All that is known of it: .+failure\.log$/,
  );
  const file = line.slice(line.lastIndexOf(': ') + 2);
  const kept = await readFile(file, 'utf8');
  await rm(dirname(file), { recursive: true });
  for (const part of ['TypeError: It broke', 'in two lines', 'the reason', 'keep-failure.test.ts']) {
    expect(kept).toContain(part);
  }
});

it('takes whatever is thrown', async () => {
  const line = await keepFailure('a text');
  await rm(dirname(line.slice(line.lastIndexOf(': ') + 2)), { recursive: true });
  expect(line).toContain('not yours: a text ');
});
