import { resolve } from 'node:path';
import type { Env } from './env.ts';
import { ROOT } from './project-root.ts';

/** Where the data folder of these settings is: relative ones start at the root. */
export const dataFolderOf = (env: Pick<Env, 'dataFolder'>): string => resolve(ROOT, env.dataFolder);
