import { type FSWatcher, watch } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

const DEBOUNCE_MS = 150;
const SOURCE = /(?<!\.test)\.ts$/;

/** Calls `changed` once a burst of changes in the sources of the server and the packages is over. */
export async function watchSource(root: string, changed: () => void): Promise<() => void> {
  const packages = await readdir(join(root, 'packages'));
  const folders = [join(root, 'apps/server/src'), ...packages.map((name) => join(root, 'packages', name, 'src'))];
  let timer: NodeJS.Timeout | undefined;
  const watchers: FSWatcher[] = [];
  for (const folder of folders) {
    try {
      const watcher = watch(folder, { recursive: true }, (_event, file) => {
        if (file === null || !SOURCE.test(file)) return;
        clearTimeout(timer);
        timer = setTimeout(changed, DEBOUNCE_MS);
      });
      // A folder that cannot be watched costs only the restarts.
      watcher.on('error', () => watcher.close());
      watchers.push(watcher);
    } catch {
      // As above: no such folder, or no watches left on this system.
    }
  }
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}
