import { seededRandom } from '@promptory/db/testing';
import type { ErrorCode } from '@promptory/schemas';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { type AppError, toAppError } from '../src/errors.ts';
import { givenGroup } from './fixtures/groups.ts';
import { givenApi } from './harness/api.ts';
import { importAs } from './harness/transfers.ts';

// Random steps by an owner and an editor, each against a model in memory: what it answers, where every label points then, and
// what its history says. Ten thousand steps by `pnpm test:labels`.

const STEPS = Number(process.env.LABEL_STEPS ?? 250);
const SEED = Number(process.env.PROPERTY_SEED ?? 20261129);
const PROMPTS = 3;
const LABELS = ['production', 'staging', 'eu-1'] as const;
const MAX_VERSIONS = 60;

const { db, services, cast, as } = await givenApi({ max: 4 });

interface Move {
  readonly id: string;
  readonly prompt: number;
  readonly label: string;
  readonly from: number | null;
  readonly to: number | null;
  readonly releaseId: string | null;
  readonly undoes: string | null;
}
interface Model {
  readonly ids: string[];
  /** Of each prompt, which inputs its versions read. */
  readonly inputs: string[][];
  readonly points: Map<string, number>;
  readonly isProtected: Set<string>;
  readonly moves: Move[];
  readonly releases: string[];
}

type Outcome = ErrorCode | 'ok';

const random = seededRandom(SEED);
const upTo = (count: number): number => Math.floor(random() * count);
const pick = <T>(list: readonly T[]): T => {
  const found = list[upTo(list.length)];
  if (found === undefined) throw new Error('Nothing to pick from.');
  return found;
};
const chance = (share: number): boolean => random() < share;

const keyOf = (prompt: number, label: string): string => `${prompt} ${label}`;
const lastOf = ({ moves }: Model, prompt: number, label: string): Move | undefined =>
  moves.findLast((move) => move.prompt === prompt && move.label === label);

/** Inputs that differ break callers: one that is new has to be given, and one that is gone is refused. */
const breaks = ({ inputs }: Model, prompt: number, from: number | null, to: number | null): boolean =>
  from !== null && to !== null && inputs[prompt]?.[from - 1] !== inputs[prompt]?.[to - 1];

/** Whose callers a label has: where it points or, where that is nowhere, pointed last. */
const servedBy = (model: Model, prompt: number, label: string): number | null =>
  model.points.get(keyOf(prompt, label)) ?? lastOf(model, prompt, label)?.from ?? null;

const contentOf = (inputs: string, mark: number): string =>
  `Version ${mark}${[...inputs].map((name) => ` {{ ${name} }}`).join('')}`;

const nameOf = (prompt: number): string => `model-${prompt}`;

async function givenModel(): Promise<Model> {
  const ids: string[] = [];
  for (let at = 0; at < PROMPTS; at += 1) {
    // As an import calls a prompt of that name.
    const prompt = { title: nameOf(at), slug: nameOf(at), content: contentOf('', 0) };
    const { id } = await as(cast.alice).prompts.create(prompt);
    ids.push(id);
  }
  await givenGroup(services, { owner: cast.alice, editors: [cast.bob], promptIds: ids });
  const inputs = ids.map(() => ['']);
  return { ids, inputs, points: new Map(), isProtected: new Set(), moves: [], releases: [] };
}

interface Actor {
  readonly isOwner: boolean;
  readonly call: ReturnType<typeof as>;
}

interface Asked {
  readonly prompt: number;
  readonly label: string;
  readonly to: number | null;
  readonly expectedVersion?: number | null;
  readonly undoes?: Move;
  readonly acceptBreaking?: boolean;
}

