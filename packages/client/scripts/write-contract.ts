import { API, type Checker, type Project, SymbolFlags, type Type } from 'typescript/unstable/sync';
import { flat, print, type TypeTree, within, writeOut } from './type-tree.ts';

const PROCEDURE_KINDS: Readonly<Record<string, string>> = {
  query: 'Query',
  mutation: 'Mutation',
  subscription: 'Subscription',
};

interface Procedure {
  readonly kind: string;
  readonly input: TypeTree;
  readonly output: TypeTree;
}

/** A feature's procedures, or the features of the whole. */
type RouterTree = ReadonlyMap<string, Procedure | RouterTree>;

/** A type that is written out under its own name, and what its declaration says of it. */
interface NamedType {
  readonly written: TypeTree;
  readonly comment: string;
}

const commented = (comment: string): string => (comment === '' ? '' : `/** ${comment.replaceAll('*/', '*\\/')} */\n`);

type SymbolOf = ReturnType<Checker['getAliasedSymbol']>;

function exportsOf({ program, checker }: Project, file: string): readonly SymbolOf[] {
  const source = program.getSourceFile(file);
  const symbol = source === undefined ? undefined : checker.getSymbolAtLocation(source);
  if (symbol === undefined) throw new Error(`${file} is no module of the project.`);
  return checker.getExportsOfModule(symbol);
}

const resolved = (checker: Checker, symbol: SymbolOf): SymbolOf =>
  (symbol.flags & SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);

function memberOf(checker: Checker, type: Type, ...names: string[]): Type {
  return names.reduce((parent, name) => {
    const property = checker.getPropertyOfType(parent, name);
    const found = property === undefined ? undefined : checker.getTypeOfSymbol(property);
    if (found === undefined) throw new Error(`${checker.typeToString(parent).slice(0, 100)} has no ${name}.`);
    return found;
  }, type);
}

function treeOf(checker: Checker, record: Type, path: string): RouterTree {
  return new Map(
    checker.getPropertiesOfType(record).map(({ name }): [string, RouterTree | Procedure] => {
      const member = memberOf(checker, record, name);
      const isProcedure = checker.getPropertyOfType(member, '_def') !== undefined;
      const own = `${path}.${name}`;
      return [name, isProcedure ? procedureOf(checker, member, own) : treeOf(checker, member, own)];
    }),
  );
}

function procedureOf(checker: Checker, procedure: Type, path: string): Procedure {
  const type = memberOf(checker, procedure, '_def', 'type');
  const kind = type.isStringLiteralType() ? PROCEDURE_KINDS[type.value] : undefined;
  if (kind === undefined) throw new Error(`${path} is no procedure that the client calls.`);
  const output = writeOut(checker, memberOf(checker, procedure, '_def', '$types', 'output'), `${path} output`);
  return {
    kind,
    input: writeOut(checker, memberOf(checker, procedure, '_def', '$types', 'input'), `${path} input`),
    // tRPC makes `never` of an output that is void.
    output: flat(output) === 'void' ? { kind: 'text', text: 'undefined' } : output,
  };
}

function* proceduresOf(tree: RouterTree): Generator<Procedure> {
  for (const member of tree.values()) {
    if ('kind' in member) yield member;
    else yield* proceduresOf(member);
  }
}

function printTree(tree: RouterTree, names: ReadonlyMap<string, string>, indent = ''): string {
  const deeper = `${indent}  `;
  const lines = [...tree].map(([name, member]) => {
    if (!('kind' in member)) return `${deeper}${name}: ${printTree(member, names, deeper)};\n`;
    const { kind, input, output } = member;
    return `${deeper}${name}: ${kind}<${print(input, names, deeper)}, ${print(output, names, deeper)}>;\n`;
  });
  return `{\n${lines.join('')}${indent}}`;
}

/** Types of one or two members read better where they stand. */
const deservesName = (tree: TypeTree) =>
  (tree.kind === 'object' && tree.members.length > 2) || (tree.kind === 'union' && tree.members.length > 5);

