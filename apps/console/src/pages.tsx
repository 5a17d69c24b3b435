import { lazy, Suspense } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { addresses } from './addresses.ts';
import { LibraryPage } from './library/library-page.tsx';
import { Nowhere } from './shell/nowhere.tsx';
import { Loading } from './ui/page.tsx';

const CreatePage = lazy(() => import('./prompt/create-page.tsx').then(({ CreatePage: page }) => ({ default: page })));
const PromptPage = lazy(() => import('./prompt/prompt-page.tsx').then(({ PromptPage: page }) => ({ default: page })));
const EditPage = lazy(() => import('./prompt/edit-page.tsx').then(({ EditPage: page }) => ({ default: page })));
const VersionsPage = lazy(() =>
  import('./prompt/versions-page.tsx').then(({ VersionsPage: page }) => ({ default: page })),
);

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
      <Route component={Nowhere} />
    </Switch>
  </Suspense>
);
