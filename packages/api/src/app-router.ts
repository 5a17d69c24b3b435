import { adminRouter } from './features/admin/admin.router.ts';
import { apiKeysRouter } from './features/api-keys/api-keys.router.ts';
import { authRouter } from './features/auth/auth.router.ts';
import { categoriesRouter } from './features/categories/categories.router.ts';
import { favoritesRouter } from './features/favorites/favorites.router.ts';
import { groupsRouter } from './features/groups/groups.router.ts';
import { historyRouter } from './features/history/history.router.ts';
import { labelsRouter } from './features/labels/labels.router.ts';
import { libraryRouter } from './features/library/library.router.ts';
import { meRouter } from './features/me/me.router.ts';
import { invitationsRouter } from './features/membership/invitations.router.ts';
import { membersRouter } from './features/membership/members.router.ts';
import { preferencesRouter } from './features/preferences/preferences.router.ts';
import { promptsRouter } from './features/prompts/prompts.router.ts';
import { releasesRouter } from './features/releases/releases.router.ts';
import { tagsRouter } from './features/tags/tags.router.ts';
import { transferRouter } from './features/transfer/transfer.router.ts';
import { versionsRouter } from './features/versions/versions.router.ts';
import { createCallerFactory, router } from './trpc.ts';

/** Every feature, a line each. */
export const appRouter = router({
  auth: authRouter,
  me: meRouter,
  preferences: preferencesRouter,
  apiKeys: apiKeysRouter,
  prompts: promptsRouter,
  versions: versionsRouter,
  labels: labelsRouter,
  releases: releasesRouter,
  transfer: transferRouter,
  categories: categoriesRouter,
  tags: tagsRouter,
  groups: groupsRouter,
  members: membersRouter,
  invitations: invitationsRouter,
  favorites: favoritesRouter,
  library: libraryRouter,
  history: historyRouter,
  admin: adminRouter,
});

/** The procedures, to be called without a transport: `createCaller(ctx).prompts.get({ id })`. */
export const createCaller = createCallerFactory(appRouter);
