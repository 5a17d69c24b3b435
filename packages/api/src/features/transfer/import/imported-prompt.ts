import {
  type ChatMessage,
  cutTo,
  faultsOf,
  ImportRow,
  InputSchema,
  OutputSchema,
  PromptCategory,
  PromptConfig,
  PromptContent,
  PromptDescription,
  PromptKind,
  PromptTitle,
  PromptVisibility,
  SavedMessages,
  Slug,
  Tags,
} from '@promptory/schemas';
import { z } from 'zod';
import type { SchemaFaults } from '../../../domain/declarations/given-schemas.ts';
import { textOf } from '../../../domain/prompts/versioned-content.ts';
import { AppError } from '../../../errors.ts';

/** A prompt as a row gives it. What is undefined the row does not say. */
export interface ImportedPrompt {
  readonly slug: string | undefined;
  readonly title: string;
  readonly content: string;
  readonly messages: readonly ChatMessage[] | null;
  readonly description: string | undefined;
  readonly category: string | null | undefined;
  readonly tags: readonly string[] | undefined;
  readonly isTemplate: boolean | undefined;
  readonly visibility: 'private' | 'public' | undefined;
  readonly config: Readonly<Record<string, unknown>> | undefined;
  readonly inputSchema: Readonly<Record<string, unknown>> | null | undefined;
  readonly outputSchema: Readonly<Record<string, unknown>> | null | undefined;
  /** What is wrong with its schemas, once that was looked for. */
  readonly schemaFaults?: SchemaFaults;
}

const MAX_ITEM_FIELDS = 100;
const MOST_ITEMS = { messages: 200, tags: 20 } as const;

const Fields = z.strictObject({
  slug: Slug.optional(),
  title: PromptTitle,
  // Checked by kind below: what the messages of a chat read as may be longer than a text may be.
  content: z.string().max(400_000).optional(),
  kind: PromptKind.optional(),
  messages: SavedMessages.nullable().optional(),
  description: PromptDescription.optional(),
  category: PromptCategory.nullable().optional(),
  tags: Tags.optional(),
  isTemplate: z.boolean().optional(),
  visibility: PromptVisibility.optional(),
  config: PromptConfig.optional(),
  inputSchema: InputSchema.nullable().optional(),
  outputSchema: OutputSchema.nullable().optional(),
});

/** How the file calls a field. */
type NameOf = (field: string) => string;

/** What would cost the schema more to refuse than to read: it looks at every item, and names every field too many. */
function outsizeOf(value: object, nameOf: NameOf): string | null {
  for (const [name, most] of Object.entries(MOST_ITEMS)) {
    const list: unknown = Reflect.get(value, name);
    if (!Array.isArray(list)) continue;
    if (list.length > most) return `${nameOf(name)}: Has more than ${most} items`;
    if (list.some((item) => typeof item === 'object' && item !== null && Object.keys(item).length > MAX_ITEM_FIELDS)) {
      return `${nameOf(name)}: An item has more than ${MAX_ITEM_FIELDS} fields`;
    }
  }
  return null;
}

export const reasonOf = (faults: readonly { readonly path: string; readonly message: string }[]): string =>
  cutTo(
    ImportRow.shape.reason,
    faults
      .slice(0, 5)
      .map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
      .join('; '),
  );

/** The faults of a row, by the names of its file. */
export const rowReason = (
  faults: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[],
  nameOf: NameOf,
) =>
  reasonOf(
    faults.map(({ path: [field, ...rest], message }) => ({
      path: field === undefined ? '' : [nameOf(String(field)), ...rest].map(String).join('.'),
      message,
    })),
  );

/** The prompt that a row's fields make, or why they make none, in the words of its file. */
export function importedPrompt(
  value: Readonly<Record<string, unknown>>,
  nameOf: NameOf,
): ImportedPrompt | { readonly fault: string } {
  const outsize = outsizeOf(value, nameOf);
  if (outsize !== null) return { fault: outsize };
  const parsed = Fields.safeParse(value);
  if (!parsed.success) return { fault: rowReason(faultsOf(parsed.error), nameOf) };
  const { kind, messages, content, ...rest } = parsed.data;
  try {
    const text = textOf({
      kind: kind ?? (messages ? 'chat' : 'text'),
      content,
      ...(messages ? { messages } : {}),
    });
    const checked = text.messages === null ? PromptContent.safeParse(text.content) : undefined;
    if (checked?.success === false) {
      return {
        fault: rowReason(
          faultsOf(checked.error).map(({ message }) => ({ path: ['content'], message })),
          nameOf,
        ),
      };
    }
    return {
      slug: rest.slug,
      title: rest.title,
      content: text.content,
      messages: text.messages,
      description: rest.description,
      category: rest.category,
      tags: rest.tags,
      isTemplate: rest.isTemplate,
      visibility: rest.visibility,
      config: rest.config,
      inputSchema: rest.inputSchema,
      outputSchema: rest.outputSchema,
    };
  } catch (error) {
    if (error instanceof AppError && error.code === 'request.invalid') {
      const faults = error.errors.map(({ path, message }) => ({ path: path === '' ? [] : path.split('.'), message }));
      return { fault: rowReason(faults, nameOf) };
    }
    throw error;
  }
}
