// Checks the licences of what production installs.
import { execFileSync } from 'node:child_process';
import { type LicenceList, licenceFaults } from './licence-faults.ts';

const list = JSON.parse(
  execFileSync('pnpm', ['licenses', 'list', '--prod', '--json'], { encoding: 'utf8', maxBuffer: 2 ** 26 }),
) as LicenceList;
const faults = licenceFaults(list);
for (const fault of faults) process.stderr.write(`${fault}\n`);
if (faults.length > 0) process.exitCode = 1;
const counted = Object.entries(list).map(([licence, packages]) => `${packages.length} under ${licence}`);
process.stdout.write(`Packages of production: ${counted.join(', ')}.\n`);
