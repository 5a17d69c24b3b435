import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import tab from '@bomb.sh/tab/commander';
import type { Command } from '@commander-js/extra-typings';
import type { Command as PlainCommand } from 'commander';
import type { Surroundings } from '../surroundings.ts';

/** Names of arguments that are references or prompts, and those that are files. */
const REFERENCES = new Set(['reference', 'references', 'prompt', 'names', 'from', 'to']);
const FILES = new Set(['files']);

const textOf = (file: string): string => {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
};

/** Those that the files of this project name: a shell does not wait for a server. */
function knownReferences(cwd: string): string[] {
  const types = textOf(join(cwd, 'promptory.d.ts')).split('\n');
  const typed = types
    .flatMap((line) => /^ {4}("[^"]+"): \{ inputs: /.exec(line)?.[1] ?? [])
    .map((name) => JSON.parse(name));
  return [...typed, ...slugsIn(textOf(join(cwd, 'prompts/promptory.lock.json')))];
}

function slugsIn(lock: string): string[] {
  try {
    return Object.keys(JSON.parse(lock).prompts);
  } catch {
    return [];
  }
}

/** What lies where the word that is being typed points. */
function pathsAt(cwd: string, word: string): string[] {
  const folder = word.slice(0, word.lastIndexOf('/') + 1);
  try {
    const entries = readdirSync(resolve(cwd, folder), { withFileTypes: true });
    return entries.map((entry) => `${folder}${entry.name}${entry.isDirectory() ? '/' : ''}`);
  } catch {
    return [];
  }
}

/** `promptory completion <shell>`, and what its script asks for with each press of the key. */
export function addCompletion(program: Command, { cwd }: Pick<Surroundings, 'cwd'>, args: readonly string[]): void {
  const { commands } = tab(program as unknown as PlainCommand, { completionCommandName: 'completion' });
  for (const command of commands.values()) {
    for (const argument of command.arguments.values()) {
      if (argument.handler !== undefined) continue;
      if (REFERENCES.has(argument.name)) {
        argument.handler = (complete) => {
          for (const reference of knownReferences(cwd)) complete(reference, '');
        };
      } else if (FILES.has(argument.name)) {
        argument.handler = (complete) => {
          for (const path of pathsAt(cwd, args.at(-1) ?? '')) complete(path, '');
        };
      }
    }
  }
}
