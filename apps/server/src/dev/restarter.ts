import type { AppProcess } from './app-process.ts';

interface RestartParts {
  /** The database that the next server is to have, up to date. */
  prepare(): Promise<{ readonly url: string | null }>;
  fork(): AppProcess;
  isStopping(): boolean;
  print(text: string): void;
}

/** Starts a fresh server in place of the one that runs, one after the other, however fast the changes come. */
export function restarter(app: AppProcess, { prepare, fork, isStopping, print }: RestartParts) {
  let current: AppProcess;
  let working: Promise<void> = Promise.resolve();
  let pending = false;

  const watch = (next: AppProcess): void => {
    current = next;
    void next.ended.then((code) => {
      if (!isStopping() && next === current && !pending)
        print(`The server ended (exit ${code}): it starts again when a file changes.`);
    });
  };
  const restartNow = async (): Promise<void> => {
    await current.stop();
    pending = false;
    if (isStopping()) return;
    let database: Awaited<ReturnType<RestartParts['prepare']>>;
    try {
      database = await prepare();
    } catch (error) {
      print(error instanceof Error ? error.message : String(error));
      return;
    }
    const next = fork();
    watch(next);
    next.start(database.url);
    await next.outcome;
  };
  watch(app);
  return {
    restart(): void {
      if (pending || isStopping()) return;
      pending = true;
      working = working.then(restartNow);
    },
    /** When the last restart that was asked for has come to its end. */
    settled: () => working,
  };
}
