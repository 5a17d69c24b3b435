import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenSite } from '../given-site.ts';
import { givenFolder } from '../run-in-process.ts';

const { someone } = await givenSite();
let count = 0;

async function givenAuthor() {
  const author = await someone(`author-${++count}`);
  const { id } = await author.promptory.prompts.create.mutate({
    title: 'Support triage',
    slug: 'support/triage',
    description: 'Sorts tickets.',
    content: 'Sort {{ ticket.subject }} {{ tone | default: "warmly" }}.',
    outputSchema: { type: 'object', properties: { urgency: { enum: ['low', 'high'] } }, required: ['urgency'] },
  });
  await author.promptory.labels.move.mutate({ id, label: 'production', version: 1 });
  const cwd = givenFolder();
  const file = join(cwd, 'promptory.d.ts');
  const types = (...args: string[]) => author.run(['types', ...args], { cwd });
  return { ...author, id, cwd, file, types, text: () => readFile(file, 'utf8') };
}

describe('types', () => {
  it('writes what each label takes and answers, the same each time', async () => {
    const { types, text, promptory, id } = await givenAuthor();
    expect(await types()).toMatchObject({ code: 0, stdout: 'Wrote promptory.d.ts: 1 prompts.\n', stderr: '' });
    expect(await text()).toBe(`// Written by \`promptory types\`. Change the prompts and run it again, not this file.
import '@promptory/client';

/**
 * Support triage
 *
 * Sorts tickets.
 */
declare namespace SupportTriageV1 {
  export type Inputs = {
    ticket: {
      subject: string | number | boolean;
    };
    tone?: string | number | boolean | null;
  };
  export type Output = {
    urgency: "low" | "high";
  };
}

declare module '@promptory/client' {
  interface PromptTypes {
    /** Support triage (version 1) */
    "support/triage": { inputs: SupportTriageV1.Inputs; output: SupportTriageV1.Output };
    /** Support triage (version 1) */
    "support/triage#1": { inputs: SupportTriageV1.Inputs; output: SupportTriageV1.Output };
    /** Support triage (version 1) */
    "support/triage@latest": { inputs: SupportTriageV1.Inputs; output: SupportTriageV1.Output };
    /** Support triage (version 1) */
    "support/triage@production": { inputs: SupportTriageV1.Inputs; output: SupportTriageV1.Output };
  }
}
`);
    expect(await types()).toMatchObject({ code: 0, stdout: 'promptory.d.ts is current: 1 prompts.\n' });
    await promptory.prompts.update.mutate({ id, content: 'Sort {{ ticket }}.' });
    await types();
    expect(await text()).toMatch(
      /namespace SupportTriageV1 \{[\s\S]*namespace SupportTriageV2 \{\n {2}export type Inputs = \{\n {4}ticket: string/,
    );
    expect(await text()).toContain('"support/triage@latest": { inputs: SupportTriageV2.Inputs;');
  });

  it('fails by --check where the file is stale or missing, and shows the difference', async () => {
    const { types, promptory, id, file, text } = await givenAuthor();
    expect(await types('--check')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('promptory.d.ts is missing'),
    });
    await types();
    expect(await types('--check')).toMatchObject({ code: 0 });
    await writeFile(file, (await text()).replaceAll('\n', '\r\n'));
    expect(await types('--check')).toMatchObject({ code: 0 });
    await promptory.prompts.update.mutate({ id, content: 'Sort {{ ticket.subject }} for {{ product }}.' });
    const stale = await types('--check');
    expect(stale).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/stale: run `promptory types`\.\n[\s\S]*\+ {5}product: string/),
    });
    expect(await text()).not.toContain('product:');
  });

  it('knows only the labels that are named, and the prompts of a tag', async () => {
    const { types, text, promptory, id } = await givenAuthor();
    await promptory.labels.move.mutate({ id, label: 'staging', version: 1 });
    await promptory.prompts.create.mutate({ title: 'Other', slug: 'other', content: 'x', tags: ['loose'] });
    await types('--label', 'staging');
    expect(await text()).toMatch(/"support\/triage@latest"[\s\S]*"support\/triage@staging"/);
    expect(await text()).not.toContain('production');
    await types('--tag', 'loose');
    expect(await text()).not.toContain('triage');
    expect(await text()).toContain('"other@latest"');
  });

  it('names prompts of a group by handle and slug', async () => {
    const { types, text, promptory, id } = await givenAuthor();
    const { id: groupId } = await promptory.groups.create.mutate({ name: 'Team' });
    await promptory.groups.addPrompt.mutate({ id: groupId, promptId: id });
    const member = await someone(`member-${count}`);
    await promptory.members.add.mutate({ id: groupId, handle: `member-${count}`, role: 'viewer' });
    const cwd = givenFolder();
    expect(await member.run(['types', '--group', groupId], { cwd })).toMatchObject({ code: 0 });
    expect(await readFile(join(cwd, 'promptory.d.ts'), 'utf8')).toContain(
      `"author-${count}/support/triage@production"`,
    );
    await types();
    expect(await text()).not.toContain(`author-${count}/`);
  });

  it('says which versions are no templates, and types all else', async () => {
    const { types, text, promptory } = await givenAuthor();
    await promptory.prompts.create.mutate({ title: 'Broken', slug: 'broken', content: '{% if %}' });
    expect(await types()).toMatchObject({ code: 0, stderr: expect.stringContaining('broken#1') });
    expect(await text()).toContain('[name: string]: unknown');
  });

  it('goes on watching where a call fails, and says so', async () => {
    const { run, cwd, text } = await givenAuthor();
    const end = new AbortController();
    const refused = { status: 403, headers: { 'content-type': 'application/json' } };
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementationOnce(async () => new Response('{}', refused));
    onTestFinished(() => spy.mockRestore());
    const watching = run(['types', '--watch', '--interval', '1'], { cwd, signal: end.signal });
    await expect.poll(() => text().catch(() => '')).toContain('ticket');
    end.abort();
    expect((await watching).stderr).toMatch(/^promptory: /);
  });

  it('shows on a terminal what is stale, as it is', async () => {
    const { run, cwd, file, types } = await givenAuthor();
    await types();
    await writeFile(file, (await readFile(file, 'utf8')).replace('"high"', '"higher"'));
    const checked = await run(['types', '--check'], { cwd, isTerminal: true });
    expect(checked).toMatchObject({ code: 1, stderr: expect.stringContaining('+     urgency: "low" | "high";') });
    expect(checked.stderr).not.toContain('\\u001b');
  });

  it('watches, and writes when a prompt changes', async () => {
    const { run, promptory, id, cwd, text } = await givenAuthor();
    const end = new AbortController();
    const watching = run(['types', '--watch', '--interval', '1'], { cwd, signal: end.signal });
    await expect.poll(() => text().catch(() => '')).toContain('ticket');
    await promptory.prompts.update.mutate({ id, content: 'Sort {{ something }}.' });
    await expect.poll(text).toContain('something');
    end.abort();
    expect((await watching).stdout.match(/^Wrote /gm)).toHaveLength(2);
  });
});
