import type { Page } from '@promptory/db';
import type { ListCountsInput, NameCount } from '@promptory/schemas';
import { listNames } from '../../domain/prompts/listing/listed-names.ts';
import type { ListContext } from '../../views/list-cursor.ts';

/** The tags of the prompts that the caller may read. */
export const listTags = (ctx: ListContext, input: ListCountsInput): Promise<Page<NameCount>> =>
  listNames(ctx, 'tag', input);
