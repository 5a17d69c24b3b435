import type { JsonValue } from '../../json-value.ts';
import { checkedFormats } from '../check/formats.ts';
import {
  type JsonType,
  jsonTypeOf,
  list,
  members,
  own,
  type SchemaNode,
  type SchemaObject,
  schemasIn,
  typesOf,
} from '../check/schema-document.ts';
import type { Validity } from '../check/validity.ts';
import { exactly, type Literal, listedValues } from './literal.ts';

/** Keywords on one type that hold, or one keyword that does not. */
export interface Atom {
  readonly node: SchemaObject;
  readonly validity: Validity;
  readonly positive: boolean;
}

/** One of the ways in which a literal can hold for a value of a type. */
export interface Branch {
  readonly literals: readonly Literal[];
  readonly atoms: readonly Atom[];
  /** The only values that are left. */
  readonly values?: readonly JsonValue[];
}

const HOLDS: readonly Branch[] = [{ literals: [], atoms: [] }];

/** Keywords that say something together, by the type that they are about; a schema fails by one of the groups. */
const groups: Readonly<Record<JsonType, readonly (readonly string[])[]>> = {
  null: [],
  boolean: [],
  number: [['minimum'], ['maximum'], ['exclusiveMinimum'], ['exclusiveMaximum'], ['multipleOf']],
  string: [['minLength'], ['maxLength'], ['pattern'], ['format']],
  array: [
    ['minItems'],
    ['maxItems'],
    ['uniqueItems'],
    ['contains', 'minContains', 'maxContains'],
    ['items', 'prefixItems'],
  ],
  object: [
    ['minProperties'],
    ['maxProperties'],
    ['propertyNames'],
    ['properties', 'patternProperties', 'additionalProperties'],
  ],
};

/** The ways in which a literal holds for values of a type: none where it cannot. */
export function branchesOf(literal: Literal, type: JsonType): readonly Branch[] {
  const { node, positive } = literal;
  if (typeof node === 'boolean') return node === positive ? HOLDS : [];
  return positive ? holding(node, literal, type) : failing(node, literal, type);
}

function takes(node: SchemaObject, type: JsonType): boolean {
  const types = typesOf(node);
  return types === undefined || types.includes(type) || (type === 'number' && types.includes('integer'));
}

function holding(node: SchemaObject, { validity }: Literal, type: JsonType): readonly Branch[] {
  if (!takes(node, type)) return [];
  const values = listedValues(node)?.filter((value) => jsonTypeOf(value) === type);
  if (values !== undefined) return [{ literals: [], atoms: [], values }];
  const { is, isNot } = signed(validity);
  const always = [...referenced(node, validity), ...schemasIn(node, 'allOf')].map(is);
  const not = own(node, 'not');
  if (not !== undefined) always.push(isNot(not as SchemaNode));
  const choices: (readonly Literal[])[][] = [];
  if (own(node, 'anyOf') !== undefined) choices.push(schemasIn(node, 'anyOf').map((choice) => [is(choice)]));
  if (own(node, 'oneOf') !== undefined) choices.push(onlyOne(schemasIn(node, 'oneOf'), validity));
  const condition = own(node, 'if') as SchemaNode | undefined;
  if (condition !== undefined) {
    const then = (own(node, 'then') ?? true) as SchemaNode;
    const otherwise = (own(node, 'else') ?? true) as SchemaNode;
    choices.push([
      [is(condition), is(then)],
      [isNot(condition), is(otherwise)],
    ]);
  }
  const atoms: Atom[] = [{ node, validity, positive: true }];
  if (choices.length <= 1) return (choices[0] ?? [[]]).map((choice) => ({ literals: [...always, ...choice], atoms }));
  // Several choices are made one after another, so that the first that fails ends them.
  const apart = [['anyOf'], ['oneOf'], ['if', 'then', 'else']]
    .map((keywords) => keywords.filter((keyword) => own(node, keyword) !== undefined))
    .filter((keywords) => keywords.length > 0)
    .map((keywords) => is(Object.fromEntries(keywords.map((keyword) => [keyword, own(node, keyword)]))));
  return [{ literals: [...always, ...apart], atoms }];
}

function failing(node: SchemaObject, { validity }: Literal, type: JsonType): readonly Branch[] {
  if (!takes(node, type)) return HOLDS;
  const { is, isNot } = signed(validity);
  const branches: Branch[] = [];
  const byAtom = (keywords: SchemaObject) =>
    branches.push({ literals: [], atoms: [{ node: keywords, validity, positive: false }] });
  const by = (...literals: Literal[]) => branches.push({ literals, atoms: [] });
  const types = typesOf(node);
  if (type === 'number' && types?.includes('integer') && !types.includes('number')) byAtom({ type: 'integer' });
  const listed = listedValues(node)?.filter((value) => jsonTypeOf(value) === type);
  if (listed?.length === 0) return HOLDS;
  if (listed !== undefined) {
    if (type === 'array' || type === 'object') by(...listed.map((value) => isNot(exactly(value))));
    else byAtom({ enum: [...listed] });
  }
  for (const keywords of groups[type]) {
    const found = keywords.filter((keyword) => own(node, keyword) !== undefined);
    // A format that is not checked never fails.
    if (found[0] === 'format' && !checkedFormats.includes(String(own(node, 'format')))) continue;
    if (found.length > 0) byAtom(Object.fromEntries(found.map((keyword) => [keyword, own(node, keyword)])));
  }
  if (type === 'object') for (const keywords of nameDemands(node)) byAtom(keywords);
  for (const inner of [...referenced(node, validity), ...schemasIn(node, 'allOf')]) by(isNot(inner));
  if (own(node, 'anyOf') !== undefined) by(...schemasIn(node, 'anyOf').map(isNot));
  const one = schemasIn(node, 'oneOf');
  if (one.length > 0) by(...one.map(isNot));
  for (const [index, left] of one.entries()) for (const right of one.slice(index + 1)) by(is(left), is(right));
  const not = own(node, 'not') as SchemaNode | undefined;
  if (not !== undefined) by(is(not));
  const condition = own(node, 'if') as SchemaNode | undefined;
  if (condition === undefined) return branches;
  by(is(condition), isNot((own(node, 'then') ?? true) as SchemaNode));
  by(isNot(condition), isNot((own(node, 'else') ?? true) as SchemaNode));
  return branches;
}

function nameDemands(node: SchemaObject): SchemaObject[] {
  const dependents = Object.entries(members(node, 'dependentRequired')).flatMap(([name, needed]) =>
    (needed as JsonValue[]).map((other) => ({ dependentRequired: { [name]: [other] } })),
  );
  return [...list(node, 'required').map((name) => ({ required: [name] })), ...dependents];
}

function onlyOne(choices: readonly SchemaNode[], validity: Validity): Literal[][] {
  return choices.map((_, chosen) => choices.map((node, index) => ({ node, validity, positive: index === chosen })));
}

function referenced(node: SchemaObject, validity: Validity): SchemaNode[] {
  const reference = own(node, '$ref');
  const target = typeof reference === 'string' ? validity.document.target(reference) : undefined;
  return target === undefined ? [] : [target];
}

function signed(validity: Validity) {
  return {
    is: (node: SchemaNode): Literal => ({ node, validity, positive: true }),
    isNot: (node: SchemaNode): Literal => ({ node, validity, positive: false }),
  };
}
