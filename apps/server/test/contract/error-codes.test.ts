import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ErrorCode } from '@promptory/schemas';
import { expect, it } from 'vitest';
import { ROOT } from '../../src/settings/project-root.ts';

/** The source that throws errors, without the table that says what each is. */
const source = ['packages/api/src', 'apps/server/src']
  .flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
      .map((name) => readFileSync(join(ROOT, folder, name), 'utf8')),
  )
  .join('\n')
  .replaceAll(/^ {2}'[a-z_.]+': kind\(/gm, '');

it('has no code that nothing answers', () => {
  expect(ErrorCode.options.filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});
