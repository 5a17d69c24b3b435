import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import type { ArrowTable, Manifest, Manifests } from './arrow-table.ts';
import { rulesOf } from './rules.ts';

export const ROOT = join(import.meta.dirname, '../../..');

/** Workspaces of their own, whose libraries stand only where their tests run; nothing of the product imports them. */
const APART = ['packages/generated-clients', 'packages/template-engines', 'packages/manifests'];

/** The package.json of each package of the tree at `root`. */
export function readManifests(root: string): Manifests {
  const patterns = ['{apps,packages}/*/package.json', 'bench/package.json'];
  const files = globSync(patterns, { cwd: root }).filter((file) => !APART.includes(dirname(file)));
  return Object.fromEntries(
    files.sort().map((file) => [dirname(file), JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest]),
  );
}

/** Reads every import of the tree at `root`, type-only ones included, and says which of them the table refuses. */
export async function checkArrows(root: string, table: ArrowTable): Promise<ICruiseResult> {
  const folders = ['apps', 'packages', 'bench'];
  const { output } = await cruise(
    folders.filter((folder) => globSync(`${folder}/*`, { cwd: root }).length > 0),
    {
      baseDir: root,
      validate: true,
      ruleSet: rulesOf(table, readManifests(root)),
      doNotFollow: { path: '(?:^|/)node_modules/' },
      exclude: { path: `^(?:(?:${APART.join('|')})/|(?:apps|packages)/[^/]+/(?:dist/|test/consumer/))` },
      tsPreCompilationDeps: true,
      combinedDependencies: true,
      skipAnalysisNotInRules: true,
      enhancedResolveOptions: {
        exportsFields: ['exports'],
        conditionNames: ['@promptory/source', 'types', 'import', 'node', 'default'],
      },
    },
  );
  if (typeof output === 'string') throw new Error(output);
  return output;
}
