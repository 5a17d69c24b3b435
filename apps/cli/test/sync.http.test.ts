import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { givenSite, type Someone } from './given-site.ts';
import { givenFolder } from './run-in-process.ts';

const { app, someone } = await givenSite();
let count = 0;

/** Somebody with two prompts, and a folder into which they were pulled. */
async function givenPulled() {
  const owner = await someone(`owner-${++count}`);
  const { promptory } = owner;
  const triage = await promptory.prompts.create.mutate({
    title: 'Triage',
    slug: 'support/triage',
    content: 'Sort: {{ ticket }}',
    tags: ['b', 'a'],
    config: { z: 1, a: 2 },
  });
  const chat = await promptory.prompts.create.mutate({
    title: 'Chat',
    slug: 'chat',
    kind: 'chat',
    messages: [
      { role: 'user', content: '{{ q }}' },
      { type: 'placeholder', name: 'history' },
    ],
  });
  const cwd = givenFolder();
  const sync = syncOf(owner, cwd);
  expect((await sync('pull')).outcomes).toEqual({ 'support/triage': 'created', chat: 'created' });
  const file = (slug: string) => join(cwd, 'prompts', `${slug}.prompt.md`);
  return {
    ...{ owner, promptory, triage, chat, cwd, sync, file },
    read: (slug: string) => readFile(file(slug), 'utf8'),
    edit: async (slug: string, from: string, to: string) =>
      writeFile(file(slug), (await readFile(file(slug), 'utf8')).replace(from, to)),
  };
}

const syncOf =
  (owner: Someone, cwd: string) =>
  async (...args: string[]) => {
    const ran = await owner.run([...args, '--json'], { cwd });
    const { prompts = [] } =
      ran.stdout === '' ? {} : ran.json<{ prompts: { slug: string; outcome: string; reason: string | null }[] }>();
    return { ...ran, outcomes: Object.fromEntries(prompts.map(({ slug, outcome }) => [slug, outcome])), prompts };
  };

