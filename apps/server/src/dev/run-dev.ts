import { enableCompileCache } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const startedAt = Date.now();
// Before anything else is loaded: with it a second start is twice as fast. The server's process inherits it.
const cache = join(fileURLToPath(new URL('../../../..', import.meta.url)), 'node_modules/.cache/promptory');
process.env.NODE_COMPILE_CACHE ??= cache;
enableCompileCache(process.env.NODE_COMPILE_CACHE);

// What the terminal gave; `.env` may change later.
const given = { ...process.env };
const { useEnvFile } = await import('../settings/project-root.ts');
useEnvFile(given);
// The server's process loads its source while this one starts the database.
const { forkApp } = await import('./app-process.ts');
const { consoleServer } = await import('./console/console-server.ts');
const consoles = consoleServer();
const app = forkApp(consoles);
const { develop, isOperatorError } = await import('./develop.ts');
const { keepFailure } = await import('./keep-failure.ts');
process.on('uncaughtException', (error) => {
  void keepFailure(error).then((line) => {
    process.stderr.write(`${line}\n`);
    process.exit(1);
  });
});
try {
  process.exitCode = await develop({ startedAt, app, consoles, given });
} catch (error) {
  const known = isOperatorError(error);
  process.stderr.write(`${known ? error.message : await keepFailure(error)}\n`);
  process.exitCode = 1;
}
process.exit();
