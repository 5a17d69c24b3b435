import { untilDone } from '@promptory/db';
import { sql } from 'kysely';
import type { Db } from '../../../context.ts';

const CHANGES_A_STEP = 5_000;

/**
 * Adds to the counts of tags and categories what changes of prompts have noted, for a job that runs each minute: until then
 * readers add it up themselves. Where another is at it, there is nothing to do.
 * @returns how many changes were added.
 */
export const addUpNameCounts = (db: Db): Promise<number> =>
  untilDone(db, CHANGES_A_STEP, sql`SELECT public.add_up_name_counts(${CHANGES_A_STEP}) AS done`);