describe('pull and push', () => {
  it('write files, and bring what was changed in them back as the next version', async () => {
    const { promptory, triage, sync, edit, read } = await givenPulled();
    expect(await read('support/triage')).toBe(
      '---\ntitle: Triage\ntags:\n  - a\n  - b\nconfig:\n  z: 1\n  a: 2\n---\nSort: {{ ticket }}\n',
    );
    expect((await sync('push')).outcomes).toEqual({ 'support/triage': 'unchanged', chat: 'unchanged' });
    await edit('support/triage', 'Sort:', 'Sort by urgency:');
    await edit('chat', '{{ q }}', '{{ question }}');
    expect((await sync('push', '--dry-run')).outcomes).toEqual({ 'support/triage': 'updated', chat: 'updated' });
    expect((await sync('push', '--note', 'Urgency first')).outcomes).toEqual({
      'support/triage': 'updated',
      chat: 'updated',
    });
    const pushed = await promptory.versions.get.query({ id: triage.id, version: 2 });
    expect(pushed).toMatchObject({ content: 'Sort by urgency: {{ ticket }}', changeNote: 'Urgency first' });
    expect((await sync('push')).outcomes).toEqual({ 'support/triage': 'unchanged', chat: 'unchanged' });
    expect((await sync('pull')).outcomes).toEqual({ 'support/triage': 'unchanged', chat: 'unchanged' });
    const { version } = await promptory.prompts.get.query({ id: triage.id });
    expect(version).toBe(2);
  });

  it('take what the server has changed, and touch nothing in a dry run', async () => {
    const { promptory, triage, sync, read } = await givenPulled();
    await promptory.prompts.update.mutate({ id: triage.id, content: 'Theirs', category: 'Support' });
    const before = await read('support/triage');
    expect((await sync('pull', '--dry-run')).outcomes).toMatchObject({ 'support/triage': 'updated' });
    expect(await read('support/triage')).toBe(before);
    expect((await sync('pull')).outcomes).toMatchObject({ 'support/triage': 'updated' });
    expect(await read('support/triage')).toContain('category: Support');
  });

  it('overwrite nothing where both sides have changed, show it, and obey --force for one file', async () => {
    const { promptory, owner, cwd, triage, chat, sync, edit, read } = await givenPulled();
    await promptory.prompts.update.mutate({ id: triage.id, content: 'Theirs' });
    await promptory.prompts.update.mutate({ id: chat.id, title: 'Their chat' });
    await edit('support/triage', 'Sort: {{ ticket }}', 'Mine');
    await edit('chat', 'title: Chat', 'title: My chat');
    for (const verb of ['pull', 'push']) {
      const refused = await owner.run([verb], { cwd });
      expect(refused).toMatchObject({
        code: 5,
        stdout: expect.stringMatching(/^! chat conflict.*\n! support\/triage conflict/),
      });
      expect(refused.stderr).toContain('changed in the file since version 1\n    title: Chat'.slice(0, 20));
      for (const line of ['- Sort: {{ ticket }}', '+ Mine', '+ Theirs']) expect(refused.stderr).toContain(line);
    }
    expect(await read('support/triage')).toContain('Mine');
    expect(await promptory.prompts.get.query({ id: triage.id })).toMatchObject({ version: 2, content: 'Theirs' });
    expect(await sync('push', '--force', 'support/triage')).toMatchObject({
      code: 5,
      outcomes: { 'support/triage': 'updated', chat: 'conflict' },
    });
    expect(await promptory.prompts.get.query({ id: triage.id })).toMatchObject({ version: 3, content: 'Mine' });
    expect(await sync('pull', '--force', 'chat')).toMatchObject({ code: 0, outcomes: { chat: 'updated' } });
    expect(await read('chat')).toContain('Their chat');
  });

  it('see no conflict where both came to the same, and none that a check out of git makes', async () => {
    const { promptory, triage, sync, edit, file, read } = await givenPulled();
    await promptory.prompts.update.mutate({ id: triage.id, content: 'The same' });
    await edit('support/triage', 'Sort: {{ ticket }}', 'The same');
    await writeFile(file('chat'), `\ufeff${(await read('chat')).replaceAll('\n', '\r\n')}`);
    expect(await sync('push')).toMatchObject({
      code: 0,
      outcomes: { 'support/triage': 'unchanged', chat: 'unchanged' },
    });
    const fresh = givenFolder();
    await mkdir(join(fresh, 'prompts'));
    expect(await sync('push')).toMatchObject({ code: 0 });
  });

  it('miss no prompt that is changed while pages of them are read', async () => {
    const { promptory, owner, cwd, triage } = await givenPulled();
    const fetch = globalThis.fetch;
    let pages = 0;
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation(async (url, init) => {
      const isPage = String(url).includes('prompts.list');
      if (isPage && ++pages === 2) {
        app.services.clock.advance(1000);
        await promptory.prompts.update.mutate({ id: triage.id, title: 'New' });
      }
      // Pages of one prompt.
      return fetch(isPage ? String(url).replace('limit%22%3A100', 'limit%22%3A1') : url, init);
    });
    onTestFinished(() => spy.mockRestore());
    const pulled = await owner.run(['pull', '--delete', '--json'], { cwd });
    expect(pages).toBe(2);
    const { prompts } = pulled.json<{ prompts: { slug: string; outcome: string }[] }>();
    expect(prompts.find(({ slug }) => slug === 'support/triage')).toMatchObject({ outcome: 'updated' });
  });

  it('make prompts of new files and files of new prompts, and adopt those that are the same', async () => {
    const { promptory, owner, sync, file, read } = await givenPulled();
    await promptory.prompts.create.mutate({ title: 'New there', slug: 'new/there', content: 'x' });
    await mkdir(join(file('new'), '..'), { recursive: true });
    await writeFile(file('new'), '---\ntitle: New here\n---\ny\n');
    expect((await sync('push')).outcomes).toMatchObject({ new: 'created', 'new/there': 'unchanged' });
    expect((await sync('pull')).outcomes).toMatchObject({ new: 'unchanged', 'new/there': 'created' });
    const other = givenFolder();
    await mkdir(join(other, 'prompts'));
    await writeFile(join(other, 'prompts/new.prompt.md'), await read('new'));
    await writeFile(join(other, 'prompts/chat.prompt.md'), '---\ntitle: Another\n---\nz\n');
    const fresh = await syncOf(owner, other)('push');
    expect(fresh).toMatchObject({ code: 5, outcomes: { new: 'adopted', chat: 'conflict' } });
  });

  it('move what was moved on either side', async () => {
    const { promptory, triage, chat, sync, file } = await givenPulled();
    await rename(file('support/triage'), file('sorting'));
    expect((await sync('push')).outcomes).toEqual({ sorting: 'moved', chat: 'unchanged' });
    expect(await promptory.prompts.get.query({ id: triage.id })).toMatchObject({ slug: 'sorting', version: 1 });
    await promptory.prompts.update.mutate({ id: chat.id, slug: 'talks/chat' });
    expect((await sync('pull')).outcomes).toMatchObject({ chat: 'moved' });
    expect([existsSync(file('chat')), existsSync(file('talks/chat'))]).toEqual([false, true]);
    expect((await sync('pull')).outcomes).toEqual({ sorting: 'unchanged', 'talks/chat': 'unchanged' });
  });

  it('write no prompt that was moved over the file of another, and remove none that was written', async () => {
    const { promptory, triage, chat, sync, read, edit, file } = await givenPulled();
    await promptory.prompts.update.mutate({ id: triage.id, slug: 'triage' });
    await writeFile(file('triage'), '---\ntitle: Mine\n---\nx\n');
    expect(await sync('pull')).toMatchObject({
      code: 5,
      outcomes: { 'support/triage': 'conflict', triage: 'unchanged' },
    });
    expect(await read('triage')).toContain('Mine');
    await rm(file('triage'));
    expect(await sync('pull')).toMatchObject({ code: 0, outcomes: { 'support/triage': 'moved' } });
    // One moves to where another was.
    await promptory.prompts.update.mutate({ id: triage.id, slug: 'other' });
    await promptory.prompts.update.mutate({ id: chat.id, slug: 'triage' });
    await edit('triage', 'title: Triage', 'title: Edited');
    expect(await sync('pull')).toMatchObject({ code: 5, outcomes: { chat: 'conflict', triage: 'conflict' } });
    expect(await read('triage')).toContain('title: Edited');
    await edit('triage', 'title: Edited', 'title: Triage');
    expect(await sync('pull')).toMatchObject({ code: 0, outcomes: { chat: 'moved', triage: 'moved' } });
    expect([await read('triage'), await read('other')].map((text) => /title: (.*)/.exec(text)?.[1])).toEqual([
      ...['Chat', 'Triage'],
    ]);
    expect((await sync('pull')).outcomes).toEqual({ other: 'unchanged', triage: 'unchanged' });
  });

  it('know what was done where an interrupt ends the rest, and say that it did', async () => {
    const { owner, triage, cwd, sync, edit } = await givenPulled();
    await edit('chat', 'Chat', 'Talk');
    await edit('support/triage', 'Sort', 'Order');
    const end = new AbortController();
    const fetch = globalThis.fetch;
    const spy = vi.spyOn(globalThis, 'fetch').mockImplementation((url, init) => {
      if (String(init?.body).includes(triage.id)) end.abort();
      return fetch(url, init);
    });
    onTestFinished(() => spy.mockRestore());
    expect(await owner.run(['push'], { cwd, signal: end.signal })).toMatchObject({ code: 130 });
    spy.mockRestore();
    const lock = JSON.parse(await readFile(join(cwd, 'prompts/promptory.lock.json'), 'utf8'));
    expect(lock.prompts).toMatchObject({ chat: { version: 2 }, 'support/triage': { version: 1 } });
    expect(await owner.run(['pull'], { cwd, signal: AbortSignal.abort() })).toMatchObject({ code: 130 });
    expect(await sync('push')).toMatchObject({ code: 0, outcomes: { chat: 'unchanged' } });
  });

  it('delete nothing unasked, and the empty folders with what is deleted', async () => {
    const { promptory, triage, chat, cwd, sync, file } = await givenPulled();
    await promptory.prompts.delete.mutate({ id: triage.id });
    await rm(file('chat'));
    expect((await sync('pull')).outcomes).toEqual({ 'support/triage': 'kept', chat: 'unchanged' });
    expect((await sync('push')).outcomes).toEqual({ 'support/triage': 'unchanged', chat: 'kept' });
    expect((await sync('pull', '--delete')).outcomes).toMatchObject({ 'support/triage': 'deleted' });
    expect(await readdir(join(cwd, 'prompts'))).toEqual(['promptory.lock.json']);
    expect((await sync('push', '--delete')).outcomes).toEqual({ chat: 'deleted' });
    expect((await promptory.prompts.list.query({ trashed: true })).items.map(({ id }) => id).sort()).toEqual(
      [triage.id, chat.id].sort(),
    );
  });

  it('bring back what was deleted or spoiled here, where that is forced', async () => {
    const { sync, file, read, edit } = await givenPulled();
    await rm(file('chat'));
    await edit('support/triage', '---\n', '');
    expect(await sync('pull')).toMatchObject({ code: 1, outcomes: { 'support/triage': 'failed' } });
    expect(await sync('push', '--force', 'support/triage')).toMatchObject({ code: 1 });
    expect(await sync('pull', '--force', 'chat', '--force', 'support/triage')).toMatchObject({
      code: 0,
      outcomes: { chat: 'created', 'support/triage': 'created' },
    });
    expect(await read('support/triage')).toMatch(/^---\ntitle: Triage/);
  });

  it('overwrite all below a name that is forced, and nothing beside it', async () => {
    const { sync, file } = await givenPulled();
    for (const slug of ['chat', 'support/triage']) await writeFile(file(slug), '---\n');
    expect(await sync('pull', '--force', 'support')).toMatchObject({
      code: 1,
      outcomes: { chat: 'failed', 'support/triage': 'created' },
    });
    expect(await sync('pull', '--force', 'supp')).toMatchObject({ code: 4 });
  });

  it('write no prompt where none is looked for', async () => {
    const { owner, sync, file } = await givenPulled();
    await owner.promptory.prompts.create.mutate({ title: 'X', slug: 'node_modules/x', content: 'x' });
    expect(await sync('pull')).toMatchObject({ code: 1, outcomes: { 'node_modules/x': 'failed' } });
    await expect(readFile(file('node_modules/x'))).rejects.toThrow('ENOENT');
  });

  it('do only what is named', async () => {
    const { sync, edit } = await givenPulled();
    await edit('support/triage', 'Sort', 'Order');
    await edit('chat', 'Chat', 'Talk');
    expect((await sync('push', 'support')).outcomes).toEqual({ 'support/triage': 'updated' });
    expect(await sync('push', 'nothing')).toMatchObject({ code: 4, stdout: '' });
  });

  it('are not kept from what is named by a file that is not', async () => {
    const { sync, edit } = await givenPulled();
    await edit('chat', '---\n', '');
    await edit('support/triage', 'Sort', 'Order');
    expect(await sync('push', 'support')).toMatchObject({ code: 0, outcomes: { 'support/triage': 'updated' } });
    expect(await sync('push', 'chat')).toMatchObject({ code: 1, outcomes: { chat: 'failed' } });
  });

  it('say of each file that is no prompt why, and bring the others', async () => {
    const { owner, sync, edit, cwd, file } = await givenPulled();
    const at = (name: string) => join(cwd, 'prompts', name);
    await writeFile(at('Upper.prompt.md'), '---\ntitle: U\n---\n');
    await writeFile(at('binary.prompt.md'), new Uint8Array([0xff, 0xd8, 0]));
    await writeFile(at('\u001b]0;x.prompt.md'), 'Named to deceive.');
    await writeFile(at('README.md'), 'No prompt.');
    await symlink(file('chat'), at('link.prompt.md'));
    await edit('support/triage', 'Sort', 'Order');
    expect((await owner.run(['push', '--dry-run'], { cwd })).stdout).toContain('x \\u001b]0;x failed');
    const pushed = await sync('push');
    expect(pushed).toMatchObject({
      code: 1,
      outcomes: {
        'support/triage': 'updated',
        Upper: 'failed',
        binary: 'failed',
        link: 'failed',
      },
    });
    expect(pushed.prompts.filter(({ outcome }) => outcome === 'failed').every(({ reason }) => reason !== null)).toBe(
      true,
    );
  });

  it('write through no link, and over no name that differs in case alone', async () => {
    const { owner, promptory } = await givenPulled();
    await promptory.prompts.create.mutate({ title: 'Out', slug: 'out/side', content: 'x' });
    const cwd = givenFolder();
    const elsewhere = givenFolder();
    await mkdir(join(cwd, 'prompts'));
    await symlink(elsewhere, join(cwd, 'prompts/out'));
    await writeFile(join(cwd, 'prompts/Chat.prompt.md'), 'mine');
    const pulled = await syncOf(owner, cwd)('pull');
    expect(pulled).toMatchObject({
      code: 1,
      outcomes: { 'out/side': 'failed', chat: 'failed', 'support/triage': 'created' },
    });
    expect(await readdir(elsewhere)).toEqual([]);
    expect(await readFile(join(cwd, 'prompts/Chat.prompt.md'), 'utf8')).toBe('mine');
  });

  it('refuse a folder of another server, and a lock that is broken', async () => {
    const { sync, cwd } = await givenPulled();
    const lock = join(cwd, 'prompts/promptory.lock.json');
    const text = await readFile(lock, 'utf8');
    await writeFile(lock, text.replace(/"url": "[^"]+"/, '"url": "https://elsewhere.example"'));
    expect(await sync('push')).toMatchObject({
      code: 5,
      stdout: '',
      stderr: expect.stringContaining('https://elsewhere.example'),
    });
    await writeFile(lock, `<<<<<<< ours\n${text}`);
    expect(await sync('pull')).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('promptory.lock.json'),
    });
  });
});
