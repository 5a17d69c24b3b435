import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readEnv } from '../../settings/env.ts';
import { namesInEnvFile, ROOT } from '../../settings/project-root.ts';
import { type OpenedConsole, readAsked } from './console-messages.ts';

/** What `apps/console/scripts/dev-server.ts` opens. */
interface DevServer extends OpenedConsole {
  upgrade(request: { url: string; headers: Readonly<Record<string, string>> }, socket: Socket): void;
}

/** What shows the console from its sources, in this process: pages stay open while one server takes the place of another. */
export interface ConsoleServer {
  /** Answers what a server's process asks. It starts with the first page that somebody opens, not before. */
  serve(child: ChildProcess): void;
}

export function consoleServer(): ConsoleServer {
  let opening: Promise<DevServer> | undefined;

  async function open(): Promise<DevServer> {
    const file = join(ROOT, 'apps/console/scripts/dev-server.ts');
    const { openDevServer } = await import(pathToFileURL(file).href);
    const { publicUrl } = readEnv(process.env, namesInEnvFile());
    return openDevServer({ hosts: [new URL(publicUrl).hostname] });
  }

  async function answer(child: ChildProcess): Promise<void> {
    opening ??= open();
    const message = await opening.then(
      ({ port, nonce }) => ({ console: { port, nonce } }),
      (error: unknown) => {
        opening = undefined;
        return { consoleFailure: error instanceof Error ? error.message : String(error) };
      },
    );
    if (child.connected) child.send(message, () => undefined);
  }

  return {
    serve(child) {
      child.on('message', (message, socket) => {
        const asked = readAsked(message);
        if (asked === 'console') void answer(child);
        else if (asked !== null && opening !== undefined)
          void opening.then(
            ({ upgrade }) => upgrade(asked, socket as Socket),
            () => (socket as Socket).destroy(),
          );
      });
    },
  };
}
