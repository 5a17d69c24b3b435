import type { Include, PromptSource } from '../registry/prompt-source.ts';

type Content =
  | 'title'
  | 'description'
  | 'content'
  | 'messages'
  | 'config'
  | 'inputSchema'
  | 'outputSchema'
  | 'includes';

interface ExportedVersion extends Pick<PromptSource, Content> {
  readonly version: number;
}

/** A prompt as a bundle has it, as far as it is needed here. */
export interface ExportedPrompt {
  readonly id: string;
  /** Handle and slug. */
  readonly ref: string;
  readonly slug: string;
  readonly aliases: readonly string[];
  readonly labels: readonly { readonly label: string; readonly version: number | null }[];
  /** Ascending. */
  readonly versions: readonly ExportedVersion[];
}

/**
 * Finds what references mean among the prompts of a bundle, as a server would: one’s own slugs come first, then handle and slug.
 *
 * @param owner whose the prompts without a handle are; the only owner there is, unless given
 */
export function bundledPrompts(
  prompts: readonly ExportedPrompt[],
  owner: string | undefined,
): (ref: string) => PromptSource | undefined {
  const byRef = new Map(prompts.map((prompt) => [prompt.ref, prompt]));
  const byId = new Map(prompts.map((prompt) => [prompt.id, prompt]));
  const handles = new Set(prompts.map(({ ref, slug }) => ref.slice(0, -slug.length - 1)));
  const own = owner ?? (handles.size === 1 ? [...handles][0] : undefined);
  const byAlias = new Map(
    prompts
      .filter(({ ref, slug }) => ref === `${own}/${slug}`)
      .flatMap((prompt) => prompt.aliases.map((alias) => [alias, prompt])),
  );

  const versionOf = ({ promptId, version }: Include): ExportedVersion | undefined =>
    byId.get(promptId)?.versions.find((one) => one.version === version);

  /** All that a version includes, by whatever way, each once. */
  function includedBy(version: ExportedVersion): PromptSource['included'] {
    const found = new Map<string, NonNullable<PromptSource['included']>[number]>();
    const pending = [...(version.includes ?? [])];
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      const { promptId, version } = next;
      const included = versionOf(next);
      if (included === undefined || found.has(`${promptId}#${version}`)) continue;
      const { content, inputSchema, includes = [] } = included;
      found.set(`${promptId}#${version}`, { promptId, version, content, inputSchema, includes });
      pending.push(...includes);
    }
    return [...found.values()];
  }

  return (ref) => {
    const [, path = '', sign, suffix] = /^([^@#]*)(?:([@#])(.*))?$/.exec(ref) ?? [];
    const prompt = byRef.get(`${own}/${path}`) ?? byRef.get(path) ?? byAlias.get(path);
    // One number has one way of being written, as the server has it: `#01` names nothing.
    const number =
      sign !== '#' ? numberOf(prompt, suffix ?? 'production') : /^[1-9]\d*$/.test(suffix ?? '') ? Number(suffix) : null;
    const version = prompt?.versions.find((one) => one.version === number);
    if (prompt === undefined || version === undefined) return undefined;
    const { title, description, content, messages, config, inputSchema, outputSchema, includes = [] } = version;
    return {
      ...{
        promptId: prompt.id,
        version: version.version,
        ref: prompt.ref,
        title,
        description,
        content,
        messages,
        config,
      },
      ...{ inputSchema, outputSchema, includes, included: includedBy(version) },
    };
  };
}

function numberOf(prompt: ExportedPrompt | undefined, label: string): number | null | undefined {
  return label === 'latest'
    ? prompt?.versions.at(-1)?.version
    : prompt?.labels.find((one) => one.label === label)?.version;
}
