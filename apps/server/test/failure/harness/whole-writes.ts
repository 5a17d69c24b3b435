import { connect } from '@promptory/db';
import { expect } from 'vitest';
import type { Acknowledged } from './writer.ts';

/** That all which was acknowledged is there, whatever else is was done once, and nothing is there by half. */
export async function expectWhole(connectionString: string, acknowledged: Acknowledged): Promise<void> {
  const connection = connect({ connectionString, max: 1 });
  const { db } = connection;
  try {
    const versions = await db
      .selectFrom('prompt_versions')
      .select(['prompt_id', 'version', 'content'])
      .orderBy('prompt_id')
      .orderBy('version')
      .execute();
    const prompts = await db.selectFrom('prompts').select(['id', 'version', 'content']).execute();
    const entries = await db
      .selectFrom('group_prompts')
      .select(['group_id', 'prompt_id', 'position'])
      .orderBy('group_id')
      .orderBy('position')
      .execute();
    const audited = await db
      .selectFrom('audit_log')
      .select(['action', 'target_id'])
      .where('action', 'in', ['prompt.created', 'prompt.updated', 'group.prompt_added'])
      .execute();

    const stored = new Map(versions.map(({ prompt_id, version, content }) => [`${prompt_id} ${version}`, content]));
    const lost = [...acknowledged.versions].filter(([key, content]) => stored.get(key) !== content);
    expect(lost).toEqual([]);
    const storedEntries = new Set(entries.map(({ group_id, prompt_id }) => `${group_id} ${prompt_id}`));
    expect([...acknowledged.entries].filter((key) => !storedEntries.has(key))).toEqual([]);
    // Whatever else is there was cut off between being done and being answered, and is nothing done twice.
    const unknown = stored.size + storedEntries.size - acknowledged.count;
    expect(unknown).toBeLessThanOrEqual(acknowledged.unanswered);

    const byPrompt = Map.groupBy(versions, ({ prompt_id }) => prompt_id);
    expect(byPrompt.size).toBe(prompts.length);
    for (const { id, version, content } of prompts) {
      const own = byPrompt.get(id) ?? [];
      expect(own.map((one) => one.version)).toEqual(Array.from({ length: version }, (_, index) => index + 1));
      expect(own.at(-1)?.content).toBe(content);
    }
    for (const own of Map.groupBy(entries, ({ group_id }) => group_id).values()) {
      expect(own.map(({ position }) => position)).toEqual(own.map((_, index) => index));
    }
    // An operation and its audit entry are one transaction.
    const audits = Map.groupBy(audited, ({ target_id }) => target_id);
    for (const [id, own] of byPrompt) expect(audits.get(id)).toHaveLength(own.length);
    expect(audited.filter(({ action }) => action === 'group.prompt_added')).toHaveLength(entries.length);
  } finally {
    await connection.close();
  }
}
