// Holds every import of the repository against the house, and the house against the imports.
import { arrows } from './arrows.ts';
import { cruiseHouse, ROOT, readManifests } from './cruise-house.ts';
import { idleArrows } from './idle-arrows.ts';

const { modules, summary } = await cruiseHouse(ROOT, arrows);
const comments = new Map(summary.ruleSetUsed?.forbidden?.map(({ name, comment }) => [name, comment]));
const idle = idleArrows(arrows, readManifests(ROOT), modules);

for (const [rule, violations] of Object.entries(Object.groupBy(summary.violations, ({ rule }) => rule.name ?? ''))) {
  process.stderr.write(`\n${rule} (${comments.get(rule)})\n`);
  for (const { from, to } of violations ?? [])
    process.stderr.write(from === to ? `  ${from}\n` : `  ${from} → ${to}\n`);
}
if (idle.length > 0) {
  process.stderr.write('\nNothing needs these lines of tools/arrows/arrows.ts:\n');
  for (const line of idle) process.stderr.write(`  ${line}\n`);
}
if (summary.violations.length + idle.length > 0) process.exitCode = 1;
else process.stdout.write(`${modules.length} files: every import runs as the arrows say.\n`);
