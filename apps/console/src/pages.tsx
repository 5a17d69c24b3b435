import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { addresses } from './addresses.ts';
import { LibraryPage } from './library/library-page.tsx';
import { Nowhere } from './shell/nowhere.tsx';
import { Loading } from './ui/page.tsx';

const CreatePage = lazy(() =>
  import('./prompt/edit/create-page.tsx').then(({ CreatePage: page }) => ({ default: page })),
);
const PromptPage = lazy(() =>
  import('./prompt/read/prompt-page.tsx').then(({ PromptPage: page }) => ({ default: page })),
);
const EditPage = lazy(() => import('./prompt/edit/edit-page.tsx').then(({ EditPage: page }) => ({ default: page })));
const VersionsPage = lazy(() =>
  import('./prompt/versions/versions-page.tsx').then(({ VersionsPage: page }) => ({ default: page })),
);

const TrashPage = lazy(() =>
  import('./library/trash/trash-page.tsx').then(({ TrashPage: page }) => ({ default: page })),
);

const GroupsPage = lazy(() => import('./groups/groups-page.tsx').then(({ GroupsPage: page }) => ({ default: page })));
const GroupPage = lazy(() => import('./groups/group-page.tsx').then(({ GroupPage: page }) => ({ default: page })));
const PeoplePage = lazy(() =>
  import('./groups/people/people-page.tsx').then(({ PeoplePage: page }) => ({ default: page })),
);

const ProfilePage = lazy(() =>
  import('./account/profile-page.tsx').then(({ ProfilePage: page }) => ({ default: page })),
);
const PreferencesPage = lazy(() =>
  import('./account/preferences-page.tsx').then(({ PreferencesPage: page }) => ({ default: page })),
);
const SessionsPage = lazy(() =>
  import('./account/sessions-page.tsx').then(({ SessionsPage: page }) => ({ default: page })),
);
const KeysPage = lazy(() => import('./account/keys/keys-page.tsx').then(({ KeysPage: page }) => ({ default: page })));

/** Which page is at which address. All but the first are loaded once somebody goes there. */
export const Pages = () => (
  <Suspense fallback={<Loading what="Opening" />}>
    <Switch>
      <Route path={addresses.library} component={LibraryPage} />
      {/* The address of the API, which somebody may have shortened one of a prompt to. */}
      <Route path={addresses.prompts}>
        <Redirect to={addresses.library} replace />
      </Route>
      <Route path={addresses.create} component={CreatePage} />
      <Route path={addresses.prompt} component={PromptPage} />
      <Route path={addresses.edit} component={EditPage} />
      <Route path={addresses.versions} component={VersionsPage} />
      <Route path={addresses.trash} component={TrashPage} />
      <Route path={addresses.groups} component={GroupsPage} />
      <Route path={addresses.group} component={GroupPage} />
      <Route path={addresses.people} component={PeoplePage} />
      <Route path={addresses.account} component={ProfilePage} />
      <Route path={addresses.preferences} component={PreferencesPage} />
      <Route path={addresses.sessions} component={SessionsPage} />
      <Route path={addresses.keys} component={KeysPage} />
      <Route component={Nowhere} />
    </Switch>
  </Suspense>
);
