import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Binaries } from '../src/embedded/server/binaries.ts';

/** The PostgreSQL of a major version that the system has, where Debian's packages put it; undefined where it has none. */
export function installedBinaries(major: number): Binaries | undefined {
  const program = (name: string): string => join(`/usr/lib/postgresql/${major}/bin`, name);
  if (!existsSync(program('postgres'))) return undefined;
  return {
    initdb: program('initdb'),
    pgCtl: program('pg_ctl'),
    postgres: program('postgres'),
    version: String(major),
    major,
  };
}
