import type { ListedPrompt } from '@promptory/client';
import { useState } from 'react';
import { countedPrompts } from '../../data/counted.ts';
import { Button } from '../../ui/button.tsx';
import { Confirm } from '../../ui/confirm.tsx';
import { wordsOf } from '../../ui/failure.tsx';
import { toasts } from '../../ui/toasts.ts';
import type { LibrarySearch } from '../library-search.ts';
import { allFound, type Deed, doWith, toFavourites, toGroup, toTag, toTrash } from './bulk.ts';
import { type Chosen, MOST_CHOSEN, withMore } from './chosen.ts';
import { GroupDialog, TagDialog } from './deed-dialogs.tsx';

interface BarProps {
  readonly chosen: Chosen;
  /** Those that are listed, as they are now. */
  readonly items: readonly ListedPrompt[];
  readonly search: LibrarySearch;
  choose(chosen: Chosen): void;
}

type Asked = 'tag' | 'group' | 'trash' | null;

/** What can be done with all that is chosen at once, and taken back. */
export default function ChooseBar({ chosen, items, search, choose }: BarProps) {
  const [asked, setAsked] = useState<Asked>(null);
  const [doing, setDoing] = useState<string | null>(null);
  const prompts = [
    ...withMore(
      chosen,
      items.filter(({ id }) => chosen.has(id)),
    ).values(),
  ];
  const close = () => setAsked(null);
  const withAll = async (deed: Deed, of = prompts) => {
    close();
    if (of.length === 0) {
      toasts.show({ text: 'All of them are that already' });
      return [];
    }
    setDoing(`0 of ${of.length}`);
    const done = await doWith(of, deed, (count) => setDoing(`${count} of ${of.length}`));
    setDoing(null);
    return done;
  };
  const trash = async () => {
    const gone = new Set((await withAll(toTrash)).map(({ id }) => id));
    choose(new Map([...chosen].filter(([id]) => !gone.has(id))));
  };
  const all = async () => {
    setDoing('Looking');
    try {
      choose(withMore(chosen, await allFound(search, MOST_CHOSEN)));
    } catch (error) {
      toasts.show({ text: wordsOf(error), isBad: true });
    }
    setDoing(null);
  };
  const isMost = chosen.size === MOST_CHOSEN;
  return (
    <section
      aria-label="What is chosen"
      data-bar
      className="sticky bottom-0 z-20 -mx-1 mt-3 flex flex-wrap items-center gap-2 rounded-xl border border-line bg-card p-2 shadow-lg"
    >
      <p role="status" className="me-auto px-2 text-sm font-semibold">
        {doing ?? `${chosen.size} chosen${isMost ? ': no more at once' : ''}`}
      </p>
      <Button disabled={doing !== null || isMost} onClick={() => void all()}>
        All that match
      </Button>
      <Button disabled={doing !== null} onClick={() => setAsked('tag')}>
        Tag …
      </Button>
      <Button disabled={doing !== null} onClick={() => setAsked('group')}>
        Group …
      </Button>
      <Button
        disabled={doing !== null}
        onClick={() =>
          void withAll(
            toFavourites,
            prompts.filter(({ isFavorite }) => !isFavorite),
          )
        }
      >
        Favourite
      </Button>
      <Button look="danger" disabled={doing !== null} onClick={() => setAsked('trash')}>
        Delete …
      </Button>
      <Button look="bare" disabled={doing !== null} onClick={() => choose(new Map())}>
        Let go
      </Button>
      {asked === 'trash' && (
        <Confirm title="Delete" does="Put into the trash" confirm={() => void trash()} close={close}>
          <p>
            Into the trash goes {countedPrompts(chosen.size)}. Programs that fetch one are refused from then on. All of
            it can be restored, labels and groups and all, for 30 days.
          </p>
        </Confirm>
      )}
      {asked === 'tag' && (
        <TagDialog
          count={chosen.size}
          tag={(tag) =>
            void withAll(
              toTag(tag),
              prompts.filter(({ tags }) => !tags.includes(tag)),
            )
          }
          close={close}
        />
      )}
      {asked === 'group' && (
        <GroupDialog count={chosen.size} add={(id, name) => void withAll(toGroup(id, name))} close={close} />
      )}
    </section>
  );
}
