import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { bareEnvironment, type Ended, ROOT, type Settings } from '../harness/run-server.ts';

/** Runs a script of the root's package.json as its users do, `input` typed into it, and waits for its end. */
export async function runScript(
  name: string,
  options: { settings: Settings; args?: readonly string[]; input?: string },
): Promise<Ended> {
  const { settings, args = [], input = '' } = options;
  const child = spawn('npm', ['run', name, '--silent', ...(args.length > 0 ? ['--', ...args] : [])], {
    cwd: ROOT,
    env: { ...bareEnvironment(), npm_config_update_notifier: 'false', ...settings },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}
