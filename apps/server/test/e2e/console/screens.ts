import type { Locator } from 'playwright-core';
import { box, page, rowsOf } from './stage.ts';

/** What the last tests look at: a prompt of Bob's and a group of his, with hostile strings wherever he writes. */
export const shown = { prompt: '', group: '' };

export const groupScreens = (): readonly (readonly [path: string, whenThere: Locator])[] => [
  ['/groups', rowsOf('Groups').first()],
  [`/groups/${shown.group}`, rowsOf('Prompts of the group').first()],
  [`/groups/${shown.group}/members`, rowsOf('Invited').first()],
];
export const accountScreens = (): readonly (readonly [path: string, whenThere: Locator])[] => [
  ['/account', box('Handle')],
  ['/account/preferences', page.getByRole('radio', { name: 'Dark' })],
  ['/account/sessions', rowsOf('Devices').first()],
  ['/account/keys', rowsOf('Keys').first()],
  ['/account/history', rowsOf('Uses').first()],
  ['/account/data', page.getByRole('button', { name: 'Get it as a file' })],
];
export const promptsScreens = (): readonly (readonly [path: string, whenThere: Locator])[] => [
  [`/prompts/${shown.prompt}/compare?from=1&to=2`, page.getByRole('region', { name: 'Changes of content' })],
  [
    `/prompts/${shown.prompt}/usage`,
    page
      .getByRole('heading', { name: 'No program uses it yet' })
      .or(page.getByRole('heading', { name: 'Who uses what' })),
  ],
  [`/releases?group=${shown.group}`, page.getByRole('link', { name: /behind/ })],
  ['/import', page.getByText('Drop files or a folder here')],
  ['/export', page.getByRole('radio', { name: /^JSON lines/ })],
];
