// The gate: whether the version to which a label is moved breaks the callers of the one that it served last. That takes the processor,
// now and then for long, so it is found out before the prompts are locked, of where their labels point then; where one was moved
// meanwhile, it is found out anew.
import { type RawBuilder, sql } from 'kysely';
import { editablePrompts } from '../../access/visibility.ts';
import type { Db, SignedInContext, Who, Workers } from '../../context.ts';
import { AppError } from '../../errors.ts';
import { runTask } from '../../tasks.ts';
import { latestMoves } from '../../views/label-view.ts';
import { storedContent } from '../../views/stored-content.ts';
import { storedDocument, storedOutputSchema } from '../../views/stored-document.ts';
import { isOneOfVersions } from '../../views/version-view.ts';
import { findInclusions } from '../includes/included-versions.ts';
import { comparesQuickly, type VersionBreaks } from '../signatures/breaks-between.ts';
import { type IncludedTexts, keyOf as keyOfVersion, mayInclude, type VersionId } from '../signatures/included-texts.ts';
import { readLength } from '../signatures/read-version.ts';
import { includedTexts } from '../stored-signatures/included-texts.ts';

/** A step of a label between two versions of a prompt. */
export interface Step {
  readonly promptId: string;
  readonly from: number;
  readonly to: number;
}

/** What each step breaks, as far as it was found out. */
export interface FoundBreaks {
  of(step: Step): VersionBreaks;
}

/** A label stands elsewhere than when the steps were compared. */
class NotComparedError extends Error {}

const ATTEMPTS = 5;
/** Characters of both versions together, none with a schema of its own: compared within ten milliseconds if they have few inputs. */
const SMALL = 4_000;
/** Versions may have a megabyte and more, so few are held at once. */
const STEPS_AT_ONCE = 4;

const keyOf = ({ promptId, from, to }: Step): string => `${promptId} ${from} ${to}`;
export const nothingBreaks: VersionBreaks = { breaks: [], count: 0 };
/** For moves that lead to no version. */
export const noBreaks: FoundBreaks = { of: () => nothingBreaks };

/** Where a label is to point at a version: null for the latest. */
export interface WantedStep {
  readonly promptId: string;
  readonly label: string;
  readonly to: number | null;
}

/**
 * Runs an action that moves labels with what its steps break.
 * @throws AppError server.busy where the labels are moved again and again meanwhile, or no worker is free; what `act` throws
 */
export async function withBreaks<T>(
  ctx: SignedInContext,
  wanted: readonly WantedStep[],
  act: (found: FoundBreaks) => Promise<T>,
): Promise<T> {
  const known = new Map<string, VersionBreaks>();
  const of = (step: Step): VersionBreaks => {
    const found = known.get(keyOf(step));
    if (found === undefined) throw new NotComparedError();
    return found;
  };
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const steps = await findSteps(ctx, wanted);
    const unknown = steps.filter((step) => !known.has(keyOf(step)));
    for (const [at, breaks] of (await breaksOfSteps(ctx.db, ctx.workers, unknown, ctx.who)).entries()) {
      const step = unknown[at];
      if (step !== undefined) known.set(keyOf(step), breaks);
    }
    try {
      return await act({ of });
    } catch (error) {
      if (!(error instanceof NotComparedError)) throw error;
    }
  }
  throw new AppError('server.busy', { retryAfterSeconds: 1 });
}

/**
 * The version whose callers a label has: where it points or, where that is nowhere, pointed last. An expression of `held`, a row of
 * `prompt_labels` or none, for the row of `prompts` that the query names so.
 */
export const servedVersion = (label: RawBuilder<unknown>): RawBuilder<number | null> => sql`coalesce(held.version, (
  SELECT left_behind.from_version FROM label_moves AS left_behind
  WHERE ${latestMoves('left_behind', sql`prompts.id`, label)} LIMIT 1
))`;

/** The steps that labels would take now, of prompts that the caller may edit. */
async function findSteps({ db, who }: SignedInContext, wanted: readonly WantedStep[]): Promise<Step[]> {
  const json = JSON.stringify(wanted);
  const { rows } = await sql<Step>`
    SELECT prompts.id AS "promptId", served.version AS "from", found.version AS "to"
    FROM json_to_recordset(${json}::json) AS wanted ("promptId" uuid, label text, "to" integer)
    JOIN prompts ON prompts.id = wanted."promptId"
    LEFT JOIN prompt_labels AS held ON held.prompt_id = prompts.id AND held.label = wanted.label
    CROSS JOIN LATERAL (SELECT ${servedVersion(sql`wanted.label`)} AS version) AS served
    JOIN prompt_versions AS found
      ON found.prompt_id = prompts.id AND found.version = coalesce(wanted."to", prompts.version)
    WHERE ${editablePrompts(who)} AND served.version <> found.version
  `.execute(db);
  return rows;
}

