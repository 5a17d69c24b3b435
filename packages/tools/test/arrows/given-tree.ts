import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Manifests } from '../../arrows/arrow-table.ts';

export interface Tree extends AsyncDisposable {
  readonly root: string;
}

/** A repository in a folder of its own: the packages under their names, empty libraries, and the given files. */
export async function givenTree(
  manifests: Manifests,
  libraries: readonly string[],
  files: Readonly<Record<string, string>>,
): Promise<Tree> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'promptory-arrows-')));
  const write = async (file: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), text);
  };
  for (const library of libraries) {
    await write(`node_modules/${library}/package.json`, JSON.stringify({ name: library, main: 'index.js' }));
    await write(`node_modules/${library}/index.js`, '');
  }
  for (const [dir, manifest] of Object.entries(manifests)) {
    await write(`${dir}/package.json`, JSON.stringify(manifest));
    await mkdir(join(root, 'node_modules/@promptory'), { recursive: true });
    await symlink(join(root, dir), join(root, 'node_modules', manifest.name), 'dir');
  }
  for (const [file, text] of Object.entries(files)) await write(file, text);
  return { root, [Symbol.asyncDispose]: () => rm(root, { recursive: true, force: true }) };
}
