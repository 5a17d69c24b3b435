// Asks the registry for what is known against the packages of the lockfile that production installs.
import { spawnSync } from 'node:child_process';
import { type AuditAnswer, auditVerdict } from './audit-verdict.ts';

const { stdout, stderr } = spawnSync('pnpm', ['audit', '--prod', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 });
// Where the registry cannot be reached at all, it writes no JSON.
const answer: AuditAnswer = stdout.startsWith('{') ? JSON.parse(stdout) : { error: { message: stderr.trim() } };
const { passes, says } = auditVerdict(answer);
process.stdout.write(`${says}\n`);
if (!passes) process.exitCode = 1;
