/**
 * The prompts that are known to the compiler, by reference: what each takes and answers. Empty here; `promptory types` writes a file
 * that adds to it, and so may a program:
 *
 * ```ts
 * declare module '@promptory/client' {
 *   interface PromptTypes {
 *     'support/triage@production': { inputs: { ticket: string }; output: { urgency: number } };
 *   }
 * }
 * ```
 */
// biome-ignore lint/suspicious/noEmptyInterface: a program adds the members.
export interface PromptTypes {}

type ListedReference = keyof PromptTypes & string;

/** The references that {@link PromptTypes} lists; any text while it lists none. */
export type KnownReference = [ListedReference] extends [never] ? string : ListedReference;

declare const isUnlisted: unique symbol;

/** A reference of which no types are known; made by {@link unlisted}. */
export type UnlistedReference = string & { readonly [isUnlisted]: true };

/** Lets a reference pass that {@link PromptTypes} does not list, such as one that is computed: its inputs and output have no types. */
export const unlisted = (ref: string): UnlistedReference => ref as UnlistedReference;

type TypesOf<Ref> = Ref extends keyof PromptTypes ? PromptTypes[Ref] : unknown;

/** What the prompt of a reference takes. */
export type PromptInputs<Ref> =
  TypesOf<Ref> extends { readonly inputs: infer Inputs } ? Inputs : Readonly<Record<string, unknown>>;

/** What a model answers to the prompt of a reference: of the type of its output schema, text without one. */
export type PromptOutput<Ref> = TypesOf<Ref> extends { readonly output: infer Output } ? Output : unknown;