/** What the rules say of one move. */
function verdictOn(model: Model, { isOwner }: Actor, asked: Asked): Outcome | 'unchanged' {
  const { prompt, label, to, expectedVersion, undoes, acceptBreaking } = asked;
  const from = model.points.get(keyOf(prompt, label)) ?? null;
  if (to !== null && to > (model.inputs[prompt]?.length ?? 0)) return 'prompt.version_not_found';
  if (model.isProtected.has(keyOf(prompt, label)) && !isOwner) return 'label.protected';
  if (undoes !== undefined && undoes.id !== lastOf(model, prompt, label)?.id) return 'label.moved_since';
  if (expectedVersion !== undefined && expectedVersion !== from) return 'label.moved_since';
  if (to === from) return 'unchanged';
  const isBack = undoes !== undefined && undoes.undoes === null;
  if (breaks(model, prompt, servedBy(model, prompt, label), to) && acceptBreaking !== true && !isBack)
    return 'prompt.breaking_change';
  return 'ok';
}

/** Writes into the model what the history says was done last; the comparison with the rules comes after. */
async function follow(model: Model, prompt: number, label: string, to: number | null): Promise<void> {
  const { items } = await as(cast.alice).labels.history({ id: model.ids[prompt] ?? '', label, limit: 1 });
  const [move] = items;
  if (move === undefined) throw new Error('A move left no row.');
  const isBreaking = breaks(model, prompt, servedBy(model, prompt, label), to);
  expect(move).toMatchObject({ from: model.points.get(keyOf(prompt, label)) ?? null, to, isBreaking });
  model.moves.push({ ...move, prompt });
  if (to === null) model.points.delete(keyOf(prompt, label));
  else model.points.set(keyOf(prompt, label), to);
}

async function outcomeOf<T>(call: Promise<T>): Promise<{ outcome: Outcome; value?: T; error?: AppError }> {
  try {
    return { outcome: 'ok', value: await call };
  } catch (error) {
    const known = toAppError(error);
    return { outcome: known.code, error: known };
  }
}

type Step = (model: Model, actor: Actor) => Promise<void>;

const newVersion: Step = async (model, { call }) => {
  const prompt = upTo(PROMPTS);
  const versions = model.inputs[prompt] ?? [];
  if (versions.length >= MAX_VERSIONS) return;
  const inputs = chance(0.6) ? (versions.at(-1) ?? '') : pick(['', 'a', 'b', 'ab']);
  const { version } = await call.prompts.update({
    id: model.ids[prompt] ?? '',
    content: contentOf(inputs, versions.length),
  });
  versions.push(inputs);
  expect(version).toBe(versions.length);
};

const move: Step = async (model, actor) => {
  const [prompt, label] = [upTo(PROMPTS), pick(LABELS)];
  const to = 1 + upTo((model.inputs[prompt]?.length ?? 0) + 1);
  const expected = chance(0.2) ? { expectedVersion: chance(0.5) ? null : 1 + upTo(3) } : {};
  const accepted = chance(0.3) ? { acceptBreaking: true, reason: 'Announced' } : {};
  const verdict = verdictOn(model, actor, { prompt, label, to, ...expected, ...accepted });
  const input = { id: model.ids[prompt] ?? '', label, version: to, ...expected, ...accepted };
  const { outcome, value } = await outcomeOf(actor.call.labels.move(input));
  expect(outcome).toBe(verdict === 'unchanged' ? 'ok' : verdict);
  if (verdict !== 'ok') return;
  expect(value).toMatchObject({ version: to });
  await follow(model, prompt, label, to);
};

const remove: Step = async (model, actor) => {
  const [prompt, label] = [upTo(PROMPTS), pick(LABELS)];
  const verdict = verdictOn(model, actor, { prompt, label, to: null });
  const { outcome } = await outcomeOf(actor.call.labels.remove({ id: model.ids[prompt] ?? '', label }));
  expect(outcome).toBe(verdict === 'unchanged' ? 'label.not_found' : verdict);
  if (verdict === 'ok') await follow(model, prompt, label, null);
};

