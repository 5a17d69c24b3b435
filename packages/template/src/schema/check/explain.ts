import { pointer } from '../../json-pointer.ts';
import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { ANY_VALUE, describeSchema, orList, quoted, typeWords, valueWords } from './describe-schema.ts';
import { hasFormat } from './formats.ts';
import { characters } from './json-equality.ts';
import {
  isSchemaNode,
  type JsonObject,
  list,
  members,
  numberOf,
  own,
  type SchemaNode,
  type SchemaObject,
  typesOf,
} from './schema-document.ts';
import { isListed, isOfType, itemSchema, missingDependents, ofNumber, type Validity, within } from './validity.ts';
import type { ValueFault, ValueRule } from './value-fault.ts';

/** So many faults of one value are named. */
export const MAX_FAULTS = 1000;

type Code = ValueFault['code'];

/** Names every fault of a value that does not satisfy a schema, by path. Asks `Validity` first, so what is right costs once. */
export class Explanation {
  readonly faults: ValueFault[] = [];
  private readonly validity: Validity;

  constructor(validity: Validity) {
    this.validity = validity;
  }

  explain(node: SchemaNode, value: JsonValue, path = ''): void {
    if (this.faults.length >= MAX_FAULTS || this.validity.of(node, value)) return;
    if (typeof node === 'boolean') this.add(path, 'unknown', 'nothing', 'is not known here');
    else if (!isOfType(node, value)) this.addType(node, value, path);
    else if (!isListed(node, value)) this.addExpected(node, value, path);
    else {
      if (typeof value === 'string') this.explainText(node, value, path);
      else if (typeof value === 'number') this.explainNumber(node, value, path);
      else if (Array.isArray(value)) this.explainArray(node, value, path);
      else if (isJsonObject(value)) this.explainObject(node, value, path);
      this.explainChoices(node, value, path);
    }
  }

  private add(path: string, code: Code, expected: string, message: string, rule?: ValueRule): void {
    if (this.faults.length >= MAX_FAULTS) return;
    if (this.faults.some((known) => known.path === path && known.message === message)) return;
    this.faults.push({ path, code, expected, message, ...(rule === undefined ? {} : { rule }) });
  }

  private addType(node: SchemaObject, value: JsonValue, path: string): void {
    const expected = orList((typesOf(node) ?? []).map(typeWords));
    this.add(path, 'type', expected, `must be ${expected}, and is ${valueWords(value)}`, typeRule(node));
  }

  private addExpected(node: SchemaNode, value: JsonValue, path: string): void {
    const expected = describeSchema(this.validity.document, node);
    this.add(path, 'value', expected, `must be ${expected}, and is ${quoted(value)}`, listRule(node));
  }

  private addValue(path: string, expected: string, rule?: ValueRule): void {
    this.add(path, 'value', expected, `must have ${expected}`, rule);
  }

  private addSize(path: string, count: number, node: SchemaObject, [least, most, unit]: Size): void {
    if (within(count, node, least, most)) return;
    const from = numberOf(node, least);
    const isFew = from !== undefined && count < from;
    const bound = isFew ? from : numberOf(node, most);
    const rule = bound === undefined ? undefined : ({ kind: isFew ? 'least' : 'most', bound, unit } as const);
    this.addValue(path, sizes(node, least, most, unit), rule);
  }

  private explainText(node: SchemaObject, value: string, path: string): void {
    const { pattern, format } = node;
    this.addSize(path, characters(value), node, ['minLength', 'maxLength', 'characters']);
    if (typeof format === 'string' && !hasFormat(value, format)) {
      this.addValue(path, `the format ${format}`, { kind: 'format', format });
    }
    if (typeof pattern === 'string' && !this.validity.matches(pattern, value)) {
      const expected = `a string that matches ${pattern}`;
      this.add(path, 'value', expected, `must match the pattern ${pattern}`, { kind: 'pattern' });
    }
  }