/**
 * What steps break, in their order. Whoever asks has made sure that the prompts may be read.
 * @param who is told; null is whoever owns the prompts
 */
export async function breaksOfSteps(
  db: Db,
  workers: Workers,
  steps: readonly Step[],
  who: Who | null = null,
): Promise<VersionBreaks[]> {
  const found: VersionBreaks[] = [];
  for (let start = 0; start < steps.length; start += STEPS_AT_ONCE) {
    const some = steps.slice(start, start + STEPS_AT_ONCE);
    const versions = await readVersions(db, some, who);
    for (const { promptId, from, to } of some) {
      const [before, after] = [versions.get(`${promptId} ${from}`), versions.get(`${promptId} ${to}`)];
      if (before === undefined || after === undefined) found.push(nothingBreaks);
      else {
        const breaks = await compared(workers, before, after);
        found.push(before.isHidden || after.isHidden ? withoutDetails(breaks) : breaks);
      }
    }
  }
  return found;
}

/** With the texts that it includes, as the owner of the prompt may read them. */
interface Compared {
  readonly included: IncludedTexts | null;
  /** Whether some of these may not be read by whoever asks. */
  readonly isHidden: boolean;
  readonly content: string;
  readonly messages: object[] | null;
  readonly inputSchema: object | null;
  readonly outputSchema: object | null;
}

/** That callers are broken decides on a move; by what may tell of texts that whoever asks may not read. */
function withoutDetails({ breaks, count }: VersionBreaks): VersionBreaks {
  if (count === 0) return { breaks, count };
  const message = 'breaks callers, by what is not shown: it includes prompts that you may not read';
  return { breaks: [{ side: 'input', path: '', kind: 'narrowed', decided: true, message }], count: 1 };
}

async function compared(workers: Workers, before: Compared, after: Compared): Promise<VersionBreaks> {
  const isPlain = [before, after].every(
    ({ inputSchema, outputSchema, included }) => inputSchema === null && outputSchema === null && included === null,
  );
  const isShort = isPlain && readLength(before) + readLength(after) <= SMALL;
  const isSmall = isShort && comparesQuickly(before, after);
  const texts = [JSON.stringify(before), JSON.stringify(after)] as const;
  const answer = isSmall ? runTask('breaksBetween', [...texts]) : await workers.run('breaksBetween', ...texts);
  return JSON.parse(answer) as VersionBreaks;
}

/** Whether some of what a version includes may not be read by whoever asks. */
async function hidesAny(db: Db, who: Who, version: VersionId, included: readonly VersionId[]): Promise<boolean> {
  if (included.length === 0) return false;
  const readable = new Set((await findInclusions(db, who, [version])).versions(version).map(keyOfVersion));
  return included.some((each) => !readable.has(keyOfVersion(each)));
}

/** By prompt and number. */
async function readVersions(db: Db, steps: readonly Step[], who: Who | null): Promise<Map<string, Compared>> {
  const ends = steps.flatMap(({ promptId, from, to }) => [from, to].map((version) => ({ promptId, version })));
  const rows = await db
    .selectFrom('prompt_versions')
    .innerJoin('prompts', 'prompts.id', 'prompt_versions.prompt_id')
    .select([
      'prompts.user_id as ownerId',
      'prompt_versions.prompt_id as promptId',
      'prompt_versions.version',
      storedContent('prompt_versions').as('content'),
      storedDocument<object[] | null>('prompt_versions', 'messages').as('messages'),
      storedDocument<Record<string, unknown> | null>('prompt_versions', 'input_schema').as('inputSchema'),
      storedOutputSchema('prompt_versions').as('outputSchema'),
    ])
    .where(isOneOfVersions(ends))
    .execute();
  const versions = new Map<string, Compared>();
  for (const { ownerId, ...row } of rows) {
    const owner = { userId: ownerId, isAdmin: false, groupId: null };
    const inclusions = await findInclusions(db, owner, [row].filter(mayInclude));
    const included = await includedTexts(db, row, inclusions);
    const isHidden = who !== null && (await hidesAny(db, who, row, inclusions.versions(row)));
    versions.set(`${row.promptId} ${row.version}`, { ...row, included, isHidden });
  }
  return versions;
}
