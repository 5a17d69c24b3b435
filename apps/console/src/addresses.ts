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
  compare: '/prompts/:id/compare',
  usage: '/prompts/:id/usage',
  releases: '/releases',
  trash: '/trash',
  import: '/import',
  export: '/export',
  groups: '/groups',
  group: '/groups/:id',
  people: '/groups/:id/members',
  account: '/account',
  preferences: '/account/preferences',
  sessions: '/account/sessions',
  keys: '/account/keys',
  history: '/account/history',
  data: '/account/data',
  users: '/admin/users',
  audit: '/admin/audit',
  attempts: '/admin/auth-attempts',
  jobs: '/admin/jobs',
  statistics: '/admin/stats',
} as const;

/** Where one prompt is read, edited, and its history shown. */
export const promptAt = (id: string, version?: number): string =>
  `/prompts/${encodeURIComponent(id)}${version === undefined ? '' : `?version=${version}`}`;
export const editAt = (id: string, version?: number): string =>
  `${promptAt(id)}/edit${version === undefined ? '' : `?version=${version}`}`;
export const versionsAt = (id: string): string => `${promptAt(id)}/versions`;
/** Where two of its versions are compared: each a number or a label. */
export const compareAt = (id: string, from: number | string, to: number | string, view?: string): string => {
  const written = { from: String(from), to: String(to), ...(view === undefined ? {} : { view }) };
  return `${promptAt(id)}/compare?${new URLSearchParams(written)}`;
};

/** Where the prompts of a group are arranged, and who is in it. */
export const groupAt = (id: string): string => `/groups/${encodeURIComponent(id)}`;
export const peopleAt = (id: string): string => `${groupAt(id)}/members`;
