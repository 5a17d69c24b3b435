import { isJsonObject, type JsonValue } from '../../json-value.ts';
import { linearPattern } from '../pattern/linear-pattern.ts';
import { hasFormat } from './formats.ts';
import { characters, isMultipleOf, jsonKey, sameJson } from './json-equality.ts';
import {
  isSchemaNode,
  type JsonObject,
  jsonTypeOf,
  list,
  members,
  numberOf,
  own,
  type SchemaDocument,
  type SchemaNode,
  type SchemaObject,
  typesOf,
} from './schema-document.ts';

/** What was too much to check: a schema that multiplies its own work, or a text too long for its pattern. */
export class TooMuchWork extends Error {
  override readonly name = 'TooMuchWork';
}

const MAX_STEPS = 300_000;
/** Schemas within one another; the call stack holds several times as many. */
const MAX_DEPTH = 400;
/** What a character costs of a pattern that has ten, beside a step of ours. */
const PATTERN_UNITS = 10;

/**
 * Whether values satisfy the schemas of one document. Work is counted and ends with TooMuchWork after 300,000 steps, so
 * no schema takes longer, whatever the value. The schema is one that `checkSchema` accepts, the value is JSON.
 */
export class Validity {
  readonly document: SchemaDocument;
  private readonly maxSteps: number;
  private steps = 0;
  private depth = 0;

  constructor(document: SchemaDocument, maxSteps = MAX_STEPS) {
    this.document = document;
    this.maxSteps = maxSteps;
  }

  of(node: SchemaNode, value: JsonValue): boolean {
    this.spend(1);
    if (typeof node === 'boolean') return node;
    if (++this.depth > MAX_DEPTH) throw new TooMuchWork();
    const holds = this.holds(node, value);
    this.depth--;
    return holds;
  }

  private holds(node: SchemaObject, value: JsonValue): boolean {
    return (
      isOfType(node, value) &&
      isListed(node, value) &&
      this.ofKind(node, value) &&
      this.ofReference(node, value) &&
      this.ofChoices(node, value)
    );
  }

  /** Whether a text matches a pattern, at its cost. */
  matches(pattern: string, text: string): boolean {
    const compiled = linearPattern(pattern);
    this.spend(Math.ceil((compiled.size * text.length) / PATTERN_UNITS));
    return compiled.test(text);
  }

  /** The schemas that a member of this name has to satisfy, by `properties` and its companions. */
  forMember(node: SchemaObject, name: string): SchemaNode[] {
    const properties = members(node, 'properties');
    const found: JsonValue[] = Object.entries(members(node, 'patternProperties'))
      .filter(([pattern]) => this.matches(pattern, name))
      .map(([, schema]) => schema);
    if (Object.hasOwn(properties, name)) found.push(properties[name] as JsonValue);
    const others = own(node, 'additionalProperties');
    if (found.length === 0 && others !== undefined) found.push(others);
    return found as SchemaNode[];
  }

  spend(steps: number): void {
    this.steps += steps;
    if (this.steps > this.maxSteps) throw new TooMuchWork();
  }

  private ofKind(node: SchemaObject, value: JsonValue): boolean {
    if (typeof value === 'string') return this.ofText(node, value);
    if (typeof value === 'number') return ofNumber(node, value);
    if (Array.isArray(value)) return this.ofArray(node, value);
    return !isJsonObject(value) || this.ofObject(node, value);
  }

  private ofText(node: SchemaObject, value: string): boolean {
    const { pattern, format, minLength, maxLength } = node;
    if (minLength !== undefined || maxLength !== undefined) {
      this.spend(value.length >> 5);
      if (!within(characters(value), node, 'minLength', 'maxLength')) return false;
    }
    if (typeof format === 'string' && !hasFormat(value, format)) return false;
    return typeof pattern !== 'string' || this.matches(pattern, value);
  }

  private ofArray(node: SchemaObject, value: readonly JsonValue[]): boolean {
    if (!within(value.length, node, 'minItems', 'maxItems')) return false;
    if (!value.every((item, index) => this.ofItem(node, index, item))) return false;
    if (own(node, 'uniqueItems') === true && !this.areUnique(value)) return false;
    const contains = own(node, 'contains');
    if (!isSchemaNode(contains)) return true;
    const found = value.filter((item) => this.of(contains, item)).length;
    return found >= (numberOf(node, 'minContains') ?? 1) && found <= (numberOf(node, 'maxContains') ?? found);
  }