const HEAD = `// Written by scripts/build.ts from the types of the server's router.
import type {
  inferRouterInputs,
  inferRouterOutputs,
  TRPCBuiltRouter,
  TRPCMutationProcedure,
  TRPCQueryProcedure,
  TRPCSubscriptionProcedure,
} from '@trpc/server';

type Query<Input, Output> = TRPCQueryProcedure<{ input: Input; output: Output; meta: object }>;
type Mutation<Input, Output> = TRPCMutationProcedure<{ input: Input; output: Output; meta: object }>;
type Subscription<Input, Output> = TRPCSubscriptionProcedure<{ input: Input; output: Output; meta: object }>;
`;

/**
 * The declarations that stand in the place of `contract.ts` once it is published: the types of every procedure, written
 * out in full, so that they need neither the server's packages nor zod.
 *
 * @param project the client's tsconfig.json
 * @param contract its `src/contract/contract.ts`
 * @param schemas the entry of the schemas' package, whose names are given to the types that they stand for
 */
export function writeContract(files: { project: string; contract: string; schemas: string }): string {
  const api = new API();
  try {
    const project = api.updateSnapshot({ openProjects: [files.project] }).getProject(files.project);
    if (project === undefined) throw new Error(`${files.project} cannot be opened.`);
    const { checker } = project;
    const exported = new Map(
      exportsOf(project, files.contract).map((symbol) => [symbol.name, resolved(checker, symbol)]),
    );
    const routerSymbol = exported.get('AppRouter');
    if (routerSymbol === undefined) throw new Error('contract.ts exports no AppRouter.');
    const router = checker.getDeclaredTypeOfSymbol(routerSymbol);
    const tree = treeOf(checker, memberOf(checker, router, '_def', 'record'), 'router');
    const procedures = [...proceduresOf(tree)];
    const errorShape = writeOut(
      checker,
      memberOf(checker, router, '_def', '_config', '$types', 'errorShape'),
      'errorShape',
    );
    const used = new Set<string>();
    for (const whole of [errorShape, ...procedures.flatMap(({ input, output }) => [input, output])]) {
      for (const part of within(whole)) used.add(flat(part));
    }

    const named = new Map<string, NamedType>();
    const names = new Map<string, string>();
    for (const symbol of exportsOf(project, files.schemas)) {
      const target = resolved(checker, symbol);
      if ((target.flags & SymbolFlags.TypeAlias) === 0 && (target.flags & SymbolFlags.Interface) === 0) continue;
      const isExported = exported.has(symbol.name);
      const type = checker.getDeclaredTypeOfSymbol(target);
      if (type.isClassOrInterface() && !isExported) continue;
      const written = writeOut(checker, type, symbol.name);
      if (!isExported && (!deservesName(written) || !used.has(flat(written)))) continue;
      named.set(symbol.name, { written, comment: checker.getDocumentationCommentOfSymbol(target).trim() });
      if (deservesName(written) && !names.has(flat(written))) names.set(flat(written), symbol.name);
    }
    return declarations({ tree, errorShape, named, names });
  } finally {
    api.close();
  }
}

function declarations(parts: {
  tree: RouterTree;
  errorShape: TypeTree;
  named: ReadonlyMap<string, NamedType>;
  names: ReadonlyMap<string, string>;
}): string {
  const { tree, errorShape, named, names } = parts;
  const types = [...named].map(([name, { written, comment }]) => {
    const known = names.get(flat(written));
    return `${commented(comment)}export type ${name} = ${print(written, names, '', known === undefined || known === name)};\n`;
  });
  return [
    HEAD,
    ...types,
    `type ErrorShape = ${print(errorShape, names)};\n`,
    `/** The procedures of the server, by feature. */\nexport type AppRouter = TRPCBuiltRouter<{ ctx: object; meta: object; errorShape: ErrorShape; transformer: false }, ${printTree(tree, names)}>;\n`,
    '/** What each procedure takes, by feature and name. */\nexport type RouterInputs = inferRouterInputs<AppRouter>;\n',
    '/** What each procedure answers, by feature and name. */\nexport type RouterOutputs = inferRouterOutputs<AppRouter>;\n',
  ].join('\n');
}
