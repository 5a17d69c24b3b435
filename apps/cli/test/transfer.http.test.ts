import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { givenSite } from './given-site.ts';
import { givenFolder } from './run-in-process.ts';

const { someone } = await givenSite();

describe('import and export', () => {
  it('give another account the same prompts, and the same again changes nothing', async () => {
    const ann = await someone('ann');
    await ann.promptory.prompts.create.mutate({
      title: 'One',
      slug: 'one',
      content: '1 {{ a }}',
      tags: ['x'],
      config: { z: 1, a: 2 },
    });
    await ann.promptory.prompts.create.mutate({ title: 'Two', slug: 'two', content: '2' });
    const cwd = givenFolder();
    expect(await ann.run(['export', '--out', 'all.jsonl'], { cwd })).toMatchObject({
      code: 0,
      stdout: 'Wrote 2 prompts to all.jsonl.\n',
    });
    expect((await ann.run(['export', '--out', 'all.jsonl'], { cwd })).code).toBe(0);
    await writeFile(join(cwd, 'mine.jsonl'), 'mine');
    expect((await ann.run(['export', '--out', 'mine.jsonl'], { cwd })).code).toBe(5);
    expect((await ann.run(['export'], { cwd })).stdout).toBe(await readFile(join(cwd, 'all.jsonl'), 'utf8'));
    expect(await ann.run(['export', '--format', 'dotprompt'], { cwd })).toMatchObject({
      ...{ code: 2, stdout: '' },
      stderr: 'promptory: dotprompt gives a file for each prompt: say into which folder with --out.\n',
    });
    expect((await ann.run(['export', '--tag', 'x'])).stdout.trim().split('\n')).toHaveLength(1);
    const listed = await ann.run(['export', '--json'], { cwd });
    const lines = (await readFile(join(cwd, 'all.jsonl'), 'utf8')).trim().split('\n');
    expect(listed.json()).toEqual(lines.map((line) => JSON.parse(line)));
    expect(listed.stdout).toContain('{"z":1,"a":2}');
    const bob = await someone('bob');
    expect(await bob.run(['import', 'all.jsonl', '--dry-run'], { cwd })).toMatchObject({
      code: 0,
      stdout: '2 created, 0 updated, 0 unchanged, 0 failed.\n',
    });
    expect((await bob.promptory.prompts.list.query()).items).toEqual([]);
    expect(await bob.run(['import', 'all.jsonl'], { cwd })).toMatchObject({
      code: 0,
      stdout: '2 created, 0 updated, 0 unchanged, 0 failed.\n',
    });
    expect((await bob.run(['import', 'all.jsonl', '--json'], { cwd })).json()).toMatchObject({
      unchanged: 2,
      prompts: [{ row: 1 }, { row: 2 }],
    });
    expect((await bob.run(['export'])).stdout).toBe((await ann.run(['export'])).stdout);
  });

  it('say of each row that fails why, and of what is left out', async () => {
    const cwd = givenFolder();
    const carol = await someone('carol');
    await writeFile(join(cwd, 'some.csv'), 'title,content,mood\nA,text,good\n,no title,bad\n');
    const ran = await carol.run(['import', 'some.csv'], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('1 of 2') });
    expect(ran.stdout).toMatch(/^failed 2 : .+$/m);
    expect(ran.stdout).toContain('mood');
    expect(ran.stdout).toMatch(/1 created, 0 updated, 0 unchanged, 1 failed\.\n$/);
    expect((await carol.run(['import', 'nothing.csv'], { cwd })).code).toBe(1);
    await mkdir(join(cwd, 'empty'));
    expect((await carol.run(['import', 'some.csv', '--accept-breaking'], { cwd })).code).toBe(2);
  });

  it('take a folder in the order of its paths, without what is hidden or installed in it', async () => {
    const cwd = givenFolder();
    for (const file of ['b', 'a/c', 'a/a', 'a', '.git/x', 'node_modules/m/y']) {
      await mkdir(join(cwd, 'files', file, '..'), { recursive: true });
      await writeFile(join(cwd, 'files', `${file}.prompt`), `---\nname: ${file.replace('.', '')}\n---\nOf ${file}\n`);
    }
    const gina = await someone('gina');
    expect((await gina.run(['import', 'files'], { cwd })).code).toBe(0);
    const { items } = await gina.promptory.prompts.list.query({ sort: 'created' });
    expect(items.map(({ content }) => content.trim()).reverse()).toEqual(['Of a', 'Of a/a', 'Of a/c', 'Of b']);
  });

  it('refuse files that have more than 16 MiB together, before anything is sent', async () => {
    const cwd = givenFolder();
    for (const name of ['a', 'b']) await writeFile(join(cwd, `${name}.prompt`), 'x'.repeat(8 * 1024 * 1024 + 1));
    const helen = await someone('helen');
    const ran = await helen.run(['import', 'a.prompt', 'b.prompt'], { cwd });
    expect(ran).toMatchObject({ code: 1, stderr: expect.stringContaining('more than 16 MiB together') });
  });

  it('carry prompts by the files of other systems, several and whole folders at once', async () => {
    const cwd = givenFolder();
    const dave = await someone('dave');
    await dave.promptory.prompts.create.mutate({ title: 'One', slug: 'team/one', content: 'Say {{ a }}' });
    await dave.promptory.prompts.create.mutate({ title: 'Two', slug: 'two', content: '2' });
    expect((await dave.run(['export', '--format', 'dotprompt'], { cwd })).code).toBe(2);
    const wrote = await dave.run(['export', '--format', 'dotprompt', '--out', 'files'], { cwd });
    expect(wrote).toMatchObject({ code: 0, stdout: 'Wrote 2 prompts to files.\n' });
    expect(await readFile(join(cwd, 'files/team/one.prompt'), 'utf8')).toContain('Say {{a}}');
    expect((await dave.run(['export', '--format', 'dotprompt', '--out', 'files'], { cwd })).code).toBe(0);
    await writeFile(join(cwd, 'files/two.prompt'), 'mine');
    expect((await dave.run(['export', '--format', 'dotprompt', '--out', 'files'], { cwd })).code).toBe(5);
    expect((await dave.run(['export', '--format', 'dotprompt', '--out', 'files', '--force'], { cwd })).code).toBe(0);
    const erin = await someone('erin');
    expect(await erin.run(['import', 'files'], { cwd })).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/2 created, .*\n$/),
    });
    expect((await erin.promptory.prompts.list.query()).items.map(({ slug }) => slug).sort()).toEqual([
      'team/one',
      'two',
    ]);
    const langfuse = await dave.run(['export', '--format', 'langfuse']);
    await writeFile(join(cwd, 'langfuse.json'), langfuse.stdout);
    const frank = await someone('frank');
    expect(
      (await frank.run(['import', 'langfuse.json', '--format', 'langfuse', '--json'], { cwd })).json(),
    ).toMatchObject({ created: 2 });
  });
});
