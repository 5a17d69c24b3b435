import { closestName } from './closest.ts';

/** What stands in a `.env` beside our settings: for `pnpm migrate`, compose, the tests, Node, libpq and the shell. */
const OTHERS = [
  'DATABASE_OWNER_URL',
  'POSTGRES_PASSWORD',
  'DATABASE_PASSWORD',
  'BACKUP_AGE_IDENTITIES',
  'TZ',
  'LANG',
  'PATH',
];
const OTHERS_BEGIN = ['NODE_', 'UV_', 'PG', 'LC_', 'COMPOSE_', 'DOCKER_', 'BUILDKIT_', 'TEST_', 'PROMPTORY_', 'TURBO_'];
const PROXIES = /^(?:https?|no|all)_proxy$/i;

const isOthers = (name: string): boolean =>
  OTHERS.includes(name) || OTHERS_BEGIN.some((begin) => name.startsWith(begin)) || PROXIES.test(name);

/**
 * A line for each name that is read by nobody, as its writer would want to know: of `.env` every one that is no setting, of
 * the environment, which holds others' as well, those that are nearly the name of a setting that is not set.
 *
 * @param source such as `process.env`, with what `.env` says
 * @param inFile the names that `.env` has
 * @param settings every name that is read
 */
export function unknownNames(
  source: Readonly<Record<string, string | undefined>>,
  inFile: readonly string[],
  settings: readonly string[],
): string[] {
  const known = [...settings, ...OTHERS];
  const isUnknown = (name: string): boolean => !known.includes(name) && !isOthers(name);
  const ofFile = inFile.filter(isUnknown).map((name) => {
    const meant = closestName(name, known);
    return `${name} in .env is no setting${meant === undefined ? ', and nothing reads it: .env.example lists them all' : `: is ${meant} meant?`}`;
  });
  const ofEnvironment = Object.keys(source)
    .filter((name) => isUnknown(name) && !inFile.includes(name))
    .flatMap((name) => {
      const meant = closestName(name, settings);
      return meant === undefined || (source[meant] ?? '') !== ''
        ? []
        : [`${name} in the environment is no setting: is ${meant} meant?`];
    });
  return [...ofFile, ...ofEnvironment];
}
