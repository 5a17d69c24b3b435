import { describe, expect, it } from 'vitest';
import { settingNames } from '../env.ts';
import { closestName, closestWord } from './closest.ts';
import { unknownNames } from './unknown-names.ts';

const from = (names: readonly string[]): Record<string, string> => Object.fromEntries(names.map((name) => [name, 'x']));
const ofEnvironment = (...names: string[]): string[] => unknownNames(from(names), [], settingNames);

/** One letter less, one more and one changed, at each place of a name. */
const mistyped = (name: string): string[] =>
  [...name].flatMap((letter, at) => {
    const [before, after] = [name.slice(0, at), name.slice(at + 1)];
    return [before + after, `${before}${letter}${letter}${after}`, `${before}Q${after}`];
  });

describe('a name in the environment', () => {
  it.each([
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['RATE_LIMIT_USERS', 'RATE_LIMIT_USER'],
    ['SMTP_CONF', 'SMTP_CONFIG'],
    ['DATABASE_URI', 'DATABASE_URL'],
    ['JWT_SECRETS', 'JWT_SECRET'],
    ['cors_origins', 'CORS_ORIGINS'],
    ['CORS-ORIGINS', 'CORS_ORIGINS'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['REQUIRE_MAIL_VERIFICATION', 'REQUIRE_EMAIL_VERIFICATION'],
    ['QUOTA_MEMBERS_A_GROUP', 'QUOTA_MEMBERS_PER_GROUP'],
    ['port', 'PORT'],
  ])('%s is told to be nearly %s', (typed, meant) => {
    expect(ofEnvironment(typed)).toEqual([`${typed} in the environment is no setting: is ${meant} meant?`]);
  });

  it('is found with one letter wrong, at any of its places, of every setting whose name is long enough', () => {
    const missed = settingNames
      .filter((name) => name.length > 6)
      // A third of the places of each, which are others for the next name.
      .flatMap((name, place) => mistyped(name).filter((_, at) => Math.floor(at / 3) % 3 === place % 3))
      .filter((typed) => !settingNames.includes(typed))
      .filter((typed) => closestName(typed, settingNames) === undefined);
    expect(missed).toEqual([]);
  });

  it.each([
    'HOME HOSTNAME HOSTTYPE LOGNAME USER SHELL PWD OLDPWD PATH TERM MAIL LANG LC_ALL TZ EDITOR PAGER DISPLAY SHLVL TMPDIR',
    'INVOCATION_ID JOURNAL_STREAM NOTIFY_SOCKET XDG_DATA_DIRS XDG_RUNTIME_DIR DBUS_SESSION_BUS_ADDRESS SSH_AUTH_SOCK',
    'NODE NODE_PATH NODE_OPTIONS NODE_VERSION YARN_VERSION INIT_CWD npm_config_user_agent npm_lifecycle_event PNPM_HOME',
    'PGHOST PGPORT PGUSER PGPASSWORD POSTGRES_USER POSTGRES_DB DATABASE_USER DATABASE_HOST DATABASE_NAME DATABASE_PORT',
    'KUBERNETES_PORT KUBERNETES_SERVICE_HOST REDIS_PORT REDIS_HOST SERVER_PORT DYNO WEB_CONCURRENCY CI GITHUB_TOKEN',
    'SMTP_HOST SMTP_PORT SMTP_USER SMTP_FROM HTTP_PROXY https_proxy NO_PROXY APP_URL BASE_URL DATA_DIR SECRET',
    'WSL_DISTRO_NAME windir COMPUTERNAME USERPROFILE NUMBER_OF_PROCESSORS PROCESSOR_LEVEL PUBLIC APPDATA',
  ])('is left alone where it belongs to the system or to others: %s', (names) => {
    expect(ofEnvironment(...names.split(' '))).toEqual([]);
  });

  it('is left alone where the setting that it is near to is set too', () => {
    expect(ofEnvironment('DATABASE_URI', 'DATABASE_URL')).toEqual([]);
    expect(unknownNames({ DATABASE_URI: 'x', DATABASE_URL: '' }, [], settingNames)).toHaveLength(1);
  });
});

describe('a name in .env', () => {
  it('is told where nothing reads it, with the setting that may be meant', () => {
    const names = [
      'CORS_ORIGIN',
      'FEATURE_X',
      'PORT',
      'POSTGRES_PASSWORD',
      'DATABASE_OWNER_URL',
      'NODE_OPTIONS',
      'PROT',
    ];
    expect(unknownNames(from(names), names, settingNames)).toEqual([
      'CORS_ORIGIN in .env is no setting: is CORS_ORIGINS meant?',
      'FEATURE_X in .env is no setting, and nothing reads it: .env.example lists them all',
      'PROT in .env is no setting, and nothing reads it: .env.example lists them all',
    ]);
  });

  it('is told of none that others read: other commands, compose, Node, libpq, the shell, and what goes through a proxy', () => {
    const names = [
      ...[
        'DATABASE_OWNER_URL',
        'POSTGRES_PASSWORD',
        'DATABASE_PASSWORD',
        'BACKUP_AGE_IDENTITIES',
        'TZ',
        'LANG',
        'PATH',
      ],
      ...['NODE_EXTRA_CA_CERTS', 'UV_THREADPOOL_SIZE', 'PGSSLMODE', 'LC_ALL', 'COMPOSE_PROJECT_NAME', 'DOCKER_HOST'],
      ...['BUILDKIT_PROGRESS', 'TEST_DATABASE_URL', 'PROMPTORY_API_KEY', 'TURBO_TOKEN'],
      ...['http_proxy', 'HTTPS_PROXY', 'no_proxy', 'ALL_PROXY'],
    ];
    expect(unknownNames(from(names), names, settingNames)).toEqual([]);
    expect(unknownNames({}, ['MY_PROXY', 'XLC_ALL'], settingNames)).toHaveLength(2);
  });

  it('is told of what only another command reads, by its near name', () => {
    expect(unknownNames({}, ['DATABASE_OWNR_URL'], settingNames)).toEqual([
      'DATABASE_OWNR_URL in .env is no setting: is DATABASE_OWNER_URL meant?',
    ]);
  });
});

it('takes the beginning of a word, or one that is nearly it, for the word', () => {
  const environments = ['development', 'staging', 'production'];
  for (const [typed, meant] of [
    ['prod', 'production'],
    ['PRODUCTION', 'production'],
    ['prodution', 'production'],
    ['dev', 'development'],
    ['stage', undefined],
    ['live', undefined],
    ['', undefined],
  ] as const) {
    expect(closestWord(typed, environments), typed).toBe(meant);
  }
  expect(closestWord('warning', ['error', 'warn'])).toBe('warn');
});
