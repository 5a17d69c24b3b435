import { describe, expect, it } from 'vitest';
import { givenSite } from './given-site.ts';

const { someone } = await givenSite();
let count = 0;

/** Somebody with prompts of two versions each, of which the second asks for more, and the first is in production. */
async function givenPrompts(...slugs: string[]) {
  const { promptory, run } = await someone(`mover-${++count}`);
  for (const slug of slugs) {
    const { id } = await promptory.prompts.create.mutate({ title: slug, slug, content: 'Say {{ word }}.' });
    await promptory.prompts.update.mutate({ id, content: 'Say {{ word }} to {{ whom }}.' });
    await promptory.prompts.update.mutate({ id, content: 'Say {{ word }}, please.' });
    await promptory.labels.move.mutate({ id, label: 'production', version: 1 });
  }
  const version = async (ref: string) => (await promptory.prompts.resolve.query({ ref })).version;
  return { run, version };
}

describe('label', () => {
  it('moves to the version that a reference names, and undoes that', async () => {
    const { run, version } = await givenPrompts('a');
    expect(await run(['label', 'move', 'a@latest', 'production'])).toMatchObject({
      code: 0,
      stdout: 'a@production points at #3.\n',
    });
    expect(await run(['label', 'move', 'a', 'staging', '--from', 'production', '--reason', 'As it is'])).toMatchObject({
      code: 0,
    });
    expect(await version('a@staging')).toBe(3);
    expect(await run(['label', 'undo', 'a', 'production'])).toMatchObject({
      code: 0,
      stdout: 'a@production points at #1.\n',
    });
    const listed = await run(['label', 'list', 'a']);
    expect(listed.stdout).toMatch(/^production +#1 .*\nstaging +#3 .*\nlatest +#3\n$/);
    const history = await run(['label', 'history', 'a', 'production', '--json']);
    expect(history.json<{ items: { from: number; to: number }[] }>().items.map(({ from, to }) => [from, to])).toEqual([
      [3, 1],
      [1, 3],
      [null, 1],
    ]);
    expect((await run(['label', 'history', 'a', 'production'])).stdout).toContain('#3 → #1');
    expect(await run(['label', 'remove', 'a', 'staging'])).toMatchObject({ code: 0 });
    expect((await run(['get', 'a@staging'])).code).toBe(4);
  });

  it('says which version is meant, or is refused', async () => {
    const { run } = await givenPrompts('a');
    expect(await run(['label', 'move', 'a', 'production'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('a@latest'),
    });
    expect(await run(['label', 'move', 'a#9', 'production'])).toMatchObject({ code: 4 });
    expect(await run(['label', 'undo', 'a', 'canary'])).toMatchObject({ code: 4 });
  });

  it('breaks no caller unseen: the breaks are listed, and accepted for a reason', async () => {
    const { run, version } = await givenPrompts('a');
    const refused = await run(['label', 'move', 'a#2', 'production']);
    expect(refused).toMatchObject({ code: 5, stdout: '' });
    expect(refused.stderr).toMatch(/--accept-breaking[^\n]*\n {2}input \/whom is new/);
    expect(await run(['label', 'check', 'a#2', 'production'])).toMatchObject({
      code: 5,
      stderr: expect.stringContaining('/whom'),
    });
    expect(await run(['label', 'check', 'a#3', 'production'])).toMatchObject({ code: 0 });
    expect((await run(['label', 'check', 'a#2', 'production', '--json'])).json()).toMatchObject({
      isCompatible: false,
      breakCount: 1,
    });
    expect(await run(['label', 'move', 'a#2', 'production', '--accept-breaking'])).toMatchObject({ code: 2 });
    expect(await version('a')).toBe(1);
    expect(await run(['label', 'move', 'a#2', 'production', '--accept-breaking', '--reason', 'Agreed'])).toMatchObject({
      code: 0,
    });
    expect((await run(['label', 'history', 'a', 'production'])).stdout).toMatch(/\(breaking\).*Agreed/);
  });

  it('breaks no caller by what a version answers either', async () => {
    const { promptory, run } = await someone(`mover-${++count}`);
    const answers = (...names: string[]) => ({
      type: 'object',
      properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
      required: names,
    });
    const made = { title: 'O', slug: 'o', content: 'Sort', outputSchema: answers('mood', 'urgency') };
    const { id } = await promptory.prompts.create.mutate(made);
    await promptory.prompts.update.mutate({ id, outputSchema: answers('mood') });
    await promptory.labels.move.mutate({ id, label: 'production', version: 1 });
    const dropped = { code: 5, stdout: '', stderr: expect.stringContaining('output /urgency') };
    for (const line of [
      ['label', 'move', 'o@latest', 'production'],
      ['release', 'make', 'production', 'o@latest'],
    ]) {
      expect(await run(line)).toMatchObject(dropped);
    }
    const accepted = ['label', 'move', 'o@latest', 'production', '--accept-breaking', '--reason', 'Known'];
    expect(await run(accepted)).toMatchObject({ code: 0 });
    const history = await run(['label', 'history', 'o', 'production', '--json']);
    expect(history.json<{ items: object[] }>().items[0]).toMatchObject({ isBreaking: true, reason: 'Known', to: 2 });
  });

  it('is protected and free again', async () => {
    const { run } = await givenPrompts('a');
    expect(await run(['label', 'protect', 'a', 'production'])).toMatchObject({ code: 0 });
    expect((await run(['label', 'list', 'a'])).stdout).toContain('protected');
    expect(await run(['label', 'unprotect', 'a', 'production'])).toMatchObject({ code: 0 });
    expect((await run(['label', 'list', 'a'])).stdout).not.toContain('protected');
  });
});

describe('release', () => {
  it('moves all or none, is listed and undone', async () => {
    const { run, version } = await givenPrompts('a', 'b');
    const refused = await run(['release', 'make', 'production', 'a#2', 'b#3']);
    expect(refused).toMatchObject({ code: 5, stderr: expect.stringContaining('/whom') });
    expect(await run(['release', 'make', 'production', 'a#3', 'nothing@latest'])).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('nothing@latest'),
    });
    expect([await version('a'), await version('b')]).toEqual([1, 1]);
    const made = await run(['release', 'make', 'production', 'a', 'b', '--from', 'latest', '--reason', 'Please']);
    expect(made).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Release [\w-]{36}\na +moved +#1 → #3\nb +moved +#1 → #3\n$/),
    });
    const [, id = ''] = /Release (\S+)/.exec(made.stdout) ?? [];
    expect((await run(['release', 'list'])).stdout).toMatch(new RegExp(`^${id} .* production +2 prompts .*Please`));
    expect((await run(['release', 'list', '--prompt', 'a', '--json'])).json()).toMatchObject({ items: [{ id }] });
    expect(await run(['release', 'undo', id])).toMatchObject({ code: 0 });
    expect([await version('a'), await version('b')]).toEqual([1, 1]);
    expect((await run(['release', 'undo', id])).code).toBe(5);
    expect(await run(['release', 'make', 'production', 'a#1'])).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^Every label points there already/),
    });
  });
});