  private explainNumber(node: SchemaObject, value: number, path: string): void {
    if (ofNumber(node, value)) return;
    const bounds: [string, string][] = [
      ['minimum', 'at least'],
      ['exclusiveMinimum', 'more than'],
      ['maximum', 'at most'],
      ['exclusiveMaximum', 'less than'],
      ['multipleOf', 'a multiple of'],
    ];
    const words = bounds.flatMap(([keyword, text]) => {
      const bound = numberOf(node, keyword);
      return bound === undefined ? [] : [`${text} ${bound}`];
    });
    const expected = words.join(' and ');
    this.add(path, 'value', expected, `must be ${expected}, and is ${value}`, numberRule(node, value));
  }

  private explainArray(node: SchemaObject, value: readonly JsonValue[], path: string): void {
    this.addSize(path, value.length, node, ['minItems', 'maxItems', 'items']);
    for (const [index, item] of value.entries()) {
      const schema = itemSchema(node, index);
      if (schema !== undefined) this.explain(schema, item, pointer(path, index));
    }
    const { contains, minContains, maxContains, uniqueItems } = node;
    if (uniqueItems === true && !this.validity.of({ uniqueItems }, value as JsonValue)) {
      this.addValue(path, 'items that all differ', { kind: 'unique' });
    }
    if (!isSchemaNode(contains) || this.validity.of({ contains, minContains, maxContains }, value as JsonValue)) return;
    const counts = sizes({ minContains: 1, ...node }, 'minContains', 'maxContains', 'items');
    this.addValue(path, `${counts} that are ${describeSchema(this.validity.document, contains)}`);
  }

