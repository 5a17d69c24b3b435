/** One page of a list: its items, and where the next one begins; null on the last. */
type Page<Item> = { readonly nextCursor: string | null } & (
  | { readonly items: readonly Item[] }
  | { readonly prompts: readonly Item[] }
);

interface CallOptions {
  /** Ends the asking. */
  readonly signal?: AbortSignal;
}

/** A list of the router, such as `promptory.prompts.list`, or a thing that has pages of prompts, such as `promptory.groups.get`. */
interface List {
  query(input: never, options?: CallOptions): Promise<Page<unknown>>;
}

/** The input of a list, without what goes from page to page. */
type InputOf<Some extends List> = Omit<Extract<Parameters<Some['query']>[0], object>, 'cursor' | 'direction'>;

type PageOf<Some extends List> = Awaited<ReturnType<Some['query']>>;

type ItemOf<Some extends List> =
  PageOf<Some> extends { readonly items: readonly (infer Item)[] }
    ? Item
    : PageOf<Some> extends { readonly prompts: readonly (infer Item)[] }
      ? Item
      : never;

/** The items of all pages of a list; see `$items`. */
export type ItemsOf = <Some extends List>(
  list: Some,
  ...rest: Record<never, never> extends InputOf<Some>
    ? [input?: InputOf<Some>, options?: CallOptions]
    : [input: InputOf<Some>, options?: CallOptions]
) => AsyncGenerator<ItemOf<Some>, void>;

/** As many as a page may have. */
const LIMIT = 100;

/** The items of all pages, one after the other; a page is asked for once the one before is used up. */
async function* allItems(
  list: { query(input: object, options: CallOptions): Promise<Page<unknown>> },
  input: object = {},
  options: CallOptions = {},
): AsyncGenerator<unknown, void> {
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await list.query({ limit: LIMIT, ...input, ...(cursor === undefined ? {} : { cursor }) }, options);
    yield* 'items' in page ? page.items : page.prompts;
    cursor = page.nextCursor;
  }
}

// What a list takes and has, its own types say.
export const itemsOf = allItems as unknown as ItemsOf;
