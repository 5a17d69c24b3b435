import { pointer } from '../json-pointer.ts';
import { isJsonObject, type JsonValue } from '../json-value.ts';
import { keyword, whyRefused } from './check/keywords.ts';
import {
  isSchemaNode,
  list,
  own,
  SchemaDocument,
  type SchemaNode,
  type SchemaObject,
} from './check/schema-document.ts';
import { MAX_PATTERNS_SIZE, patternSize } from './pattern/linear-pattern.ts';

/** One thing for which a schema is refused. */
export interface SchemaFault {
  /** Where in the schema, as a JSON Pointer (RFC 6901). */
  path: string;
  /** `keyword`: not taken. `value`: not what its keyword holds. `reference`: names nothing. `recursion`: without end. */
  code: 'keyword' | 'value' | 'reference' | 'recursion' | 'size';
  /** A sentence without its subject, to be read after the path. */
  message: string;
}

/** Bytes of a schema as JSON. */
export const MAX_SCHEMA_BYTES = 65_536;
/** Levels of a schema as JSON. */
export const MAX_SCHEMA_DEPTH = 64;
const MAX_FAULTS = 100;

/**
 * Why a schema is refused; empty where it is a schema of JSON Schema 2020-12 that is promised here: all of its validation
 * and applicator keywords but `unevaluated…`, `dependentSchemas` and dynamic references, with `$ref` to places within
 * itself. A keyword that nobody knows is refused, since it would be a promise that nothing keeps.
 */
export function checkSchema(schema: unknown): SchemaFault[] {
  const size = sizeFault(schema);
  if (size !== undefined) return [size];
  if (!isSchemaNode(schema)) return [{ path: '', code: 'value', message: 'must be an object or a boolean' }];
  const document = new SchemaDocument(schema);
  const check = new SchemaCheck(document);
  check.checkAll();
  if (check.faults.length === 0) check.checkRecursion();
  return check.faults.slice(0, MAX_FAULTS);
}

class SchemaCheck {
  readonly faults: SchemaFault[] = [];
  /** The schemas of the document and where each stands; a reference may name no other place. */
  private readonly places = new Map<object, string>();
  private readonly references: { path: string; reference: string }[] = [];
  private readonly document: SchemaDocument;
  private readonly patterns = new Set<string>();
  private sizeOfPatterns = 0;

  constructor(document: SchemaDocument) {
    this.document = document;
  }

  checkAll(): void {
    this.checkNode(this.document.root, '');
    for (const { path, reference } of this.references) {
      const target = this.document.target(reference);
      if (target === undefined) this.add(path, 'reference', `names nothing: ${reference}`);
      else if (typeof target === 'object' && !this.places.has(target)) {
        this.add(path, 'reference', `names a place that holds no schema: ${reference}`);
      }
    }
  }

  /** A schema that applies itself to the same value has no meaning. */
  checkRecursion(): void {
    const done = new Set<SchemaNode>();
    const open = new Set<SchemaNode>();
    const isEndless = (node: SchemaNode): boolean => {
      if (open.has(node)) return true;
      if (typeof node === 'boolean' || done.has(node)) return false;
      open.add(node);
      const endless = this.onSameValue(node).some(isEndless);
      open.delete(node);
      done.add(node);
      return endless;
    };
    for (const [node, path] of this.places) {
      if (this.faults.length === 0 && isEndless(node as SchemaObject)) {
        this.add(path, 'recursion', 'applies itself to the same value without end');
      }
    }
  }

  private onSameValue(node: SchemaObject): SchemaNode[] {
    const reference = own(node, '$ref');
    const single = ['not', 'if', 'then', 'else'].map((name) => own(node, name));
    const several = ['allOf', 'anyOf', 'oneOf'].flatMap((name) => list(node, name));
    const target = typeof reference === 'string' ? this.document.target(reference) : undefined;
    return [target, ...single, ...several].filter(isSchemaNode);
  }

  private checkNode(node: SchemaNode, path: string): void {
    if (typeof node === 'boolean' || this.faults.length >= MAX_FAULTS) return;
    this.places.set(node, path);
    for (const [name, value] of Object.entries(node)) {
      const at = pointer(path, name);
      const known = keyword(name);
      if (name.startsWith('x-') || (name === '$id' && path === '')) continue;
      if (known === undefined) this.add(at, 'keyword', whyRefused(name));
      else this.checkKeyword(name, value as JsonValue, at);
    }
  }

  private checkKeyword(name: string, value: JsonValue, at: string): void {
    const known = keyword(name);
    // Counted first: it is the compiling that takes long.
    if (this.hasTooManyPatterns(name, value)) {
      this.add(
        at,
        'size',
        `makes all patterns together larger than ${MAX_PATTERNS_SIZE} characters, counts written out`,
      );
      return;
    }
    const why = known?.refuse(value);
    if (why !== undefined) this.add(at, 'value', why);
    else if (name === '$ref') this.references.push({ path: at, reference: String(value) });
    else if (known?.schemas === 'one') this.checkNode(value as SchemaNode, at);
    else if (known?.schemas !== undefined) {
      for (const [key, inner] of Object.entries(value as object)) this.checkNode(inner, pointer(at, key));
    }
  }

  private hasTooManyPatterns(name: string, value: JsonValue): boolean {
    const given = name === 'pattern' ? [value] : name === 'patternProperties' ? Object.keys(Object(value)) : [];
    for (const pattern of given) {
      if (typeof pattern !== 'string' || this.patterns.has(pattern)) continue;
      this.patterns.add(pattern);
      this.sizeOfPatterns += patternSize(pattern);
      if (this.sizeOfPatterns > MAX_PATTERNS_SIZE) return true;
    }
    return false;
  }

  private add(path: string, code: SchemaFault['code'], message: string): void {
    this.faults.push({ path, code, message });
  }
}

/** Levels and bytes are counted first, without the call stack: all that follows may recurse. */
function sizeFault(schema: unknown): SchemaFault | undefined {
  let bytes = 0;
  const pending: { value: unknown; depth: number; path: string }[] = [{ value: schema, depth: 0, path: '' }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { value, depth, path } = next;
    if (depth > MAX_SCHEMA_DEPTH) {
      return { path, code: 'size', message: `is deeper than ${MAX_SCHEMA_DEPTH} levels` };
    }
    bytes += sizeOf(value);
    if (bytes > MAX_SCHEMA_BYTES) {
      return { path: '', code: 'size', message: `is larger than ${MAX_SCHEMA_BYTES} bytes` };
    }
    if (!isJson(value)) return { path, code: 'value', message: 'is nothing that JSON has' };
    for (const [name, inner] of Object.entries(isJsonObject(value) || Array.isArray(value) ? value : {})) {
      bytes += Array.isArray(value) ? 1 : name.length + 4;
      pending.push({ value: inner, depth: depth + 1, path: pointer(path, name) });
    }
  }
  return undefined;
}

function sizeOf(value: unknown): number {
  return typeof value === 'string' ? value.length + 2 : typeof value === 'object' && value !== null ? 2 : 1;
}

function isJson(value: unknown): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  return value === null || ['string', 'boolean', 'object'].includes(typeof value);
}
