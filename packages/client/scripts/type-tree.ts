import { type Checker, SymbolFlags, type Type, TypeFlags } from 'typescript/unstable/sync';

/** A type of the wire, fully written out: no name in it leads anywhere. */
export type TypeTree =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'array'; readonly item: TypeTree }
  | { readonly kind: 'generic'; readonly name: string; readonly of: TypeTree }
  | { readonly kind: 'union'; readonly members: readonly TypeTree[] }
  | { readonly kind: 'object'; readonly members: readonly Member[] };

interface Member {
  readonly name: string;
  readonly optional: boolean;
  readonly comment: string;
  readonly type: TypeTree;
}

// Of the standard library; their own declarations are the consumer's.
const GENERIC = new Map([
  ['AsyncIterable', 'AsyncIterable'],
  ['AsyncGenerator', 'AsyncIterable'],
  ['Uint8Array', 'Uint8Array'],
]);
/** What tRPC makes of an event that has an id. */
const TRACKED = 'TrackedData';
const PRIMITIVE = new Set(['string', 'number', 'boolean', 'unknown', 'null', 'undefined', 'void', 'never']);
const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;
const MAX_DEPTH = 40;

const text = (value: string): TypeTree => ({ kind: 'text', text: value });
const key = (name: string) => (IDENTIFIER.test(name) ? name : JSON.stringify(name));

/**
 * Writes out a type that can cross the wire.
 *
 * @throws on what cannot: functions, classes, `any`, types of a library. So no type of the server gets into what the
 * client is published with, however it would have got there.
 */
export function writeOut(checker: Checker, type: Type, path: string, depth = 0): TypeTree {
  if (depth > MAX_DEPTH) throw new Error(`${path}: the type nests too deep, or within itself.`);
  const inner = (child: Type, step: string) => writeOut(checker, child, `${path}.${step}`, depth + 1);

  if (type.isStringLiteralType()) return text(JSON.stringify(type.value));
  if (type.isNumberLiteralType() || type.isBooleanLiteralType()) return text(String(type.value));
  if (type.isIntrinsicType() && !type.isErrorType() && PRIMITIVE.has(type.intrinsicName))
    return text(type.intrinsicName);
  if (type.isUnionType()) {
    return union(type.getTypes().map((child, index) => inner(child, `|${index}`)));
  }
  if (checker.isArrayType(type) && type.isTypeReference()) {
    const [item] = checker.getTypeArguments(type);
    if (item !== undefined) return { kind: 'array', item: inner(item, '[]') };
  }
  const [event] = type.getSymbol()?.name === TRACKED && type.isTypeReference() ? checker.getTypeArguments(type) : [];
  if (event !== undefined) {
    const about = { optional: false, comment: '' };
    const id = { name: 'id', type: text('string'), ...about };
    return { kind: 'object', members: [id, { name: 'data', type: inner(event, 'data'), ...about }] };
  }
  const generic = GENERIC.get(type.getSymbol()?.name ?? '');
  if (generic !== undefined && type.isTypeReference()) {
    const [of] = checker.getTypeArguments(type);
    if (generic === 'Uint8Array') return text('Uint8Array');
    if (of !== undefined) return { kind: 'generic', name: generic, of: inner(of, '*') };
  }
  if (type.isObjectType() || type.isIntersectionType()) return object(checker, type, path, inner);
  throw new Error(`${path}: ${checker.typeToString(type)} cannot cross the wire (${TypeFlags[type.flags]}).`);
}

const EMPTY = ['null', 'undefined'];

function union(parts: readonly TypeTree[]): TypeTree {
  const isEmpty = (member: TypeTree) => Number(member.kind === 'text' && EMPTY.includes(member.text));
  const members = parts.toSorted((a, b) => isEmpty(a) - isEmpty(b));
  const texts = new Set(members.map((member) => (member.kind === 'text' ? member.text : '')));
  if (!texts.has('true') || !texts.has('false')) return { kind: 'union', members };
  const rest = members.filter(
    (member) => member.kind !== 'text' || (member.text !== 'true' && member.text !== 'false'),
  );
  return rest.length === 0 ? text('boolean') : { kind: 'union', members: [text('boolean'), ...rest] };
}

function object(checker: Checker, type: Type, path: string, inner: (child: Type, step: string) => TypeTree): TypeTree {
  const isPlain = [0, 1].every((kind) => checker.getSignaturesOfType(type, kind).length === 0);
  if (!isPlain || type.isTypeReference() || type.isTupleType()) {
    throw new Error(`${path}: ${checker.typeToString(type)} cannot cross the wire.`);
  }
  const members: Member[] = checker.getIndexInfosOfType(type).map(({ keyType, valueType }) => ({
    name: `[key: ${checker.typeToString(keyType)}]`,
    optional: false,
    comment: '',
    type: inner(valueType, '[key]'),
  }));
  for (const property of checker.getPropertiesOfType(type)) {
    const own = checker.getTypeOfSymbol(property);
    if (own === undefined) throw new Error(`${path}.${property.name} has no type.`);
    members.push({
      name: key(property.name),
      optional: (property.flags & SymbolFlags.Optional) !== 0,
      comment: checker.getDocumentationCommentOfSymbol(property).trim(),
      type: inner(own, property.name),
    });
  }
  return { kind: 'object', members };
}

/** On one line, comments left out: equal for equal types. */
export function flat(tree: TypeTree): string {
  switch (tree.kind) {
    case 'text':
      return tree.text;
    case 'array':
      return `Array<${flat(tree.item)}>`;
    case 'generic':
      return `${tree.name}<${flat(tree.of)}>`;
    case 'union':
      return tree.members.map(flat).join(' | ');
    case 'object':
      return `{ ${tree.members.map(({ name, optional, type }) => `${name}${optional ? '?' : ''}: ${flat(type)};`).join(' ')} }`;
  }
}

/** Over several lines, with the name of `names` in place of each type that has one. */
export function print(tree: TypeTree, names: ReadonlyMap<string, string>, indent = '', isNamed = false): string {
  const name = isNamed ? undefined : names.get(flat(tree));
  if (name !== undefined) return name;
  const inner = (child: TypeTree) => print(child, names, indent);
  switch (tree.kind) {
    case 'text':
      return tree.text;
    case 'array':
      return `Array<${inner(tree.item)}>`;
    case 'generic':
      return `${tree.name}<${inner(tree.of)}>`;
    case 'union': {
      const parts = tree.members.map(inner);
      return parts.length > 5 ? parts.map((part) => `\n${indent}  | ${part}`).join('') : parts.join(' | ');
    }
    case 'object': {
      if (tree.members.length === 0) return '{}';
      const lines = tree.members.map((member) => {
        const comment = member.comment === '' ? '' : `${indent}  /** ${member.comment.replaceAll('*/', '*\\/')} */\n`;
        const value = print(member.type, names, `${indent}  `);
        return `${comment}${indent}  ${member.name}${member.optional ? '?' : ''}: ${value};\n`;
      });
      return `{\n${lines.join('')}${indent}}`;
    }
  }
}

/** Every type within, itself included. */
export function* within(tree: TypeTree): Generator<TypeTree> {
  yield tree;
  if (tree.kind === 'array') yield* within(tree.item);
  else if (tree.kind === 'generic') yield* within(tree.of);
  else if (tree.kind === 'union') for (const member of tree.members) yield* within(member);
  else if (tree.kind === 'object') for (const { type } of tree.members) yield* within(type);
}
