const SERVER_LIBRARIES = /\b(?:kysely|pg|fastify|lucia|oslo|graphile-worker|pino|zod)\b/gi;
const IMPORT = /(?<!\.)\b(?:from|import)\s*\(?\s*(['"])([^'"]+)\1/g;
const ALLOWED_IMPORT = /^(?:@trpc\/(?:client|server)(?:\/|$)|ai$|\.\.?\/)/;

/** What published declarations must not name: libraries of the server, and imports from elsewhere than peers. */
export function foreignWords(declarations: string): string[] {
  const libraries = declarations.match(SERVER_LIBRARIES) ?? [];
  const imports = Array.from(declarations.matchAll(IMPORT), ([, , from = '']) => from);
  return [...libraries, ...imports.filter((from) => !ALLOWED_IMPORT.test(from))];
}
