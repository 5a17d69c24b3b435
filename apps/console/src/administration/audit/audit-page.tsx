import { useInfiniteQuery } from '@tanstack/react-query';
import { addresses } from '../../addresses.ts';
import { itemsOf } from '../../data/pages.ts';
import { useSettled } from '../../data/settled.ts';
import { Field } from '../../ui/field.tsx';
import { AdministrationPage } from '../administration-page.tsx';
import { audit } from '../calls.ts';
import { idOf, useFilters } from '../filters.ts';
import { OnlyOf } from '../only-of.tsx';
import { PagedList } from '../paged-list.tsx';
import { AuditRow } from './audit-row.tsx';

/** Who did what, the newest first. */
export const AuditPage = () => (
  <AdministrationPage>
    <Audit />
  </AdministrationPage>
);

function Audit() {
  const { filters, filter } = useFilters(['action', 'actor', 'target']);
  const [actorId, targetId] = [idOf(filters.actor), idOf(filters.target)];
  const action = useSettled(filters.action?.trim().slice(0, 100) ?? '');
  const list = useInfiniteQuery(
    audit({ ...(action !== '' && { action }), ...(actorId && { actorId }), ...(targetId && { targetId }) }),
  );
  return (
    <>
      <div className="grid items-end gap-3 sm:grid-cols-[minmax(0,20rem)_1fr]">
        <Field
          label="Action"
          type="search"
          placeholder="prompt.deleted"
          aria-keyshortcuts="/"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={100}
          value={filters.action ?? ''}
          onChange={({ target }) => filter({ action: target.value })}
        />
        <div className="flex flex-wrap gap-2 empty:hidden">
          {actorId !== undefined && <OnlyOf what="by" id={actorId} drop={() => filter({ actor: '' })} />}
          {targetId !== undefined && <OnlyOf what="to" id={targetId} drop={() => filter({ target: '' })} />}
        </div>
      </div>
      <PagedList
        of={list}
        label="Audit log"
        items={itemsOf(list.data)}
        waits="Reading the log"
        none={{
          title: 'Nothing is found',
          text: 'The log has nothing of that. An action is named in full: prompt.deleted.',
        }}
        more="Earlier entries"
      >
        {(entry) => <AuditRow entry={entry} address={addresses.audit} />}
      </PagedList>
    </>
  );
}
