import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { ErrorCode } from '@promptory/schemas';
import { groupErrors, promptErrors } from '../../src/access/require.ts';

// Which error codes stand in the code that a function calls, by its source: from its text to the functions named there, to
// those named in them, and so on. It follows names and knows no branches.

const SRC = join(import.meta.dirname, '../../src');
/** What every procedure goes through; their errors are not a procedure's own. */
const COMMON = /\/src\/(?:errors|call-limits|trpc|access\/[\w-]+|idempotency\/[\w-]+)\.ts$/;

const COMMENT = /\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm;
const DECLARATION = /^(?:export )?(?:async )?(?:function\*?|const) (\w+)/;
const IMPORT = /^import \{([^}]*)\} from '(\.[^']*)'/gm;
const CODE = /'([a-z_]+\.[a-z_]+)'/g;
const REQUIRED = /\b(?:require|lock)(Prompt|Group)\(([^()]*)\)/g;
const NEED = /'(read|edit|own)'/g;

interface Source {
  readonly file: string;
  /** The text of each declaration at the top of the file. */
  readonly declared: ReadonlyMap<string, string>;
  /** Local name → the file and the name that it is imported from. */
  readonly imported: ReadonlyMap<string, { file: string; name: string }>;
}

function read(file: string): Source {
  const text = readFileSync(file, 'utf8').replaceAll(COMMENT, '');
  const declared = text.split(/\n(?=[a-z])/).flatMap((part) => {
    const name = DECLARATION.exec(part)?.[1];
    return name === undefined ? [] : [[name, part] as const];
  });
  const imported = Array.from(text.matchAll(IMPORT), ([, names = '', from = '']) =>
    names.split(',').map((each) => {
      const [name = '', local = name] = each
        .trim()
        .replace(/^type /, '')
        .split(' as ');
      return [local, { file: resolve(dirname(file), from), name }] as const;
    }),
  );
  return { file, declared: new Map(declared), imported: new Map(imported.flat()) };
}

const sources = new Map(
  readdirSync(SRC, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => [join(SRC, name), read(join(SRC, name))]),
);

const isErrorCode = (text: string): text is ErrorCode => ErrorCode.safeParse(text).success;

function* codesIn(text: string): Generator<ErrorCode> {
  for (const [, code = ''] of text.matchAll(CODE)) if (isErrorCode(code)) yield code;
  for (const [, what, given = ''] of text.matchAll(REQUIRED)) {
    const errors = what === 'Prompt' ? promptErrors : groupErrors;
    for (const [, need] of given.matchAll(NEED)) yield* errors[need as keyof typeof errors];
  }
}

function follow(source: Source, text: string, found: { codes: Set<ErrorCode>; seen: Set<string> }): void {
  for (const code of codesIn(text)) found.codes.add(code);
  for (const [word] of text.matchAll(/\b[A-Za-z_]\w*\b/g)) {
    const { file, name } = source.imported.get(word) ?? { file: source.file, name: word };
    const next = sources.get(file);
    const body = next?.declared.get(name);
    const key = `${file} ${name}`;
    if (next === undefined || body === undefined || COMMON.test(file) || found.seen.has(key)) continue;
    found.seen.add(key);
    follow(next, body, found);
  }
}

// `({ ctx, input }) => createGroup(ctx, input)`, as Vite leaves it too: `(0,__vi_import_7__.createGroup)(ctx, input)`.
const CALLED = /=>\s*(?:\(0,\s*)?(?:\w+\.)?(\w+)\)?\(/;

/** The codes that a procedure may come by in what its resolver calls, in the order of all codes. */
export function reachableErrors(resolver: unknown): ErrorCode[] {
  const name = CALLED.exec(String(resolver))?.[1] ?? '';
  const routers = [...sources.values()].filter(
    ({ file, imported }) => file.endsWith('.router.ts') && imported.has(name),
  );
  if (routers.length === 0) throw new Error(`No router imports what is called in ${resolver}.`);
  const found = { codes: new Set<ErrorCode>(), seen: new Set<string>() };
  for (const router of routers) follow(router, name, found);
  return ErrorCode.options.filter((code) => found.codes.has(code));
}
