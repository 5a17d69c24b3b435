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
];
