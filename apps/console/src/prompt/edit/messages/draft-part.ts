import { readTyped, readTypedObject, writtenJson } from '../typed-json.ts';

/** A member of a part, and how it is typed: a text of the prompt language, a line, a choice, or a JSON object. */
export interface PartField {
  readonly name: string;
  readonly label: string;
  readonly kind: 'template' | 'line' | 'choice' | 'json';
  /** What is empty is not sent, unless the part is none without it. */
  readonly isNeeded: boolean;
  /** Of a choice: what is sent, and how that is called. */
  readonly choices: readonly (readonly [value: string, said: string])[];
  readonly hint?: string;
}

const field = (
  name: string,
  label: string,
  kind: PartField['kind'],
  more: Partial<Pick<PartField, 'isNeeded' | 'choices' | 'hint'>> = {},
): PartField => ({ name, label, kind, isNeeded: false, choices: [], ...more });

const url = field('url', 'Address', 'line', {
  isNeeded: true,
  hint: 'Where it lies, or an input whose value says so: {{ photo }}.',
});
const mediaType = field('mediaType', 'Media type', 'line', { hint: 'Such as image/png.' });
const callId = field('id', 'Id of the call', 'line', { isNeeded: true });
const details = (['auto', 'low', 'high'] as const).map((detail) => [detail, detail] as const);

/** The parts that a message may have, and what each of them says. */
export const partForms = {
  text: { title: 'Text', fields: [field('text', 'Text', 'template', { isNeeded: true })] },
  image: { title: 'Image', fields: [url, mediaType, field('detail', 'Detail', 'choice', { choices: details })] },
  audio: { title: 'Audio', fields: [url, mediaType] },
  file: { title: 'File', fields: [url, mediaType, field('name', 'Name', 'line')] },
  tool_call: {
    title: 'Tool call',
    fields: [
      callId,
      field('name', 'Tool', 'line', { isNeeded: true }),
      field('arguments', 'Arguments', 'json', { isNeeded: true, hint: 'A JSON object.' }),
    ],
  },
  tool_result: {
    title: 'Tool result',
    fields: [
      callId,
      field('name', 'Tool', 'line'),
      field('content', 'Answer', 'template', { isNeeded: true }),
      field('isError', 'It failed', 'choice', {
        choices: [
          ['true', 'Yes'],
          ['false', 'No'],
        ],
      }),
    ],
  },
} as const satisfies Record<string, { readonly title: string; readonly fields: readonly PartField[] }>;

export type PartType = keyof typeof partForms;
export const partTypes = Object.keys(partForms) as readonly PartType[];
export const isPartType = (type: unknown): type is PartType => partTypes.some((known) => known === type);

/** A part as it is edited: what is typed into each of its fields, or for one that no form shows the whole of it as JSON. */
export type DraftPart =
  | {
      readonly key: string;
      readonly type: PartType;
      /** By the names of the fields, in the order that the part has them, `type` among them. */
      readonly typed: Readonly<Record<string, string>>;
    }
  | { readonly key: string; readonly type: null; readonly json: string };

export const fieldsOf = (type: PartType): readonly PartField[] => partForms[type].fields;

/** Parts have no name but their place, which changes. */
const newKey = (): string => crypto.randomUUID();

export const newPart = (type: PartType): DraftPart => {
  const needed = fieldsOf(type).filter(({ isNeeded }) => isNeeded);
  const typed = needed.map(({ name, kind }) => [name, kind === 'json' ? '{}' : '']);
  return { key: newKey(), type, typed: { type, ...Object.fromEntries(typed) } };
};

/** A part with something else in one of its fields, as if nothing had ever stood there where that is nothing. */
export function withTyped<Part extends DraftPart & { type: PartType }>(part: Part, name: string, text: string): Part {
  const { [name]: _, ...others } = part.typed;
  const isLeftOut = text === '' && fieldsOf(part.type).some((one) => one.name === name && !one.isNeeded);
  return { ...part, typed: isLeftOut ? others : { ...part.typed, [name]: text } };
}

/** A part as it is edited. What a form would not show just as it is stays JSON. */
export function draftPart(part: unknown): DraftPart {
  const form = typedIn(part);
  return form === null
    ? { key: newKey(), type: null, json: JSON.stringify(part, null, 2) }
    : { key: newKey(), ...form };
}

/** What was typed as JSON, in a form where it has one. */
export function partForm(part: Extract<DraftPart, { type: null }>): DraftPart {
  try {
    const form = typedIn(readTyped('', part.json));
    return form === null ? part : { key: part.key, ...form };
  } catch (error) {
    if (error instanceof SyntaxError) return part;
    throw error;
  }
}

function typedIn(part: unknown): Omit<Extract<DraftPart, { type: PartType }>, 'key'> | null {
  if (typeof part !== 'object' || part === null || !('type' in part) || !isPartType(part.type)) return null;
  const { type } = part;
  const fields = new Map(fieldsOf(type).map((one) => [one.name, one]));
  const typed: [string, string][] = [];
  for (const [name, value] of Object.entries(part)) {
    const text = name === 'type' ? type : typedValue(fields.get(name), value);
    if (text === null) return null;
    typed.push([name, text]);
  }
  const isWhole = [...fields.values()].every(({ name, isNeeded }) => !isNeeded || Object.hasOwn(part, name));
  return isWhole ? { type, typed: Object.fromEntries(typed) } : null;
}

/** A value as it is typed; null where the field would make something else of it. */
function typedValue(field: PartField | undefined, value: unknown): string | null {
  if (field === undefined) return null;
  const { kind, isNeeded, choices } = field;
  if (kind === 'json') return isObject(value) ? writtenJson(value) : null;
  if (kind === 'choice') {
    const said = typeof value === 'boolean' || typeof value === 'string' ? String(value) : '';
    const isOfForm = choices.some(([choice]) => choice === said) && sentValue(field, said, '') === value;
    return isOfForm ? said : null;
  }
  return typeof value === 'string' && (isNeeded || value !== '') ? value : null;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const TRUTH = new Map([
  ['true', true],
  ['false', false],
]);

/** What a field sends. @throws SyntaxError where it is to be JSON and is none */
function sentValue({ kind, label }: PartField, text: string, of: string): unknown {
  if (kind === 'json') return readTypedObject(`${of}${label}`, text) ?? {};
  return kind === 'choice' ? (TRUTH.get(text) ?? text) : text;
}

/**
 * A part as it is saved.
 *
 * @param of what names it for whoever reads a fault: `Message 1, part 2: `
 * @throws SyntaxError where something of it is to be JSON and is none, or cannot be kept as it is typed
 */
export function savedPart(part: Extract<DraftPart, { type: PartType }>, of: string): object {
  const fields = new Map(fieldsOf(part.type).map((one) => [one.name, one]));
  return Object.fromEntries(
    Object.entries(part.typed).map(([name, text]) => {
      const known = fields.get(name);
      return [name, known === undefined ? text : sentValue(known, text, of)];
    }),
  );
}
