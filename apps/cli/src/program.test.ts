import type { Command } from '@commander-js/extra-typings';
import { expect, it } from 'vitest';
import { programOf } from './program.ts';
import type { Surroundings } from './surroundings.ts';

const PAGES = '--tag --category --owner --limit --cursor';
const SYNC = '--folder --dry-run --force --delete';

/** What each command takes: scripts hold these words. */
const COMMANDS = {
  login: ['', '--key-stdin'],
  logout: ['', ''],
  whoami: ['', ''],
  list: ['', PAGES],
  search: ['<words...>', PAGES],
  get: ['<reference>', ''],
  render: ['<reference> [inputs...]', '--inputs --lenient'],
  diff: ['<from> [to]', ''],
  types: ['', '--out --check --watch --interval --tag --group --label'],
  pull: ['[names...]', SYNC],
  push: ['[names...]', `${SYNC} --note`],
  'label list': ['<prompt>', ''],
  'label move': ['<reference> <label>', '--from --reason --accept-breaking'],
  'label check': ['<reference> <label>', '--from'],
  'label history': ['<prompt> <label>', '--limit'],
  'label undo': ['<prompt> <label> [move]', '--reason'],
  'label remove': ['<prompt> <label>', '--reason'],
  'label protect': ['<prompt> <label>', ''],
  'label unprotect': ['<prompt> <label>', ''],
  'release make': ['<label> <references...>', '--from --reason --accept-breaking'],
  'release list': ['', '--prompt --limit'],
  'release undo': ['<id>', '--reason'],
  import: ['<files...>', '--dry-run --format --public --reason --accept-breaking'],
  export: ['', '--format --out --force --tag --all'],
  'account export': ['', '--out --force --email --password-stdin'],
  'account plan-deletion': ['', '--email --password-stdin'],
  'account delete': ['', '--email --password-stdin --revision'],
  completion: ['<shell>', ''],
};

const leaves = (command: Command, path: string[] = []): [string, Command][] =>
  command.commands.length === 0
    ? [[path.join(' '), command]]
    : command.commands.flatMap((inner) => leaves(inner as unknown as Command, [...path, inner.name()]));

it('takes these arguments and options, and says of each what it is', () => {
  const { program } = programOf([], {} as Surroundings);
  const commands = leaves(program as unknown as Command).filter(([name]) => name !== 'complete');
  const taken = commands.map(([name, command]) => [
    name,
    [command.usage().replace(/^\[options\] ?/, ''), command.options.map(({ long }) => long).join(' ')],
  ]);
  expect(Object.fromEntries(taken)).toEqual(COMMANDS);
  const unsaid = commands.flatMap(([name, command]) => [
    ...(command.description() === '' ? [name] : []),
    ...command.options.filter(({ description }) => description === '').map(({ long }) => `${name} ${long}`),
  ]);
  expect(unsaid).toEqual([]);
});
