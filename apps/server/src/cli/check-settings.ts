import { parseArgs } from 'node:util';
import { readTls } from '../process/read-tls.ts';
import { StartError } from '../process/start-error.ts';
import { readEnv, SettingsError } from '../settings/env.ts';
import { loadServingEnv, namesInEnvFile } from '../settings/project-root.ts';

const USAGE = `usage: pnpm settings:check [--connect]

Says what is wrong with the settings, or to be known of them, as \`pnpm start\` would read them, and starts nothing.
With --connect it also tries the database, the mail server and Redis. Exit code 1 where something is wrong.`;

async function check(args: readonly string[]): Promise<string[]> {
  const { values } = parseArgs({
    // A runner may pass on the `--` that stood before our own options.
    args: args.filter((argument) => argument !== '--'),
    options: { connect: { type: 'boolean' }, help: { type: 'boolean' } },
  });
  if (values.help === true) return [USAGE];
  loadServingEnv();
  const env = readEnv(process.env, namesInEnvFile());
  if (env.tls !== null) await readTls(env.tls);
  const lines = [`The settings are right for ${env.environment}.`, ...env.warnings];
  if (values.connect !== true) return lines;
  // The drivers are loaded only where they are asked for.
  const { tryConnections } = await import('../process/try-connections.ts');
  const tried = await tryConnections(env);
  if (tried.some(({ isWell }) => !isWell)) process.exitCode = 1;
  return [...lines, ...tried.map(({ setting, isWell, says }) => `${isWell ? 'ok    ' : 'failed'} ${setting}: ${says}`)];
}

try {
  process.stdout.write(`${(await check(process.argv.slice(2))).join('\n')}\n`);
} catch (error) {
  const isMistyped = /^ERR_PARSE_ARGS/.test(String(Reflect.get(Object(error), 'code')));
  if (!(error instanceof Error) || !(isMistyped || error instanceof SettingsError || error instanceof StartError)) {
    throw error;
  }
  process.stderr.write(`${error.message}${isMistyped ? `\n${USAGE}` : ''}\n`);
  process.exitCode = 1;
}
