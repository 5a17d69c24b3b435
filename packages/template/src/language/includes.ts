import type { JsonValue } from '../json-value.ts';
import type { Program } from './engine/render-context.ts';
import { MAX_INCLUDE_DEPTH, MAX_INCLUDED_PROMPTS } from './limits.ts';
import { includesOf, parse, Template } from './parse.ts';
import type { Include } from './syntax/syntax.ts';
import { faultAt, placeOf, TemplateError } from './template-error.ts';

/** A prompt as another one includes it. */
export interface IncludedPrompt {
  /** What it is, whatever it is called: its id and version. Cycles are found by it. */
  readonly key: string;
  readonly source: string;
  /** The inputs that its author declares, where that is known. */
  readonly declared?: { readonly [keyword: string]: JsonValue } | null | undefined;
}

/** What a reference means: for the prompt of that key (undefined: the one that is linked), as pinned or by label. */
export type ResolveInclude = (reference: string, within: string | undefined) => IncludedPrompt | undefined;

/**
 * A template with all that it includes, and that they include in turn, ready to be rendered.
 *
 * @param key what the template itself is, so that a prompt which includes it is found; none for one that is not saved
 * @throws TemplateError `include`, at the tag, where a reference means nothing, a prompt includes itself, or one lies
 * deeper than 5 prompts; of an included prompt with its reference where that one is no template
 */
export const link = (template: Template, resolve: ResolveInclude, key?: string): Template =>
  linker(resolve, key)(template);

/** The same for all texts of one prompt, whose bounds hold for them together. @throws TemplateError as `link` does */
export function linker(resolve: ResolveInclude, key?: string): (template: Template) => Template {
  const linking = new Linking(resolve);
  return (template) => linking.link(template, key, key === undefined ? [] : [key]).template;
}

/**
 * The same where references are looked up elsewhere: asks for each reference once, those of one prompt at once.
 *
 * @throws TemplateError as `link` does
 */
export async function linkLater(
  template: Template,
  resolve: (reference: string, within: string | undefined) => Promise<IncludedPrompt | undefined>,
  key?: string,
): Promise<Template> {
  const found = new Map<string, IncludedPrompt | undefined>();
  const seen = new Set<string | undefined>([key]);
  let level: { template: Template; key: string | undefined }[] = [{ template, key }];
  for (let depth = 0; level.length > 0 && depth <= MAX_INCLUDE_DEPTH; depth++) {
    const asked = level.flatMap(({ template, key }) =>
      [...new Set(includesOf(template).map(({ reference }) => reference))].map((reference) => ({ reference, key })),
    );
    const answers = await Promise.all(asked.map(({ reference, key }) => resolve(reference, key)));
    level = [];
    for (const [index, prompt] of answers.entries()) {
      const { reference, key } = asked[index] as (typeof asked)[number];
      found.set(JSON.stringify([key ?? null, reference]), prompt);
      if (prompt === undefined || seen.has(prompt.key)) continue;
      seen.add(prompt.key);
      if (seen.size > MAX_INCLUDED_PROMPTS + 1) throw tooMany(template);
      level.push({ template: parseIncluded(reference, prompt), key: prompt.key });
    }
  }
  return link(template, (reference, within) => found.get(JSON.stringify([within ?? null, reference])), key);
}

/** A linked template, and how many prompts lie in one another below it. */
interface Linked {
  readonly template: Template;
  readonly height: number;
}

class Linking {
  readonly #resolve: ResolveInclude;
  /** By key: what a prompt includes depends on nothing else, so each is linked once. */
  readonly #linked = new Map<string, Linked>();
  /** Those that are not linked to their end yet counted. */
  #begun = 0;

  constructor(resolve: ResolveInclude) {
    this.#resolve = resolve;
  }

  /** @param chain the keys of the prompts that lead here, from the outermost; `depth` is how many of them are included */
  link(
    template: Template,
    key: string | undefined,
    chain: readonly string[],
    depth = 0,
    declared?: Template['declared'],
  ): Linked {
    const includes = new Map<string, Linked>();
    for (const include of includesOf(template)) {
      const { reference } = include;
      if (includes.has(reference)) continue;
      const prompt = this.#resolve(reference, key);
      if (prompt === undefined) throw fault(template, include, `there is no text prompt \`${reference}\` to include`);
      if (chain.includes(prompt.key)) {
        throw endless(template, include, `\`${reference}\` includes itself, by way of what it includes`);
      }
      const height = this.#linked.get(prompt.key)?.height ?? 0;
      if (depth + 1 + height > MAX_INCLUDE_DEPTH) {
        throw endless(
          template,
          include,
          `with \`${reference}\`, more than ${MAX_INCLUDE_DEPTH} prompts lie in one another`,
        );
      }
      try {
        includes.set(reference, this.#included(reference, prompt, template, chain, depth + 1));
      } catch (error) {
        // The outermost prompt has the last word.
        if (error instanceof TemplateError) error.tag = placeOf(template.source, include.at);
        throw error;
      }
    }
    const programs = [...includes].map(([reference, linked]): [string, Program] => [
      reference,
      linked.template.program,
    ]);
    const templates = [...includes].map(([reference, linked]): [string, Template] => [reference, linked.template]);
    const program = { templates: template.program.templates, includes: new Map(programs) };
    return {
      template: new Template(template.source, template.nodes, program, new Map(templates), declared),
      height: Math.max(0, ...[...includes.values()].map(({ height }) => height + 1)),
    };
  }

  #included(reference: string, prompt: IncludedPrompt, by: Template, chain: readonly string[], depth: number): Linked {
    const known = this.#linked.get(prompt.key);
    if (known !== undefined) return known;
    if (this.#begun >= MAX_INCLUDED_PROMPTS) throw tooMany(by);
    this.#begun += 1;
    const parsed = parseIncluded(reference, prompt);
    const linked = within(reference, () =>
      this.link(parsed, prompt.key, [...chain, prompt.key], depth, prompt.declared ?? undefined),
    );
    this.#linked.set(prompt.key, linked);
    return linked;
  }
}

function parseIncluded(reference: string, { source }: IncludedPrompt): Template {
  return within(reference, () => parse(source));
}

function within<T>(reference: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof TemplateError) error.reference ??= reference;
    throw error;
  }
}

function fault({ source }: Template, { at }: Include, message: string): TemplateError {
  return faultAt(source, at, 'include', message);
}

/** A fault that no other prompt or right would mend. */
function endless(template: Template, include: Include, message: string): TemplateError {
  const error = fault(template, include, message);
  error.isEndless = true;
  return error;
}

function tooMany({ source }: Template): TemplateError {
  return faultAt(source, 0, 'limit', `it includes more than ${MAX_INCLUDED_PROMPTS} prompts`);
}
