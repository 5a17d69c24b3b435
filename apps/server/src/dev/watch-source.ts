import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ENV_FILE } from '../settings/project-root.ts';

const DEBOUNCE_MS = 150;
const SOURCE = /(?<!\.test)\.ts$/;

/** Calls `changed` once a burst of changes in `.env`, or in the sources of the server and the packages, or in the addresses of the console, is over. */
export async function watchSource(root: string, changed: () => void): Promise<() => void> {
  const packages = await readdir(join(root, 'packages'));
  const folders = [join(root, 'apps/server/src'), ...packages.map((name) => join(root, 'packages', name, 'src'))];
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  const watchFolder = (folder: string, recursive: boolean, counts: (file: string) => boolean): void => {
    try {
      const watcher = watch(folder, { recursive }, (_event, file) => {
        if (file === null || !counts(file)) return;
        clearTimeout(timer);
        timer = setTimeout(changed, DEBOUNCE_MS);
      });
      // A folder that cannot be watched costs only the restarts.
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // As above: no such folder, or no watches left on this system.
    }
  };
  // The folder and not the file, which may not be there yet, and which editors replace.
  watchFolder(root, false, (file) => file === ENV_FILE);
  watchFolder(join(root, 'apps/console/src'), false, (file) => file === 'addresses.ts');
  for (const folder of folders) watchFolder(folder, true, (file) => SOURCE.test(file));
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
