// Checks the rules of ops/prometheus, and tries them by promtool; says what to install where that is not there.
import { spawnSync } from 'node:child_process';

const MISSING =
  'promtool is not there, so no alert was tried: apt-get install --no-install-recommends prometheus, or set PROMTOOL.\n';

const program = process.env.PROMTOOL || 'promtool';
for (const args of [
  ['check', 'rules', 'ops/prometheus/rules.yml'],
  ['check', 'config', '--syntax-only', 'ops/prometheus/prometheus.yml'],
  ['test', 'rules', 'ops/prometheus/rules.test.yml'],
]) {
  const { error, status } = spawnSync(program, args, { stdio: 'inherit' });
  // EACCES where a folder of the PATH is closed to this user.
  const isMissing = ['ENOENT', 'EACCES'].includes(Reflect.get(Object(error), 'code'));
  if (error !== undefined) process.stderr.write(isMissing ? MISSING : `${error.message}\n`);
  if (status !== 0) process.exit(1);
}
