import { describe, expect, it } from 'vitest';
import { exportAs, importAs } from '../../../test/harness/transfers.ts';
import { codeOf, givenApi, givenPerson, givenPrompt } from '../../../test/index.ts';

const { db, services, cast, as } = await givenApi();
const { alice } = cast;

const bad = { type: 'object', properties: { name: { typ: 'string' } } };
const good = { type: 'object', properties: { name: { type: 'string' } } };

const errorsOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'ok',
    (error) => error.cause.errors,
  );

describe('a schema that is none', () => {
  it.each(['inputSchema', 'outputSchema'])('is refused with its place: %s', async (field) => {
    const refusal = [
      {
        path: field,
        code: 'invalid_schema',
        params: { at: '/properties/name/typ' },
        message: expect.stringMatching(/^Is refused as a JSON Schema: \/properties\/name\/typ /),
      },
    ];
    const made = await as(alice).prompts.create({ title: 'Typed', content: 'x', [field]: good });
    expect(await errorsOf(as(alice).prompts.create({ title: 'Bad', content: 'x', [field]: bad }))).toEqual(refusal);
    expect(await errorsOf(as(alice).prompts.update({ id: made.id, [field]: bad }))).toEqual(refusal);
    const created = await as(alice).prompts.createMany({
      prompts: [
        { title: 'Bad', content: 'x', [field]: bad },
        { title: 'Good', content: 'x', [field]: good },
      ],
    });
    expect(created.results).toMatchObject([{ outcome: 'refused', error: { errors: refusal } }, { outcome: 'created' }]);
    const updated = await as(alice).prompts.updateMany({ prompts: [{ id: made.id, [field]: bad }] });
    expect(updated.results).toMatchObject([{ outcome: 'refused', error: { errors: refusal } }]);
    expect(await as(alice).prompts.get({ id: made.id })).toMatchObject({ version: 1, [field]: good });
  });

  it('says every fault of both, also those that a worker finds', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`name_${index}`, { typ: 'string' }]));
    const errors = await errorsOf(
      as(alice).prompts.create({
        ...{ title: 'Bad', content: 'x' },
        ...{ inputSchema: { type: 'text', required: 'all' }, outputSchema: { properties: many, pattern: '(' } },
      }),
    );
    const of = (field: string) => (errors as { path: string }[]).filter(({ path }) => path === field).length;
    expect([of('inputSchema'), of('outputSchema')]).toEqual([2, 50]);
  });

  it('stays where it is there already, and may be sent again, copied and restored', async () => {
    const { id } = await givenPrompt(services, alice, 'Before', { inputSchema: bad, outputSchema: bad });
    const kept = { inputSchema: bad, outputSchema: bad };
    expect(await as(alice).prompts.update({ id, content: 'more', ...kept })).toMatchObject({ version: 2, ...kept });
    expect(await as(alice).prompts.duplicate({ id })).toMatchObject(kept);
    await as(alice).prompts.update({ id, inputSchema: null });
    expect(await as(alice).versions.restore({ id, version: 2 })).toMatchObject({ version: 4, ...kept });
    const other = { ...bad, title: 'Another' };
    expect(await codeOf(as(alice).prompts.update({ id, inputSchema: other }))).toBe('request.invalid');
  });

  it('fails its row of an import, and changes nothing of a prompt that has it', async () => {
    const person = await givenPerson(services);
    await givenPrompt(services, person, 'Before', { inputSchema: bad });
    const lines = (await exportAs(services, person)).map((prompt) => `${JSON.stringify(prompt)}\n`).join('');
    const again = await importAs(services, person, lines, { type: 'application/x-ndjson' });
    expect(again.events.at(0)).toMatchObject({ outcome: 'unchanged' });
    const stranger = await givenPerson(services);
    const rows = `${lines}${JSON.stringify({ title: 'Good', content: 'x', outputSchema: good })}\n`;
    const elsewhere = await importAs(services, stranger, rows, { type: 'application/x-ndjson' });
    expect(elsewhere.events.slice(0, 2)).toMatchObject([
      { outcome: 'failed', reason: expect.stringMatching(/^inputSchema: .*\/properties\/name\/typ/) },
      { outcome: 'created' },
    ]);
  });
});

describe('the schema of an output', () => {
  it('is part of a version: compared by path, restored, copied, exported and imported', async () => {
    const person = await givenPerson(services);
    const { id } = await as(person).prompts.create({ title: 'Typed', content: 'x', outputSchema: good });
    const wider = { type: 'object' };
    await as(person).prompts.update({ id, outputSchema: wider });
    expect(await as(person).prompts.update({ id, outputSchema: wider })).toMatchObject({ version: 2 });
    expect((await as(person).versions.diff({ id, from: 1, to: 2 })).outputSchema.changes).toEqual([
      { path: '/properties', type: 'removed', from: good.properties },
    ]);
    expect(await as(person).versions.restore({ id, version: 1 })).toMatchObject({ version: 3, outputSchema: good });
    expect(await as(person).prompts.duplicate({ id, version: 2 })).toMatchObject({ outputSchema: wider });
    for (const type of ['text/csv', 'application/x-ndjson'] as const) {
      const other = await givenPerson(services);
      const [exported] = await exportAs(services, person);
      const row = type === 'text/csv' ? csvOf(exported ?? {}) : JSON.stringify(exported);
      await importAs(services, other, row, { type });
      expect(await exportAs(services, other)).toEqual([exported]);
    }
  });

  it('is none of a version that a server wrote which knows none', async () => {
    const { id } = await as(alice).prompts.create({ title: 'Typed', content: 'x', outputSchema: good });
    await db.updateTable('prompts').set({ content: 'y', version: 2, sent_version: 2 }).where('id', '=', id).execute();
    expect(await as(alice).prompts.get({ id })).toMatchObject({ version: 2, outputSchema: null });
    expect(await as(alice).prompts.update({ id, content: 'z' })).toMatchObject({ version: 3, outputSchema: null });
  });
});

function csvOf(prompt: object): string {
  const cells = Object.values(prompt).map((value) => {
    const text = typeof value === 'string' ? value : value === null ? '' : JSON.stringify(value);
    return `"${text.replaceAll('"', '""')}"`;
  });
  return `${Object.keys(prompt).join()}\n${cells.join()}\n`;
}
