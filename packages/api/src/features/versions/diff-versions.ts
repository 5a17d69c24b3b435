import { readJson } from '@promptory/db';
import type { DiffInput, PromptVersion, VersionDiff } from '@promptory/schemas';
import { type VersionDiff as Diff, diffVersions, type VersionContent } from '@promptory/template';
import { requirePrompt } from '../../access/require.ts';
import type { SignedInContext, Workers } from '../../context.ts';
import { getVersion, type Unsigned } from '../../views/version-view.ts';

/** Characters of both versions together that are compared in less than five milliseconds, whatever they are. */
const SMALL = 4_000;

/**
 * What differs between two versions. Large ones are compared by a worker.
 * @throws AppError prompt.not_found, prompt.version_not_found, server.busy
 */
export async function getDiff(
  { db, who, workers }: Pick<SignedInContext, 'db' | 'who' | 'workers'>,
  { id, from, to }: DiffInput,
): Promise<VersionDiff> {
  await requirePrompt(db, who, id, 'read');
  const older = contentOf(await getVersion(db, id, from));
  const newer = contentOf(await getVersion(db, id, to));
  const isSmall = sizeOf(older) + sizeOf(newer) <= SMALL;
  const diff = isSmall ? diffVersions(older, newer) : await diffElsewhere(workers, older, newer);
  return { from, to, ...diff };
}

const diffElsewhere = async (workers: Workers, older: VersionContent, newer: VersionContent): Promise<Diff> =>
  readJson(await workers.run('diffVersions', JSON.stringify(older), JSON.stringify(newer))) as Diff;

/** No more than is compared, since it is copied to another thread. */
function contentOf(version: Unsigned<PromptVersion>): VersionContent {
  const { title, description, content, messages, config, inputSchema, outputSchema } = version as VersionContent;
  return { title, description, content, messages, config, inputSchema, outputSchema };
}

/** Both the content of a chat and its messages are compared. */
const sizeOf = ({ description, content, messages, config, inputSchema, outputSchema }: VersionContent): number =>
  description.length +
  content.length +
  [messages, config, inputSchema, outputSchema].reduce<number>(
    (sum, document) => sum + JSON.stringify(document).length,
    0,
  );
