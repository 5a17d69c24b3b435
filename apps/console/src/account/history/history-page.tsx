import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { addresses, promptAt } from '../../addresses.ts';
import { itemsOf } from '../../data/pages.ts';
import { buttonLook } from '../../ui/button.tsx';
import { Empty, Typed } from '../../ui/page.tsx';
import { Paged } from '../../ui/paged.tsx';
import { Time } from '../../ui/time.tsx';
import { AccountPage } from '../account-page.tsx';
import { type HistoryItem, uses } from './calls.ts';

const kinds: Readonly<Record<HistoryItem['kind'], string>> = {
  read: 'read',
  copy: 'copied',
  render: 'rendered',
  resolve: 'fetched',
};

/** What somebody and their programs have used, the newest first. */
export function HistoryPage() {
  const list = useInfiniteQuery(uses());
  const items = itemsOf(list.data);
  return (
    <AccountPage>
      <section aria-label="History">
        <p className="mb-3 text-sm text-quiet">What you and your programs have used. Only you see it.</p>
        <Paged
          of={list}
          waits="Looking for your uses"
          isEmpty={items.length === 0}
          none={
            <Empty title="There are no uses yet">
              <p>A prompt that you open, or that a program fetches with a key of yours, appears here.</p>
              <Link href={addresses.library} className={`${buttonLook('quiet')} mt-4`}>
                To the library
              </Link>
            </Empty>
          }
          more="Earlier uses"
        >
          <ol aria-label="Uses" className="divide-y divide-edge rounded-xl border border-edge bg-card">
            {items.map((item) => (
              <Use key={item.id} item={item} />
            ))}
          </ol>
        </Paged>
      </section>
    </AccountPage>
  );
}

function Use({ item: { kind, version, consumer, occurredAt, prompt } }: { item: HistoryItem }) {
  return (
    <li className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 text-sm">
      <div className="min-w-48 flex-1">
        {prompt === null ? (
          <span className="text-quiet">A prompt that you may not read any more</span>
        ) : (
          <Link
            href={promptAt(prompt.id, version)}
            className="line-clamp-2 font-semibold underline-offset-2 hover:underline"
          >
            <Typed>{prompt.title}</Typed>
          </Link>
        )}
        <p className="text-xs text-quiet">
          version {version} {kinds[kind]} by <Typed>{consumer}</Typed>
        </p>
      </div>
      <span className="text-xs text-quiet">
        <Time at={occurredAt} />
      </span>
    </li>
  );
}