  private explainObject(node: SchemaObject, value: JsonObject, path: string): void {
    for (const name of list(node, 'required') as string[]) this.addMissing(node, value, name, path);
    for (const name of missingDependents(node, value)) this.addMissing(node, value, name, path);
    for (const [name, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const schemas = this.validity.forMember(node, name);
      for (const schema of schemas) this.explain(schema, item, pointer(path, name));
      const { propertyNames } = node;
      if (isSchemaNode(propertyNames) && !this.validity.of(propertyNames, name)) {
        this.add(pointer(path, name), 'unknown', 'another name', 'has a name that is not allowed here');
      }
    }
    const count = Object.values(value).filter((item) => item !== undefined).length;
    this.addSize(path, count, node, ['minProperties', 'maxProperties', 'members']);
  }

  private addMissing(node: SchemaObject, value: JsonObject, name: string, path: string): void {
    if (own(value, name) !== undefined) return;
    const schema = own(members(node, 'properties'), name);
    const expected = isSchemaNode(schema) ? describeSchema(this.validity.document, schema) : ANY_VALUE;
    const more = expected === ANY_VALUE ? '' : `: it must be ${expected}`;
    const rule =
      isSchemaNode(schema) && typeof schema === 'object' ? (listRule(schema) ?? typeRule(schema)) : undefined;
    this.add(pointer(path, name), 'missing', expected, `is missing${more}`, rule);
  }

  private explainChoices(node: SchemaObject, value: JsonValue, path: string): void {
    const { $ref, allOf, anyOf, oneOf, not, if: condition } = node;
    const target = typeof $ref === 'string' ? this.validity.document.target($ref) : undefined;
    if (target !== undefined) this.explain(target, value, path);
    if (Array.isArray(allOf)) for (const each of allOf) this.explain(each as SchemaNode, value, path);
    if (Array.isArray(anyOf)) this.explainAny(anyOf as SchemaNode[], value, path);
    if (Array.isArray(oneOf)) this.explainOne(oneOf as SchemaNode[], value, path);
    if (isSchemaNode(not) && this.validity.of(not, value)) {
      this.add(path, 'value', 'another value', `must not be ${describeSchema(this.validity.document, not)}`);
    }
    if (!isSchemaNode(condition)) return;
    const then = own(node, this.validity.of(condition, value) ? 'then' : 'else');
    if (isSchemaNode(then)) this.explain(then, value, path);
  }

  private explainOne(choices: SchemaNode[], value: JsonValue, path: string): void {
    const holding = choices.filter((choice) => this.validity.of(choice, value));
    if (holding.length === 0) this.explainAny(choices, value, path);
    else if (holding.length > 1) {
      this.add(path, 'value', 'exactly one of the choices', 'satisfies more than one of the choices');
    }
  }

  /** Of choices none of which holds: the faults of the one that was meant, where that is plain. */
  private explainAny(choices: SchemaNode[], value: JsonValue, path: string): void {
    if (choices.some((choice) => this.validity.of(choice, value))) return;
    const explained = choices.map((choice) => {
      const attempt = new Explanation(this.validity);
      attempt.explain(choice, value, path);
      return attempt.faults;
    });
    const ofType = explained.filter((faults) => !faults.some((fault) => fault.path === path && fault.code === 'type'));
    const meant = ofType.filter((faults) => !faults.some((fault) => isTag(fault, path)));
    const [first, ...others] = meant.length > 0 ? meant : ofType;
    if (first !== undefined && others.length === 0) {
      for (const { path: at, code, expected, message, rule } of first) this.add(at, code, expected, message, rule);
      return;
    }
    const expected = describeSchema(this.validity.document, { anyOf: choices as JsonValue[] });
    const code = ofType.length === 0 ? 'type' : 'value';
    this.add(path, code, expected, `must be ${expected}${code === 'type' ? `, and is ${valueWords(value)}` : ''}`);
  }
}

/** Whether a member says by a constant that another choice is meant. */
function isTag({ path, code, expected }: ValueFault, parent: string): boolean {
  const isMember = path.startsWith(`${parent}/`) && !path.slice(parent.length + 1).includes('/');
  return isMember && code === 'value' && /^(?:"|one of )/.test(expected);
}

type Size = readonly [least: string, most: string, unit: 'characters' | 'items' | 'members'];

function typeRule(node: SchemaObject): ValueRule | undefined {
  const types = typesOf(node);
  return types === undefined ? undefined : { kind: 'type', types };
}

const MAX_LISTED = 100;

/** The values of which it has to be one, where there are few and each is a scalar. */
function listRule(node: SchemaNode): ValueRule | undefined {
  if (typeof node === 'boolean') return undefined;
  const values = Object.hasOwn(node, 'const') ? [node.const] : list(node, 'enum');
  const scalars = values.filter((value) => value === null || /^(?:string|number|boolean)$/.test(typeof value));
  if (values.length === 0 || values.length > MAX_LISTED || scalars.length < values.length) return undefined;
  return { kind: 'values', values: scalars as (string | number | boolean | null)[] };
}

/** The first bound that a number breaks. */
function numberRule(node: SchemaObject, value: number): ValueRule | undefined {
  const [minimum, above, maximum, below, of] = [
    'minimum',
    'exclusiveMinimum',
    'maximum',
    'exclusiveMaximum',
    'multipleOf',
  ].map((keyword) => numberOf(node, keyword));
  if (minimum !== undefined && value < minimum) return { kind: 'least', bound: minimum };
  if (above !== undefined && value <= above) return { kind: 'least', bound: above, exclusive: true };
  if (maximum !== undefined && value > maximum) return { kind: 'most', bound: maximum };
  if (below !== undefined && value >= below) return { kind: 'most', bound: below, exclusive: true };
  return of === undefined ? undefined : { kind: 'multiple', of };
}

function sizes(node: SchemaObject, least: string, most: string, unit: string): string {
  const from = numberOf(node, least);
  const to = numberOf(node, most);
  if (from === undefined) return `at most ${to} ${unit}`;
  if (to === undefined) return `at least ${from} ${unit}`;
  return from === to ? `${from} ${unit}` : `${from} to ${to} ${unit}`;
}