const undo: Step = async (model, actor) => {
  if (model.moves.length === 0) return;
  const undoes = chance(0.5) ? pick(model.moves.slice(-3)) : pick(model.moves);
  const { prompt, label, from: to } = undoes;
  const verdict = verdictOn(model, actor, { prompt, label, to, undoes });
  const input = { id: model.ids[prompt] ?? '', label, moveId: undoes.id };
  const { outcome } = await outcomeOf(actor.call.labels.undo(input));
  expect(outcome).toBe(verdict);
  if (verdict === 'ok') await follow(model, prompt, label, to);
};

const release: Step = async (model, actor) => {
  const label = pick(LABELS);
  const prompts = model.ids.map((_, at) => at).filter(() => chance(0.7));
  if (prompts.length === 0) return;
  const accepted = chance(0.5) ? { acceptBreaking: true, reason: 'Announced' } : {};
  const asked = prompts.map((prompt): Asked => {
    const count = model.inputs[prompt]?.length ?? 0;
    return { prompt, label, to: chance(0.05) ? count + 1 : 1 + upTo(count), ...accepted };
  });
  const input = {
    label,
    ...accepted,
    prompts: asked.map(({ prompt, to }) => ({ promptId: model.ids[prompt] ?? '', version: to ?? 0 })),
  };
  const { outcome, value, error } = await outcomeOf(actor.call.releases.create(input));
  await followRelease(model, actor, asked, { outcome, id: value?.id ?? null, error });
};

const undoRelease: Step = async (model, actor) => {
  if (model.releases.length === 0) return;
  const id = pick(model.releases.slice(-4));
  const undone = model.moves.filter(({ releaseId }) => releaseId === id);
  const asked = undone.map((one): Asked => ({ prompt: one.prompt, label: one.label, to: one.from, undoes: one }));
  const { outcome, value, error } = await outcomeOf(actor.call.releases.undo({ id }));
  await followRelease(model, actor, asked, { outcome, id: value?.id ?? null, error });
};

/** A file of Langfuse that has one version, which may be there already, with one label. */
const importFile: Step = async (model, actor) => {
  // An import is of one's own prompts.
  if (!actor.isOwner) return;
  const [prompt, label] = [upTo(PROMPTS), pick(LABELS)];
  const versions = model.inputs[prompt] ?? [];
  const isNew = chance(0.4) && versions.length < MAX_VERSIONS;
  const to = isNew ? versions.length + 1 : 1 + upTo(versions.length);
  const inputs = isNew ? pick(['', 'a', versions.at(-1) ?? '']) : (versions[to - 1] ?? '');
  if (isNew) versions.push(inputs);
  const accepted = chance(0.4) ? { acceptBreaking: true, reason: 'Announced' } : {};
  const verdict = verdictOn(model, actor, { prompt, label, to, ...accepted });
  const item = { name: nameOf(prompt), version: 1, prompt: contentOf(inputs, to - 1), labels: [label] };
  const { events } = await importAs(services, cast.alice, JSON.stringify([item]), { type: 'text/plain', ...accepted });
  const isRefused = verdict !== 'ok' && verdict !== 'unchanged';
  // What is refused leaves no version either.
  if (isNew && isRefused) versions.pop();
  expect(events[0]).toMatchObject(
    isRefused
      ? { outcome: 'failed', code: verdict }
      : { outcome: verdict === 'ok' || isNew ? 'updated' : 'unchanged', code: null },
  );
  if (verdict === 'ok') await follow(model, prompt, label, to);
  if (isNew)
    expect(await as(cast.alice).prompts.get({ id: model.ids[prompt] ?? '' })).toMatchObject({
      version: versions.length,
    });
};

