import { globSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../../../..');
const IMPORT =
  /^\s*(?:import|export)\s+(?!type\b)[^;]*?from\s+'([^'.][^']*)'|^\s*import\s+'([^'.][^']*)'|\bimport\('([^'.][^']*)'\)/gm;

/** Tests that stand beside their file; what else is not shipped is outside of `src`. */
const NOT_SHIPPED = /\.test\.ts$/;

interface Manifest {
  readonly dependencies?: Record<string, string>;
  readonly optionalDependencies?: Record<string, string>;
  readonly peerDependencies?: Record<string, string>;
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');

/** Packages that the shipped sources of a folder import at run time. */
function importsOf(folder: string): Set<string> {
  const files = globSync('src/**/*.ts', { cwd: folder }).filter((file) => !NOT_SHIPPED.test(file));
  const found = new Set<string>();
  for (const file of files) {
    for (const [, named, bare, dynamic] of readFileSync(join(folder, file), 'utf8').matchAll(IMPORT)) {
      const specifier = named ?? bare ?? dynamic ?? '';
      if (!specifier.startsWith('node:') && !builtinModules.includes(specifier)) found.add(packageOf(specifier));
    }
  }
  return found;
}

// A package without sources holds checks of the repository, which nobody installs; the command ships one file, and the console
// its pages, that need none.
const BUNDLED = ['apps/cli/package.json', 'apps/console/package.json'];
/** What the build of a package puts into what it ships. */
const SHIPPED_WITHIN: Readonly<Record<string, readonly string[]>> = {
  'packages/client/package.json': ['@promptory/template'],
};
const withSources = globSync('{apps,packages}/*/src/', { cwd: ROOT })
  .map((src) => join(src, '../package.json'))
  .filter((file) => !BUNDLED.includes(file));

describe.each(withSources.sort())('%s', (file) => {
  it('declares what its sources import as dependencies, so that a production install has them', () => {
    const folder = join(ROOT, file, '..');
    const manifest: Manifest = JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
    const declared = { ...manifest.dependencies, ...manifest.optionalDependencies, ...manifest.peerDependencies };
    const imported = importsOf(folder);
    expect(imported.size).toBeGreaterThan(0);
    const within = SHIPPED_WITHIN[file] ?? [];
    expect([...imported].filter((name) => !(name in declared))).toEqual(within);
  });
});
