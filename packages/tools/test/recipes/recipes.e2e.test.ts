import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addAField } from './add-a-field.ts';
import { addAProcedure } from './add-a-procedure.ts';
import { type CheckoutCopy, copyCheckout } from './checkout-copy.ts';
import type { Recipe } from './recipe.ts';

let checkout: CheckoutCopy;
beforeAll(async () => {
  checkout = await copyCheckout();
});
afterAll(() => checkout.remove());

/** The files that the numbered steps of a recipe name. */
async function filesNamedFor({ title }: Recipe): Promise<string[]> {
  const contributing = await readFile(join(checkout.root, 'CONTRIBUTING.md'), 'utf8');
  const section = contributing.split(/^#{2,3} /m).find((part) => part.startsWith(`${title}\n`)) ?? '';
  const steps = section.split('\n').filter((line) => /^(?:\d\.| {3})/.test(line));
  return Array.from(steps.join('\n').matchAll(/`((?:apps|packages)\/[^`\s]+\.\w+)`/g), ([, file = '']) => file);
}

describe.each([addAField, addAProcedure])('the recipe «$title»', (recipe) => {
  const edited = [...new Set(recipe.edits.map(({ file }) => file))].sort();

  it(`changes by hand at most ${recipe.byHand} files, which CONTRIBUTING.md names`, async () => {
    if (recipe.start !== undefined) await checkout.script(...recipe.start);
    const files = new Set<string>();
    for (const edit of recipe.edits) files.add(await checkout.apply(edit));
    expect(await checkout.changedFiles()).toEqual([...files].sort());
    expect(files.size).toBe(edited.length);
    expect(files.size).toBeLessThanOrEqual(recipe.byHand);
    expect((await filesNamedFor(recipe)).sort()).toEqual(edited);
  });

  it('leaves the rest to commands', async () => {
    for (const command of recipe.finish) await checkout.script(...command);
    expect(await checkout.changedFiles()).toEqual(recipe.written);
  });
});

describe('what the recipes made', () => {
  it('passes the checks', async () => {
    for (const check of ['lint', 'lint:arrows']) await checkout.script(check);
    const packages = ['schemas', 'db', 'api', 'server', 'client'].map((name) => `--filter=@promptory/${name}`);
    await checkout.script('typecheck', ...packages);
    expect(await checkout.changedFiles()).toEqual([]);
  });

  it('passes the tests of its contract, its errors and its feature', async () => {
    const printed = await checkout.script(
      'test',
      'packages/api/test/contract.test.ts',
      'packages/api/test/announced-errors.test.ts',
      'packages/api/src/features/groups/groups.db.test.ts',
      'packages/db/test/schema/columns.db.test.ts',
    );
    expect(printed).toMatch(/Test Files {2}4 passed/);
  });
});
