/**
 * Every address of the console, `:id` for a part that varies. The build gives them to the server, which shows the page there to
 * browsers; programs go on to find the API at those that both have.
 */
export const addresses = {
  library: '/',
  prompts: '/prompts',
  create: '/prompts/new',
  prompt: '/prompts/:id',
  edit: '/prompts/:id/edit',
  versions: '/prompts/:id/versions',
  trash: '/trash',
  groups: '/groups',
  group: '/groups/:id',
  people: '/groups/:id/members',
  account: '/account',
  preferences: '/account/preferences',
  sessions: '/account/sessions',
  keys: '/account/keys',
} as const;

/** Where one prompt is read, edited, and its history shown. */
export const promptAt = (id: string, version?: number): string =>
  `/prompts/${encodeURIComponent(id)}${version === undefined ? '' : `?version=${version}`}`;
export const editAt = (id: string): string => `${promptAt(id)}/edit`;
export const versionsAt = (id: string): string => `${promptAt(id)}/versions`;

/** Where the prompts of a group are arranged, and who is in it. */
export const groupAt = (id: string): string => `/groups/${encodeURIComponent(id)}`;
export const peopleAt = (id: string): string => `${groupAt(id)}/members`;
