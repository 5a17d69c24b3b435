import { isAbsolute, join } from 'node:path';
import type { Surroundings } from '../surroundings.ts';

/**
 * Where the operating system keeps settings of programs. `XDG_CONFIG_HOME` holds everywhere but on Windows, as people set it
 * on Macs too; it must be absolute (XDG Base Directory Specification 0.8).
 */
export function configFolder({ env, home, platform }: Pick<Surroundings, 'env' | 'home' | 'platform'>): string {
  if (platform === 'win32') return join(env.APPDATA || join(home, 'AppData', 'Roaming'), 'promptory');
  const { XDG_CONFIG_HOME: xdg } = env;
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'promptory');
  return platform === 'darwin'
    ? join(home, 'Library', 'Application Support', 'promptory')
    : join(home, '.config', 'promptory');
}
