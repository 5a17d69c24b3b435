import type { Promptory, RouterOutputs } from '@promptory/client';
import type { JsonValue } from '@promptory/template';
import type { TypedPrompt, TypedVersion } from './declarations.ts';

/** Which prompts are to be typed. */
export interface Selection {
  /** All that carry these tags. */
  readonly tag?: readonly string[] | undefined;
  /** Prompts of these groups besides one's own. */
  readonly group?: readonly string[] | undefined;
  /** Only these labels beside `latest`. */
  readonly label?: readonly string[] | undefined;
}

type PromptSignature = RouterOutputs['prompts']['signatures']['items'][number];

/** What is asked for, but for the page. */
interface Filters {
  readonly groupId?: string;
  readonly tag?: string[];
  readonly label?: string[];
}

/** A prompt, under the name by which its caller knows it, as far as it has been read. */
interface Reading {
  readonly name: string;
  readonly labels: Record<string, number>;
  readonly versions: TypedVersion[];
}

/** Told of each prompt: how many there are so far. */
type Tell = (prompts: number) => void;

/** The label that nobody sets. */
const LATEST = 'latest';

/** Reads what the compiler is to know of a caller's own prompts, and of those that `selection` adds: a page holds a hundred versions. */
export async function readTypes(promptory: Promptory, selection: Selection, tell: Tell): Promise<TypedPrompt[]> {
  const { tag, group = [], label } = selection;
  const filters = {
    ...(tag === undefined ? {} : { tag: [...tag] }),
    ...(label === undefined ? {} : { label: label.filter((name) => name !== LATEST) }),
  };
  const own = await readList(promptory, filters, ({ slug }) => slug, tell);
  const all = new Map(own);
  for (const groupId of group) {
    const found = await readList(
      promptory,
      { ...filters, groupId },
      ({ ref }) => ref,
      (count) => tell(all.size + count),
    );
    for (const [id, reading] of found) if (!all.has(id)) all.set(id, reading);
  }
  return [...all.values()];
}

async function readList(
  promptory: Promptory,
  filters: Filters,
  nameOf: (item: PromptSignature) => string,
  tell: Tell,
): Promise<Map<string, Reading>> {
  const found = new Map<string, Reading>();
  for await (const item of promptory.$items(promptory.prompts.signatures, filters)) {
    const reading = found.get(item.promptId) ?? { name: nameOf(item), labels: {}, versions: [] };
    found.set(item.promptId, reading);
    for (const label of item.isLatest ? [...item.labels, LATEST] : item.labels) reading.labels[label] = item.version;
    const { version, title, description } = item;
    const [inputs, output] = [item.inputs, item.output] as (JsonValue | null)[];
    reading.versions.push({ version, title, description, inputs: inputs ?? null, output: output ?? null });
    tell(found.size);
  }
  return found;
}
