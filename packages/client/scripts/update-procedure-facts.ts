import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { procedureFacts } from '@promptory/api/server';
import { ordinaryFacts, type ProcedureFacts } from '../src/contract/procedure-facts.ts';

const FILE = fileURLToPath(new URL('../src/contract/procedure-facts.generated.ts', import.meta.url));

const HEAD = `// Written by \`pnpm generate\` from what the procedures of packages/api declare: whatever is not ordinary of each.
export const specialFacts = {
`;

const names = Object.keys(ordinaryFacts) as Array<keyof ProcedureFacts>;

function factsFile(): string {
  const lines = Array.from(procedureFacts, ([path, facts]: readonly [string, ProcedureFacts]) => {
    const special = names.filter((name) => facts[name] !== ordinaryFacts[name]);
    const members = special.map((name) => {
      const value = facts[name];
      return `${name}: ${typeof value === 'string' ? `'${value}'` : value}`;
    });
    return members.length === 0 ? '' : `  '${path}': { ${members.join(', ')} },\n`;
  });
  return `${HEAD}${lines.join('')}} as const;\n`;
}

/** Writes `procedure-facts.generated.ts` anew; with `check`, only answers whether it is what would be written. */
export function updateProcedureFacts({ check }: { check: boolean }): boolean {
  const text = factsFile();
  if (text === readFileSync(FILE, 'utf8')) return true;
  if (check) return false;
  writeFileSync(FILE, text);
  return true;
}
