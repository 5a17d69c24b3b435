// The procedures of many prompts at once: prompts.list, prompts.get, prompts.update, prompts.delete, prompts.restore,
// favorites.add, favorites.remove, groups.addPrompt, groups.removePrompt.
import { isPromptoryError, type ListedPrompt } from '@promptory/client';
import { countedPrompts, promptsAre } from '../../data/counted.ts';
import { promptory, queryClient, trpc } from '../../data/promptory.ts';
import { wordsOf } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';
import { listsChanged } from '../calls.ts';
import { type LibrarySearch, listInput } from '../library-search.ts';

/** Calls at once, which travel as one request. */
const AT_ONCE = 10;

/** Prompts that are found by a search, from the first on. */
export async function allFound(search: LibrarySearch, most: number): Promise<readonly ListedPrompt[]> {
  const found: ListedPrompt[] = [];
  for await (const prompt of promptory.$items(promptory.prompts.list, listInput(search))) {
    found.push(prompt);
    if (found.length === most) break;
  }
  return found;
}

interface Done<Item> {
  readonly done: readonly Item[];
  /** What the first of the others failed by. */
  readonly failure: unknown;
}

/** Does the same with each, some at once; what fails holds up none of the others. */
async function onEach<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
  tell: (count: number) => void = () => undefined,
): Promise<Done<Item>> {
  const done: Item[] = [];
  let failure: unknown;
  for (let at = 0; at < items.length; at += AT_ONCE) {
    const some = items.slice(at, at + AT_ONCE);
    for (const [index, result] of (await Promise.allSettled(some.map(act))).entries()) {
      const item = some[index] as Item;
      if (result.status === 'fulfilled') done.push(item);
      else failure ??= result.reason;
    }
    tell(Math.min(items.length, at + AT_ONCE));
  }
  return { done, failure };
}

/** What is done with many, and how that is taken back. */
export interface Deed {
  /** Follows how many: `are in the trash`. */
  said(count: number): string;
  readonly undone: string;
  act(prompt: ListedPrompt): Promise<unknown>;
  undo(prompt: ListedPrompt): Promise<unknown>;
}

/** Also where one of them is open. */
const changed = () => Promise.all([listsChanged(), queryClient.invalidateQueries(trpc.prompts.get.pathFilter())]);

/** Does it with each, says with how many, offers to take it back, and says what stands in the way of the others. */
export async function doWith(
  prompts: readonly ListedPrompt[],
  deed: Deed,
  tell: (count: number) => void,
): Promise<readonly ListedPrompt[]> {
  const { done, failure } = await onEach(prompts, deed.act, tell);
  sayFailed(prompts.length - done.length, failure);
  if (done.length > 0) {
    const undo = async () => {
      const back = await onEach(done, deed.undo);
      sayFailed(done.length - back.done.length, back.failure);
      if (back.done.length > 0) toasts.show({ text: `${deed.undone}: ${countedPrompts(back.done.length)}` });
      await changed();
    };
    toasts.show({ text: deed.said(done.length), act: { name: 'Undo', run: () => void undo() } });
  }
  await changed();
  return done;
}

function sayFailed(count: number, failure: unknown): void {
  if (count > 0) toasts.show({ text: `Not with ${countedPrompts(count)}: ${wordsOf(failure)}`, isBad: true });
}

export const toTrash: Deed = {
  said: (count) => promptsAre(count, 'in the trash'),
  undone: 'Out of the trash again',
  act: ({ id }) => promptory.prompts.delete.mutate({ id }),
  undo: ({ id }) => promptory.prompts.restore.mutate({ id }),
};

export const toFavourites: Deed = {
  said: (count) => promptsAre(count, 'among your favourites'),
  undone: 'No favourites any more',
  act: ({ id }) => promptory.favorites.add.mutate({ promptId: id }),
  undo: ({ id }) => promptory.favorites.remove.mutate({ promptId: id }),
};

export const toGroup = (id: string, name: string): Deed => ({
  said: (count) => promptsAre(count, `in “${name}”`),
  undone: `Out of “${name}” again`,
  act: (prompt) => promptory.groups.addPrompt.mutate({ id, promptId: prompt.id }),
  undo: (prompt) => promptory.groups.removePrompt.mutate({ id, promptId: prompt.id }),
});

/** Those that have the tag already are left out before: taking it back would take theirs. */
export const toTag = (tag: string): Deed => ({
  said: (count) => promptsAre(count, `tagged ${tag}`),
  undone: `Without ${tag} again`,
  act: ({ id }) => retag(id, (tags) => (tags.includes(tag) ? tags : [...tags, tag])),
  undo: ({ id }) => retag(id, (tags) => tags.filter((one) => one !== tag)),
});

/** Times that it is tried where somebody else changes the prompt at the same moment. */
const TRIES = 3;

/** On top of what the tags are now, so that nobody's change is lost. */
async function retag(id: string, change: (tags: readonly string[]) => readonly string[]): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const { tags, revision } = await promptory.prompts.get.query({ id });
    try {
      await promptory.prompts.update.mutate({ id, revision, tags: [...change(tags)] });
      return;
    } catch (error) {
      if (attempt === TRIES || !isPromptoryError(error, 'request.precondition_failed')) throw error;
    }
  }
}
