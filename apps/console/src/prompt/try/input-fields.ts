/** JSON Schema of an object: what a prompt takes. */
export type InputSchema = { readonly [keyword: string]: unknown };

/** How a value is typed: by a choice, a switch, a number, a text, or as JSON where it is a list or an object. */
export type InputKind = 'choice' | 'switch' | 'number' | 'text' | 'json';

export interface InputField {
  readonly name: string;
  readonly kind: InputKind;
  readonly isRequired: boolean;
  readonly description: string | undefined;
  /** Of a choice. */
  readonly choices: readonly string[];
  /** Its default as it would be typed; undefined where it has none. */
  readonly standard: string | undefined;
}

/** What was typed, by the name of the field. */
export type TypedInputs = Readonly<Record<string, string>>;

const objectOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};

function kindOf({ type, enum: choices }: Readonly<Record<string, unknown>>): InputKind {
  if (Array.isArray(choices) && choices.every((choice) => typeof choice === 'string')) return 'choice';
  if (type === 'boolean') return 'switch';
  if (type === 'number' || type === 'integer') return 'number';
  return type === 'array' || type === 'object' ? 'json' : 'text';
}

const written = (value: unknown, kind: InputKind): string =>
  typeof value === 'string' && kind !== 'json' ? value : JSON.stringify(value, null, 2);

/** The fields of a form for an object of that schema, in its order. */
export function inputFields(schema: InputSchema): readonly InputField[] {
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(objectOf(schema.properties)).map(([name, property]) => {
    const about = objectOf(property);
    const kind = kindOf(about);
    return {
      name,
      kind,
      isRequired: required.includes(name),
      description: typeof about.description === 'string' ? about.description : undefined,
      choices: kind === 'choice' ? (about.enum as readonly string[]) : [],
      standard: about.default === undefined ? undefined : written(about.default, kind),
    };
  });
}

/** The values that were typed. What was left empty is not given; what is no value of its kind is said by field. */
export function valuesOf(
  fields: readonly InputField[],
  typed: TypedInputs,
): { values: Readonly<Record<string, unknown>>; faults: ReadonlyMap<string, string> } {
  const faults = new Map<string, string>();
  const values: [string, unknown][] = [];
  for (const { name, kind } of fields) {
    const text = Object.hasOwn(typed, name) ? (typed[name] ?? '') : '';
    if (text === '') continue;
    if (kind === 'text' || kind === 'choice') values.push([name, text]);
    else if (kind === 'switch') values.push([name, text === 'true']);
    else {
      try {
        values.push([name, JSON.parse(text)]);
      } catch {
        faults.set(
          name,
          kind === 'number' ? 'Must be a number' : 'Must be JSON, such as ["a", "b"] or {"name": "Ada"}',
        );
      }
    }
  }
  return { values: Object.fromEntries(values), faults };
}