  private ofItem(node: SchemaObject, index: number, item: JsonValue): boolean {
    const schema = itemSchema(node, index);
    return schema === undefined || this.of(schema, item);
  }

  private areUnique(value: readonly JsonValue[]): boolean {
    const keys = value.map((item) => jsonKey(item));
    this.spend(keys.reduce((sum, key) => sum + (key.length >> 5), keys.length));
    return new Set(keys).size === value.length;
  }

  private ofObject(node: SchemaObject, value: JsonObject): boolean {
    const { required, properties, patternProperties, additionalProperties, propertyNames } = node;
    const names = Object.keys(value).filter((name) => value[name] !== undefined);
    if (required !== undefined && !list(node, 'required').every((name) => own(value, name as string) !== undefined)) {
      return false;
    }
    if (!within(names.length, node, 'minProperties', 'maxProperties')) return false;
    if (properties !== undefined || patternProperties !== undefined || additionalProperties !== undefined) {
      for (const name of names) {
        if (!this.forMember(node, name).every((schema) => this.of(schema, value[name] as JsonValue))) return false;
      }
    }
    if (isSchemaNode(propertyNames) && !names.every((name) => this.of(propertyNames, name))) return false;
    return missingDependents(node, value).length === 0;
  }

  private ofReference(node: SchemaObject, value: JsonValue): boolean {
    const reference = own(node, '$ref');
    if (typeof reference !== 'string') return true;
    const target = this.document.target(reference);
    return target !== undefined && this.of(target, value);
  }

  private ofChoices(node: SchemaObject, value: JsonValue): boolean {
    const { allOf, anyOf, oneOf, not, if: condition } = node;
    const holds = (schema: JsonValue) => this.of(schema as SchemaNode, value);
    if (Array.isArray(allOf) && !allOf.every(holds)) return false;
    if (Array.isArray(anyOf) && !anyOf.some(holds)) return false;
    if (Array.isArray(oneOf) && oneOf.filter(holds).length !== 1) return false;
    if (isSchemaNode(not) && this.of(not, value)) return false;
    if (!isSchemaNode(condition)) return true;
    const then = own(node, this.of(condition, value) ? 'then' : 'else');
    return !isSchemaNode(then) || this.of(then, value);
  }
}

/** Whether a schema's `type` takes a value. */
export function isOfType(node: SchemaObject, value: JsonValue): boolean {
  const types = typesOf(node);
  if (types === undefined) return true;
  return types.includes(jsonTypeOf(value)) || (Number.isInteger(value) && types.includes('integer'));
}

/** Whether `const` and `enum` have a value. */
export function isListed(node: SchemaObject, value: JsonValue): boolean {
  const constant = own(node, 'const');
  if (constant !== undefined && !sameJson(constant, value)) return false;
  return own(node, 'enum') === undefined || list(node, 'enum').some((listed) => sameJson(listed, value));
}

/** Whether a number keeps the bounds of a schema and is a multiple of what it asks for. */
export function ofNumber(node: SchemaObject, value: number): boolean {
  const least = numberOf(node, 'minimum');
  const most = numberOf(node, 'maximum');
  const above = numberOf(node, 'exclusiveMinimum');
  const below = numberOf(node, 'exclusiveMaximum');
  if (least !== undefined && value < least) return false;
  if (most !== undefined && value > most) return false;
  if (above !== undefined && value <= above) return false;
  if (below !== undefined && value >= below) return false;
  const divisor = numberOf(node, 'multipleOf');
  return divisor === undefined || isMultipleOf(value, divisor);
}

/** The schema of the item at a place, from 0; undefined where there is none. */
export function itemSchema(node: SchemaObject, index: number): SchemaNode | undefined {
  const first = list(node, 'prefixItems');
  const schema = index < first.length ? first[index] : own(node, 'items');
  return isSchemaNode(schema) ? schema : undefined;
}

/** The names that `dependentRequired` asks for and that are not there. */
export function missingDependents(node: SchemaObject, value: JsonObject): string[] {
  return Object.entries(members(node, 'dependentRequired'))
    .filter(([name]) => own(value, name) !== undefined)
    .flatMap(([, needed]) => (Array.isArray(needed) ? needed.map(String) : []))
    .filter((name) => own(value, name) === undefined);
}

/** Whether a size lies between the numbers of two keywords, both included. */
export function within(size: number, node: SchemaObject, least: string, most: string): boolean {
  return size >= (numberOf(node, least) ?? 0) && size <= (numberOf(node, most) ?? size);
}
