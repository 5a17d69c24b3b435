import type { Prompt, Promptory, RouterOutputs } from '@promptory/client';
import type { JsonValue } from '@promptory/template';
import { ExitCode, Failure } from '../failure.ts';
import type { TypedPrompt, TypedVersion } from './declarations.ts';

/** Which prompts are to be typed. */
export interface Selection {
  /** All that carry these tags. */
  readonly tag?: readonly string[] | undefined;
  /** Prompts of these groups besides one's own. */
  readonly group?: readonly string[] | undefined;
  /** Only these labels beside `latest`: one call asks for a hundred of them, where else each prompt is asked for its labels. */
  readonly label?: readonly string[] | undefined;
}

type Resolved = RouterOutputs['prompts']['resolve'];

/** A prompt to be typed, under the name by which its caller knows it. */
interface Named {
  readonly name: string;
  readonly prompt: Prompt;
}

/** Told of each step: how much is done of what is known to be there. */
type Tell = (done: number, all: number) => void;

/** Characters of the references of one call: they travel in an address. */
const MAX_REFERENCES_LENGTH = 5000;
const MAX_REFERENCES = 100;

/** Reads what the compiler is to know of a caller's own prompts, and of those that `selection` adds. */
export async function readTypes(promptory: Promptory, selection: Selection, tell: Tell): Promise<TypedPrompt[]> {
  const named = await selectedPrompts(promptory, selection);
  let asked = 0;
  const references = await Promise.all(
    named.map(async ({ name, prompt }) => {
      const labels = selection.label ?? (await labelsOf(promptory, prompt.id));
      tell(++asked, 2 * named.length);
      return [...new Set([...labels, 'latest'])].map((label) => `${name}@${label}`);
    }),
  );
  const wanted = references.flat();
  const found = await resolveAll(promptory, wanted, (left) =>
    tell(Math.floor(named.length * (2 - left / wanted.length)), 2 * named.length),
  );
  return named.flatMap(({ name }, at) => {
    const labels: Record<string, number> = {};
    const versions = new Map<number, TypedVersion>();
    for (const reference of references[at] ?? []) {
      const resolved = found.get(reference);
      if (resolved === undefined) continue;
      labels[reference.slice(name.length + 1)] = resolved.version;
      versions.set(resolved.version, typedVersion(resolved));
    }
    return versions.size === 0 ? [] : [{ name, labels, versions: [...versions.values()] }];
  });
}

async function labelsOf(promptory: Promptory, id: string): Promise<string[]> {
  const labels: string[] = [];
  for await (const { label, version } of promptory.$items(promptory.labels.list, { id })) {
    if (version !== null) labels.push(label);
  }
  return labels;
}

/** Labels that a prompt has not, and prompts that are gone meanwhile, are not among the answers. */
async function resolveAll(
  promptory: Promptory,
  references: readonly string[],
  left: (count: number) => void,
): Promise<Map<string, Resolved>> {
  const found = new Map<string, Resolved>();
  let pending = [...references];
  while (pending.length > 0) {
    const refs = fitting(pending);
    const { results } = await promptory.prompts.resolveMany.query({ refs });
    const tooLarge: string[] = [];
    for (const result of results) {
      const reference = refs[result.index] ?? '';
      if (result.outcome === 'resolved') found.set(reference, result.prompt);
      else if (result.error.code === 'answer.too_large' && refs.length > 1) tooLarge.push(reference);
      else if (!/^(?:prompt|label)\.\w*not_found$/.test(result.error.code)) {
        throw new Failure(ExitCode.refused, `${reference}: ${result.error.message}`);
      }
    }
    pending = [...tooLarge, ...pending.slice(refs.length)];
    left(pending.length);
  }
  return found;
}

/** As many as one call takes. */
function fitting(references: readonly string[]): string[] {
  let length = 0;
  const end = references.findIndex((reference, at) => {
    length += reference.length + 12;
    return at > 0 && (at >= MAX_REFERENCES || length > MAX_REFERENCES_LENGTH);
  });
  return references.slice(0, end === -1 ? references.length : end);
}

/** The signature says all that a caller gives, what is included too. */
function typedVersion({ version, title, description, signature, outputSchema }: Resolved): TypedVersion {
  return {
    ...{ version, title, description },
    inputs: signature === null ? null : (signature.inputs as JsonValue),
    output: (signature === null ? outputSchema : signature.output) as JsonValue | null,
  };
}

async function selectedPrompts(promptory: Promptory, { tag, group = [] }: Selection): Promise<Named[]> {
  const found = new Map<string, Named>();
  // By when they were made, which stays: none is missed that is changed between two pages.
  const filters = { sort: 'created' as const, ...(tag === undefined ? {} : { tag: [...tag] }) };
  for await (const prompt of promptory.$items(promptory.prompts.list, { owner: 'me' as const, ...filters })) {
    found.set(prompt.id, { name: prompt.slug, prompt });
  }
  for (const groupId of group) {
    for await (const prompt of promptory.$items(promptory.prompts.list, { groupId, ...filters })) {
      if (!found.has(prompt.id)) found.set(prompt.id, { name: prompt.ref, prompt });
    }
  }
  return [...found.values()];
}
