import { expect, it } from 'vitest';
import { configFolder } from './config-folder.ts';

it.each([
  ['linux', {}, '/home/ann/.config/promptory'],
  ['linux', { XDG_CONFIG_HOME: '/etc/ann' }, '/etc/ann/promptory'],
  ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/ann/.config/promptory'],
  ['linux', { XDG_CONFIG_HOME: '' }, '/home/ann/.config/promptory'],
  ['darwin', {}, '/home/ann/Library/Application Support/promptory'],
  ['darwin', { XDG_CONFIG_HOME: '/etc/ann' }, '/etc/ann/promptory'],
  ['win32', { APPDATA: '/c/Roaming', XDG_CONFIG_HOME: '/etc/ann' }, '/c/Roaming/promptory'],
  ['win32', {}, '/home/ann/AppData/Roaming/promptory'],
] as const)('keeps settings on %s with %j in %s', (platform, env, folder) => {
  expect(configFolder({ platform, env, home: '/home/ann' })).toBe(folder);
});
