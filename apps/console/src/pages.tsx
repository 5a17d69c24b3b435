import { type ComponentType, lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { addresses } from './addresses.ts';
import { LibraryPage } from './library/library-page.tsx';
import { Nowhere } from './shell/nowhere.tsx';
import { Loading } from './ui/page.tsx';

/** Loaded once somebody goes there. */
const later = <Name extends string>(load: () => Promise<Readonly<Record<Name, ComponentType>>>, name: Name) =>
  lazy(async () => ({ default: (await load())[name] }));

const pages: readonly (readonly [path: string, page: ComponentType])[] = [
  [addresses.library, LibraryPage],
  [addresses.create, later(() => import('./prompt/edit/create-page.tsx'), 'CreatePage')],
  [addresses.prompt, later(() => import('./prompt/read/prompt-page.tsx'), 'PromptPage')],
  [addresses.edit, later(() => import('./prompt/edit/edit-page.tsx'), 'EditPage')],
  [addresses.versions, later(() => import('./prompt/versions/versions-page.tsx'), 'VersionsPage')],
  [addresses.compare, later(() => import('./prompt/compare/compare-page.tsx'), 'ComparePage')],
  [addresses.usage, later(() => import('./prompt/usage/usage-page.tsx'), 'UsagePage')],
  [addresses.releases, later(() => import('./releases/releases-page.tsx'), 'ReleasesPage')],
  [addresses.trash, later(() => import('./library/trash/trash-page.tsx'), 'TrashPage')],
  [addresses.import, later(() => import('./transfer/import/import-page.tsx'), 'ImportPage')],
  [addresses.export, later(() => import('./transfer/export/export-page.tsx'), 'ExportPage')],
  [addresses.groups, later(() => import('./groups/groups-page.tsx'), 'GroupsPage')],
  [addresses.group, later(() => import('./groups/group-page.tsx'), 'GroupPage')],
  [addresses.people, later(() => import('./groups/people/people-page.tsx'), 'PeoplePage')],
  [addresses.account, later(() => import('./account/profile-page.tsx'), 'ProfilePage')],
  [addresses.preferences, later(() => import('./account/preferences-page.tsx'), 'PreferencesPage')],
  [addresses.sessions, later(() => import('./account/sessions-page.tsx'), 'SessionsPage')],
  [addresses.keys, later(() => import('./account/keys/keys-page.tsx'), 'KeysPage')],
  [addresses.history, later(() => import('./account/history/history-page.tsx'), 'HistoryPage')],
  [addresses.data, later(() => import('./account/data/data-page.tsx'), 'DataPage')],
  [addresses.users, later(() => import('./administration/users/users-page.tsx'), 'UsersPage')],
  [addresses.audit, later(() => import('./administration/audit/audit-page.tsx'), 'AuditPage')],
  [addresses.attempts, later(() => import('./administration/attempts-page.tsx'), 'AttemptsPage')],
  [addresses.jobs, later(() => import('./administration/jobs-page.tsx'), 'JobsPage')],
  [addresses.statistics, later(() => import('./administration/statistics-page.tsx'), 'StatisticsPage')],
];

/** Which page is at which address. All but the first are loaded once somebody goes there. */
export const Pages = () => (
  <Suspense fallback={<Loading what="Opening" />}>
    <Switch>
      {/* The address of the API, which somebody may have shortened one of a prompt to. */}
      <Route path={addresses.prompts}>
        <Redirect to={addresses.library} replace />
      </Route>
      {pages.map(([path, page]) => (
        <Route key={path} path={path} component={page} />
      ))}
      <Route component={Nowhere} />
    </Switch>
  </Suspense>
);
