import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import type { House, Manifest } from './house.ts';
import { type Manifests, rulesOf } from './rules.ts';

export const ROOT = join(import.meta.dirname, '../..');

export function readManifests(root: string): Manifests {
  const files = globSync(['{apps,packages}/*/package.json', '{bench,tools}/package.json'], { cwd: root });
  return Object.fromEntries(
    files.sort().map((file) => [dirname(file), JSON.parse(readFileSync(join(root, file), 'utf8')) as Manifest]),
  );
}

/** Reads every import of the tree at `root`, type-only ones included, and holds them against the house. */
export async function cruiseHouse(root: string, house: House): Promise<ICruiseResult> {
  const manifests = readManifests(root);
  const { output } = await cruise(
    ['apps', 'packages', 'bench', 'tools'].filter((folder) => globSync(`${folder}/**/*.ts`, { cwd: root }).length > 0),
    {
      baseDir: root,
      ruleSet: rulesOf(house, manifests),
      validate: true,
      doNotFollow: { path: '(?:^|/)node_modules/' },
      exclude: { path: '^(?:apps|packages)/[^/]+/(?:dist/|test/consumer/)' },
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
