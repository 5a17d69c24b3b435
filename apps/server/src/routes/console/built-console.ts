import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { z } from 'zod';
import { builtAnswer, type StaticAnswer } from '../pages/static-answer.ts';

/** The console as `pnpm build` made it: the one page, the files that it loads, and the addresses that it is shown at. */
export interface BuiltConsole {
  readonly page: StaticAnswer;
  /** By name; each name has the hash of what it holds. */
  readonly files: ReadonlyMap<string, StaticAnswer>;
  /** Addresses as routes have them: `/prompts/:id`. */
  readonly addresses: readonly string[];
}

const Manifest = z.object({ page: z.string(), files: z.array(z.string()), addresses: z.array(z.string()) });

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml; charset=utf-8',
};

/** @returns null where it is not built, or not to its end */
export async function readConsole(folder: string): Promise<BuiltConsole | null> {
  const answer = async (name: string): Promise<StaticAnswer> => {
    const form = (ending: string) => readFile(join(folder, name + ending));
    const [identity, gzip, br] = await Promise.all([form(''), form('.gz'), form('.br')]);
    return builtAnswer({ identity, gzip, br }, types[extname(name)] ?? 'application/octet-stream');
  };
  try {
    const manifest = Manifest.parse(JSON.parse(await readFile(join(folder, 'console.json'), 'utf8')));
    const files = await Promise.all(
      manifest.files.map(async (name): Promise<[string, StaticAnswer]> => [name, await answer(name)]),
    );
    return { page: await answer(manifest.page), files: new Map(files), addresses: manifest.addresses };
  } catch (error) {
    if (Reflect.get(Object(error), 'code') === 'ENOENT') return null;
    throw error;
  }
}
