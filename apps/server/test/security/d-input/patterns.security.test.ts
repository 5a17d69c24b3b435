import { check } from 'recheck';
import { proves } from '../harness/proof.ts';
import { distinct, type Pattern, patternsIn, schemaPatterns, sources } from './patterns.ts';

// recheck (Takahashi, 2021) knows for most patterns from their automaton, and tries the others with texts of its own, how
// the time of a match grows. Anything above linear counts as vulnerable here, however short the texts are that reach it.

// The checker in JavaScript: it needs nothing installed beside it.
process.env.RECHECK_BACKEND = 'pure';

const CONTROL = String.raw`\u0000-\u001f\u007f-\u009f\u2028\u2029`;
const BIDI = String.raw`\u202a-\u202e\u2066-\u2069`;

/** What is put together at run time, as it comes out: a file and each of its patterns. */
const MADE: Readonly<Record<string, readonly string[]>> = {
  // Words with their signs escaped.
  'packages/api/src/domain/prompts/search/matched-text.ts': [String.raw`typescript|c\+\+|types`],
  'packages/auth/src/second-factor/recovery-codes.ts': ['.{4}(?=.)'],
  'packages/db/src/search/text-words.ts': ['[ßæœøđðłþıħŧς]'],
  'packages/schemas/src/values/text.ts': [`^[^${CONTROL}]*$`, `^[^${CONTROL}${BIDI}]*$`, `[${CONTROL}${BIDI}]`],
  // Of patterns that schemas have, which are checked with the schemas.
  'packages/trpc-fastify/src/http/etag.ts': [String.raw`\.[\w\-]{22}$`],
  'packages/trpc-fastify/src/openapi/example-of.ts': ['^[a-z]+$'],
};

// Undecided is a deviation, and a busy machine must not make it one.
const TIMEOUT_MS = 200_000;

proves('D5', 'no pattern in our sources or schemas takes longer than its text is long', async (proof) => {
  proof.atLeast(100);
  const known = await check('^(?:a+)+$', '', { timeout: TIMEOUT_MS });
  proof.works(known.status === 'vulnerable', () => `what is known to be vulnerable is ${known.status}`);
  const files = await sources();
  const literals: Pattern[] = [];
  for (const [path, text] of files) {
    const { literals: found, made } = patternsIn(text, path);
    literals.push(...found);
    const expected = MADE[path]?.length ?? 0;
    proof.check(made === expected, () => `${path} makes ${made} patterns of texts, of which ${expected} are known`);
  }
  const made = Object.entries(MADE).flatMap(([where, all]) =>
    all.map((source): Pattern => ({ source, flags: 'u', where })),
  );
  const schemas = schemaPatterns();
  const all = distinct([...literals, ...made, ...schemas]);
  // Each of them, in a short run too: of a tenth most runs would not see the one that is new.
  for (const { source, flags, where } of all) {
    const { status, ...rest } = await check(source, flags, { timeout: TIMEOUT_MS });
    const complexity = 'complexity' in rest ? rest.complexity.summary : 'undecided';
    proof.check(status === 'safe', () => `/${source}/${flags} in ${where}: ${status}, ${complexity}`);
  }
  proof.remark(
    `${files.size} files with ${literals.length} literals, ${made.length} patterns made at run time and ${schemas.length} in schemas: ${all.length} different ones`,
  );
});
