// Holds the imports of this repository against its arrows, and the arrows against the imports.
import { arrows } from './arrows.ts';
import { checkArrows, ROOT, readManifests } from './check-arrows.ts';
import { unusedArrows } from './unused-arrows.ts';

const { modules, summary } = await checkArrows(ROOT, arrows);
const comments = new Map(summary.ruleSetUsed?.forbidden?.map(({ name, comment }) => [name, comment]));
const byRule = Object.groupBy(summary.violations, ({ rule }) => rule.name ?? '');
const unused = unusedArrows(arrows, readManifests(ROOT), modules);

for (const [rule, violations = []] of Object.entries(byRule)) {
  process.stderr.write(`\n${rule} (${comments.get(rule)})\n`);
  for (const { from, to } of violations) process.stderr.write(from === to ? `  ${from}\n` : `  ${from} → ${to}\n`);
}
if (unused.length > 0) {
  process.stderr.write(
    `\npackages/tools/arrows/arrows.ts holds what nothing needs\n${unused.map((line) => `  ${line}\n`).join('')}`,
  );
}
if (summary.violations.length + unused.length > 0) process.exitCode = 1;
else process.stdout.write(`${modules.length} files: every import is one that the arrows allow.\n`);
