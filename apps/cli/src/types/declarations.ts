import { docComment, inputTypesOf, type JsonValue, literal, typeScriptOf } from '@promptory/template';

/** A version of a prompt, and what the compiler is to know of it. */
export interface TypedVersion {
  readonly version: number;
  readonly title: string;
  readonly description: string;
  /** JSON Schema of its inputs; null where its text is no template, so that nothing is known. */
  readonly inputs: JsonValue | null;
  /** JSON Schema of what a model answers; null is text. */
  readonly output: JsonValue | null;
}

/** A prompt by one name, and where its references lead. */
export interface TypedPrompt {
  /** As programs name it: the slug, or handle and slug. */
  readonly name: string;
  readonly versions: readonly TypedVersion[];
  /** Label → version, `latest` among them. */
  readonly labels: Readonly<Record<string, number>>;
}

const HEAD = `// Written by \`promptory types\`. Change the prompts and run it again, not this file.
import '@promptory/client';
`;

const DEFAULT_LABEL = 'production';

const byCodeUnits = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

/**
 * One file of declarations which makes the references of prompts known to the compiler, and with each what it takes and what
 * answers it asks for. The same prompts give the same text, in whatever order they come.
 */
export function declarationsOf(prompts: readonly TypedPrompt[]): string {
  const sorted = [...prompts].sort((one, other) => byCodeUnits(one.name, other.name));
  const taken = new Set<string>();
  let types = '';
  let references = '';
  for (const prompt of sorted) {
    const namespace = freeName(identifierOf(prompt.name), taken);
    for (const version of [...prompt.versions].sort((one, other) => one.version - other.version)) {
      types += namespaceOf(`${namespace}V${version.version}`, version);
    }
    references += referencesOf(prompt, namespace);
  }
  return `${HEAD}${types}
declare module '@promptory/client' {
  interface PromptTypes {
${references}  }
}
`;
}

/** `support/triage` as `SupportTriage`. */
function identifierOf(name: string): string {
  const words = name.split(/[^A-Za-z\d]+/);
  const joined = words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');
  return /^[A-Z]/.test(joined) ? joined : `Prompt${joined}`;
}

/** Two names may come to the same identifier, or to one that ends as another's versions do. */
function freeName(base: string, taken: Set<string>): string {
  let name = /V\d+$/.test(base) ? `${base}_` : base;
  for (let count = 2; taken.has(name); count++) name = `${base}_${count}_`;
  taken.add(name);
  return name;
}

function namespaceOf(name: string, version: TypedVersion): string {
  const { inputs, output } = version;
  const input =
    inputs === null ? 'export type Inputs = { [name: string]: unknown };\n' : inputTypesOf(inputs, 'Inputs');
  const answer = output === null ? 'export type Output = string;\n' : typeScriptOf(output, 'Output');
  return `\n${docsOf(version)}declare namespace ${name} {\n${`${input}${answer}`.replace(/^(?=.)/gm, '  ')}}\n`;
}

function referencesOf({ name, versions, labels }: TypedPrompt, namespace: string): string {
  const byNumber = new Map(versions.map((version) => [version.version, version]));
  const lines: string[] = [];
  const add = (reference: string, number: number) => {
    const version = byNumber.get(number);
    if (version === undefined) return;
    const type = `${namespace}V${number}`;
    lines.push(
      `${docComment(`${version.title} (version ${number})`, [], '    ')}    ${literal(reference)}: { inputs: ${type}.Inputs; output: ${type}.Output };\n`,
    );
  };
  const inProduction = labels[DEFAULT_LABEL];
  if (inProduction !== undefined) add(name, inProduction);
  for (const version of [...byNumber.keys()].sort((one, other) => one - other)) add(`${name}#${version}`, version);
  for (const label of Object.keys(labels).sort(byCodeUnits)) add(`${name}@${label}`, labels[label] ?? 0);
  return lines.join('');
}

function docsOf({ title, description, inputs }: TypedVersion): string {
  const fault = inputs === null ? '\n\nIts text is no template that can be rendered.' : '';
  const text = description.trim() === '' ? '' : `\n\n${description.trim()}`;
  return docComment(`${title}${text}${fault}`, [], '');
}