/** All of it was done, or none; and if none, of each that stands in the way it is said why. */
async function followRelease(
  model: Model,
  actor: Actor,
  asked: readonly Asked[],
  done: { outcome: Outcome; id: string | null; error: AppError | undefined },
): Promise<void> {
  const verdicts = asked.map((one) => ({ ...one, verdict: verdictOn(model, actor, one) }));
  const refusals = verdicts.filter(({ verdict }) => verdict !== 'ok' && verdict !== 'unchanged');
  expect(done.outcome).toBe(refusals.length > 0 ? 'release.refused' : 'ok');
  if (refusals.length > 0) {
    const said = done.error?.extra as { refusals: { promptId: string; code: string }[] };
    const expected = refusals.map(({ prompt, verdict }) => `${model.ids[prompt]} ${verdict}`);
    expect(said.refusals.map(({ promptId, code }) => `${promptId} ${code}`).sort()).toEqual(expected.sort());
    return;
  }
  const moved = verdicts.filter(({ verdict }) => verdict === 'ok');
  expect(done.id === null).toBe(moved.length === 0);
  for (const { prompt, label, to } of moved) await follow(model, prompt, label, to);
  if (done.id !== null) model.releases.push(done.id);
}

const protect: Step = async (model, { isOwner, call }) => {
  const [prompt, label, isOn] = [upTo(PROMPTS), pick(LABELS), chance(0.4)];
  const input = { id: model.ids[prompt] ?? '', label };
  const { outcome } = await outcomeOf(isOn ? call.labels.protect(input) : call.labels.unprotect(input));
  expect(outcome).toBe(isOwner ? 'ok' : 'prompt.forbidden');
  if (!isOwner) return;
  if (isOn) model.isProtected.add(keyOf(prompt, label));
  else model.isProtected.delete(keyOf(prompt, label));
};

const steps: readonly (readonly [weight: number, step: Step])[] = [
  [3, newVersion],
  [6, move],
  [2, remove],
  [3, undo],
  [3, release],
  [2, undoRelease],
  [2, protect],
  [2, importFile],
];
const weighted = steps.flatMap(([weight, step]) => Array.from({ length: weight }, () => step));

/** Ends what hangs; a step takes some hundredths of a second, and more on a machine that is busy. */
const timeout = 240_000 + STEPS * 300;

async function compareLabels(model: Model): Promise<void> {
  for (const [prompt, id] of model.ids.entries()) {
    const { items } = await as(cast.alice).labels.list({ id, limit: 100 });
    const expected = LABELS.flatMap((label) => {
      const version = model.points.get(keyOf(prompt, label)) ?? null;
      const isProtected = model.isProtected.has(keyOf(prompt, label));
      const lastMove = lastOf(model, prompt, label)?.id ?? null;
      return version === null && !isProtected ? [] : [{ label, version, isProtected, lastMove }];
    });
    const shown = items.map(({ lastMove, ...rest }) => ({ ...rest, lastMove: lastMove?.id ?? null }));
    expect(shown).toEqual(expected.sort((one, other) => (one.label < other.label ? -1 : 1)));
  }
}

async function compareHistories(model: Model): Promise<void> {
  for (const [prompt, id] of model.ids.entries()) {
    for (const label of LABELS) {
      const { items } = await as(cast.alice).labels.history({ id, label, limit: 100 });
      const expected = model.moves.filter((one) => one.prompt === prompt && one.label === label).slice(-100);
      expect(items.map(({ id: moveId, from, to }) => [moveId, from, to])).toEqual(
        expected.reverse().map(({ id: moveId, from, to }) => [moveId, from, to]),
      );
    }
  }
}

it(`keeps every label where the rules let it be, in ${STEPS} random steps of seed ${SEED}`, { timeout }, async () => {
  const model = await givenModel();
  const actors = [cast.alice, cast.bob].map((person, at) => ({ isOwner: at === 0, call: as(person) }));
  for (let step = 0; step < STEPS; step += 1) {
    // As autovacuum does elsewhere: the history is not small any more.
    if (step % 250 === 249) await sql`ANALYZE`.execute(db);
    await pick(weighted)(model, pick(actors));
    await compareLabels(model);
  }
  await compareHistories(model);
  expect(model.moves.length).toBeGreaterThan(STEPS / 10);
});
