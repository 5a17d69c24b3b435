import { describe, expect, it } from 'vitest';
import { defaultConnectionBounds } from './bounds/connections.ts';
import { type Env, readEnv, SettingsError, settingNames } from './env.ts';

// What holds in production where nothing is set; every other test may take it from the settings.
const limits = {
  anonymous: { calls: 60, seconds: 60 },
  user: { calls: 600, seconds: 60 },
  key: { calls: 300, seconds: 60 },
  login: { calls: 10, seconds: 900 },
  loginAddress: { calls: 30, seconds: 900 },
  register: { calls: 5, seconds: 3_600 },
  mail: { calls: 3, seconds: 3_600 },
  mailSender: { calls: 50, seconds: 3_600 },
  mailSenderDay: { calls: 150, seconds: 86_400 },
  mailNewSender: { calls: 20, seconds: 86_400 },
  mailAddress: { calls: 20, seconds: 3_600 },
  mailAddressDay: { calls: 100, seconds: 86_400 },
  refresh: { calls: 30, seconds: 300 },
  verify: { calls: 10, seconds: 900 },
  search: { calls: 30, seconds: 60 },
  export: { calls: 30, seconds: 60 },
  credential: { calls: 60, seconds: 60 },
};
const quotas = {
  prompts: 10_000,
  versions: 200_000,
  versionsPerPrompt: 1_000,
  labelsPerPrompt: 50,
  labelMovesPerPrompt: 10_000,
  storedBytes: 1_073_741_824,
  groups: 500,
  membersPerGroup: 500,
  invitations: 200,
  invitationsPerAddress: 20,
  favorites: 5_000,
  apiKeys: 100,
  sessions: 100,
  importsAtOnce: 4,
};

const SECRET = 'hFz0lC2fVnQp8Rk3mJd7WxYbT5sGe9uA4iOoKq6N';
const production = {
  NODE_ENV: 'production',
  DATABASE_URL: 'postgresql://app:t4kD-of-the-hill@db/promptory?sslmode=verify-full',
  JWT_SECRET: SECRET,
  SMTP_CONFIG: 'smtps://user:m0ss-and-fern@mail.example.com',
  PUBLIC_URL: 'https://promptory.example',
};

function faultsOf(source: Record<string, string>): string {
  try {
    readEnv(source);
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
  return '';
}

describe('readEnv', () => {
  it('needs nothing in development', () => {
    expect(readEnv({})).toMatchObject({
      environment: 'development',
      databaseUrl: null,
      jwtSecrets: null,
      smtpUrl: null,
      publicUrl: 'http://localhost:3000',
      port: 3000,
      host: '127.0.0.1',
      requireEmailVerification: false,
      trustProxy: [],
      corsOrigins: [],
      tls: null,
    } satisfies Partial<Env>);
  });

  it.each(['staging', 'production'])('reports everything that %s lacks at once', (environment) => {
    const faults = faultsOf({ NODE_ENV: environment });
    for (const name of ['DATABASE_URL', 'JWT_SECRET', 'SMTP_CONFIG', 'PUBLIC_URL']) {
      expect(faults).toContain(`${name} must be set in ${environment}`);
    }
  });

  it('lists every wrong setting in one error, by name and without its value', () => {
    const faults = faultsOf({
      ...production,
      JWT_SECRET: 'too-short-secret',
      PORT: 'http',
      CORS_ORIGINS: 'https://app.example.com/path-of-it',
      TRUST_PROXY: 'true',
      LOG_LEVEL: 'loud',
      RATE_LIMIT_LOGIN: 'many',
      TLS_CERT: '/etc/cert.pem',
    });
    for (const name of [
      'JWT_SECRET',
      'PORT',
      'CORS_ORIGINS',
      'TRUST_PROXY',
      'LOG_LEVEL',
      'RATE_LIMIT_LOGIN',
      'TLS_KEY',
    ]) {
      expect(faults).toContain(name);
    }
    expect(faults).not.toContain('too-short-secret');
    expect(faults).not.toContain('path-of-it');
  });

  it('bounds connections as set, else by the defaults, twenty times as wide in development', () => {
    expect(readEnv(production).connections).toEqual(defaultConnectionBounds);
    expect(readEnv({}).connections).toEqual({
      connections: 20_000,
      connectionsPerAddress: 5_000,
      unreadBytes: 2_684_354_560,
      unreadBytesPerConnection: 209_715_200,
      arrivingBytes: 1_342_177_280,
      arrivingBytesPerAddress: 335_544_320,
      slowestReader: { bytes: 262_144, seconds: 600 },
      slowestSender: { bytes: 262_144, seconds: 600 },
    });
    const set = {
      MAX_CONNECTIONS: '50',
      MAX_UNREAD_BYTES: '1048576',
      MAX_ARRIVING_BYTES: '2097152',
      SLOWEST_READER: '1000/10',
      SLOWEST_SENDER: '2000/20',
    };
    expect(readEnv({ ...production, ...set }).connections).toEqual({
      ...defaultConnectionBounds,
      connections: 50,
      unreadBytes: 1_048_576,
      arrivingBytes: 2_097_152,
      slowestReader: { bytes: 1_000, seconds: 10 },
      slowestSender: { bytes: 2_000, seconds: 20 },
    });
    for (const [name, value] of [
      ['SLOWEST_READER', '30'],
      ['MAX_CONNECTIONS', '0'],
      ['MAX_UNREAD_BYTES', '1'],
    ] as const) {
      expect(faultsOf({ ...production, [name]: value })).toContain(name);
    }
  });

  it('demands verified addresses in production unless set otherwise', () => {
    expect(readEnv(production).requireEmailVerification).toBe(true);
    expect(readEnv({ ...production, REQUIRE_EMAIL_VERIFICATION: 'false' }).requireEmailVerification).toBe(false);
    expect(readEnv({ ...production, NODE_ENV: 'staging' }).requireEmailVerification).toBe(false);
    expect(readEnv({ REQUIRE_EMAIL_VERIFICATION: 'true' }).requireEmailVerification).toBe(true);
  });

  it('takes several secrets, each of at least 32 bytes', () => {
    expect(readEnv({ JWT_SECRET: `${SECRET}, ${SECRET}2` }).jwtSecrets).toEqual([SECRET, `${SECRET}2`]);
    expect(faultsOf({ JWT_SECRET: `${SECRET},short` })).toContain('JWT_SECRET');
  });

  it.each([
    '*',
    'null',
    'app.example.com',
    'https://app.example.com/',
    'https://*.example.com/x',
    'ftp://app.example.com',
  ])('refuses the CORS origin %s', (origin) => {
    expect(faultsOf({ CORS_ORIGINS: `https://ok.example.com,${origin}` })).toContain('CORS_ORIGINS');
  });

  it.each(['true', '1', '10.0.0.0/33', '10.0.0.0/0', '0.0.0.0/0', 'loopback', '::1/129'])(
    'refuses the trusted proxy %s',
    (network) => {
      expect(faultsOf({ TRUST_PROXY: network })).toContain('TRUST_PROXY');
    },
  );

  it('takes networks of both families as trusted proxies', () => {
    expect(readEnv({ TRUST_PROXY: '10.0.0.0/8, 192.168.1.7, fd00::/8' }).trustProxy).toEqual([
      '10.0.0.0/8',
      '192.168.1.7',
      'fd00::/8',
    ]);
  });

  it('refuses a public URL over http in production, except on this machine', () => {
    expect(faultsOf({ ...production, PUBLIC_URL: 'http://promptory.example' })).toContain('PUBLIC_URL must be https');
    expect(readEnv({ ...production, PUBLIC_URL: 'http://localhost:3000/' }).publicUrl).toBe('http://localhost:3000');
  });

  it('widens the limits twentyfold in development, and takes each as set', () => {
    expect(readEnv({}).limits.login).toEqual({ calls: 200, seconds: 900 });
    expect(readEnv(production).limits).toEqual(limits);
    const set = readEnv({ ...production, RATE_LIMIT_LOGIN_ADDRESS: '7/60' }).limits;
    expect(set).toEqual({ ...limits, loginAddress: { calls: 7, seconds: 60 } });
  });

  it('leaves out what is empty in a list', () => {
    expect(readEnv({ CORS_ORIGINS: ' https://app.example.com, ,' }).corsOrigins).toEqual(['https://app.example.com']);
  });

  it('takes an empty text for a setting that is not set', () => {
    expect(readEnv({ DATABASE_URL: '', PORT: '', REDIS_URL: '' })).toMatchObject({ databaseUrl: null, port: 3000 });
  });
});

describe('calls in flight', () => {
  it('leave others a quarter of the pool unless set otherwise', () => {
    expect(readEnv({}).callsInFlight).toEqual({ calls: 5, streams: 2, watches: 500, waiting: 40 });
    expect(readEnv({ DATABASE_POOL_SIZE: '2' }).callsInFlight).toEqual({
      calls: 1,
      streams: 1,
      watches: 500,
      waiting: 40,
    });
    const set = { CALLS_IN_FLIGHT: '8', STREAMS_IN_FLIGHT: '3', WATCHES_PER_CALLER: '9', CALLS_WAITING: '0' };
    expect(readEnv(set).callsInFlight).toEqual({ calls: 8, streams: 3, watches: 9, waiting: 0 });
    expect(() => readEnv({ CALLS_IN_FLIGHT: '0' })).toThrow('CALLS_IN_FLIGHT');
  });
});

describe('uses and audit entries that are kept one by one', () => {
  it('are twenty times as many in development, unless set', () => {
    const set = { ...production, HISTORY_USES_A_DAY: '7', AUDIT_ENTRIES_A_DAY: '8' };
    const read = [readEnv({}), readEnv(production), readEnv(set)];
    expect(read.map(({ historyUsesADay }) => historyUsesADay)).toEqual([100_000, 5_000, 7]);
    expect(read.map(({ auditEntriesADay }) => auditEntriesADay)).toEqual([100_000, 5_000, 8]);
  });
});

describe('quotas', () => {
  it('are twenty times as wide in development, and taken as set', () => {
    expect(readEnv({}).quotas.groups).toBe(10_000);
    expect(readEnv(production).quotas).toEqual(quotas);
    expect(readEnv({ ...production, QUOTA_STORED_BYTES: '5000' }).quotas.storedBytes).toBe(5_000);
    expect(faultsOf({ QUOTA_GROUPS: 'many', QUOTA_SESSIONS: '0' })).toMatch(/QUOTA_GROUPS .*\n.*QUOTA_SESSIONS /);
  });
});

describe('backups', () => {
  it('are made where a folder is set, for whoever has the keys of age, and never take a secret one', () => {
    expect(readEnv({ BACKUP_KEEP_DAYS: '3' }).backups).toBeNull();
    const folder = '/backups';
    expect(readEnv({ BACKUP_FOLDER: folder }).backups).toEqual({ folder, rotation: {}, recipients: [] });
    const key = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
    const set = { BACKUP_KEEP_DAYS: '3', BACKUP_KEEP_LEAST: '0', BACKUP_AGE_RECIPIENTS: `${key}, ${key}` };
    expect(readEnv({ BACKUP_FOLDER: folder, ...set }).backups).toEqual({
      folder,
      rotation: { days: 3, least: 0 },
      recipients: [key, key],
    });
    const secret = `AGE-SECRET-KEY-1${'Q'.repeat(58)}`;
    expect(faultsOf({ BACKUP_AGE_RECIPIENTS: secret })).toMatch(/BACKUP_AGE_RECIPIENTS must be public keys of age/);
  });

  it('are put into a bucket besides, where its address and both halves of a key are set', () => {
    const url = 'https://s3.eu-central-1.amazonaws.com/our-backups';
    const keys = { BACKUP_STORE_KEY_ID: 'AKIA', BACKUP_STORE_SECRET: 'c2VjcmV0' };
    const set = { BACKUP_FOLDER: '/backups', BACKUP_STORE: url, ...keys };
    const store = { url, region: 'auto', keyId: 'AKIA', secret: 'c2VjcmV0' };
    expect(readEnv(set).backups).toMatchObject({ store });
    expect(readEnv({ ...set, BACKUP_STORE_REGION: 'eu-central-1' }).backups).toMatchObject({
      store: { region: 'eu-central-1' },
    });
    expect(faultsOf({ BACKUP_STORE: url })).toMatch(
      /BACKUP_FOLDER must be set where BACKUP_STORE is\n.*_KEY_ID must be set .*\n.*_SECRET must be set /,
    );
    for (const wrong of [
      's3://our-backups',
      'https://s3.example.com',
      'https://s3.example.com/a/b',
      'https://s3.example.com/a?b',
    ]) {
      expect(faultsOf({ ...set, BACKUP_STORE: wrong })).toMatch(
        /BACKUP_STORE must be the address of a bucket|BACKUP_STORE invalid URL/,
      );
    }
  });
});

describe('who may register', () => {
  it('is anybody unless set otherwise, and for domains needs them, as the normaliser of addresses makes them', () => {
    expect(readEnv(production).registration).toEqual({ mode: 'open' });
    expect(readEnv({ REGISTRATION: 'closed' }).registration).toEqual({ mode: 'closed' });
    const set = { REGISTRATION: 'domains', REGISTRATION_DOMAINS: 'Example.com, *.Bücher.example' };
    expect(readEnv(set).registration).toEqual({ mode: 'domains', domains: ['example.com', '*.xn--bcher-kva.example'] });
    expect(faultsOf({ REGISTRATION: 'domains' })).toContain('REGISTRATION_DOMAINS must be set together');
    expect(faultsOf({ REGISTRATION_DOMAINS: 'example.com' })).toContain('must be set together');
    expect(faultsOf({ ...set, REGISTRATION_DOMAINS: 'a b' })).toContain('REGISTRATION_DOMAINS must be domains');
    expect(faultsOf({ REGISTRATION: 'some' })).toContain('REGISTRATION');
  });
});

describe('what is said of a setting', () => {
  it('is a line that begins with its name and goes on in small letters, and says what it must be', () => {
    const long = 'x'.repeat(10_000);
    const wrong = Object.fromEntries(settingNames.map((name) => [name, long]));
    const [headline, ...lines] = faultsOf(wrong).split('\n');
    expect(headline).toMatch(/^\d+ settings are wrong \(see \.env\.example\):$/);
    for (const line of lines) expect(line).toMatch(/^ {2}[A-Z_]+(?:=domains)? (?:and [A-Z_]+ )?must [a-z]/);
    // Every one has a bound, and none of its sentences is a validator's.
    for (const name of settingNames) expect(lines.join('\n')).toContain(`  ${name} `);
  });

  it.each(['abc', '1e1', '0x10', '+10', ' 10', '10.0', '10 ', '-1', '１０', '1_000', 'Infinity', '65536'])(
    'is that a port must be a whole number, not %j',
    (port) => {
      expect(faultsOf({ PORT: port })).toBe(
        'A setting is wrong (see .env.example):\n  PORT must be a whole number from 0 to 65535',
      );
    },
  );

  it('holds for everything that counts', () => {
    const counts = settingNames.filter((name) => faultsOf({ [name]: '1e1' }).includes('must be a whole number from'));
    expect(counts).toHaveLength(2 + 4 + 6 + 1 + 2 + 3 + 2 + 1 + 3 + Object.keys(quotas).length);
  });

  it('names the environments that somebody may set, and the one that is meant', () => {
    expect(faultsOf({ NODE_ENV: 'prod' })).toContain(
      'NODE_ENV must be development, staging, or production: is production meant?',
    );
    expect(faultsOf({ NODE_ENV: 'live' })).toMatch(/NODE_ENV must be development, staging, or production$/);
    expect(faultsOf({ LOG_LEVEL: 'warning' })).toMatch(/LOG_LEVEL must be fatal, .*or silent: is warn meant\?$/);
  });

  it('goes with the name that was mistyped, whether or not something is wrong', () => {
    const { DATABASE_URL, ...others } = production;
    expect(faultsOf({ ...others, DATABASE_URI: DATABASE_URL })).toBe(
      `A setting is wrong (see .env.example):
  DATABASE_URL must be set in production
  DATABASE_URI in the environment is no setting: is DATABASE_URL meant?`,
    );
    expect(readEnv({ CORS_ORIGIN: 'https://app.example.com' }).warnings).toEqual([
      'CORS_ORIGIN in the environment is no setting: is CORS_ORIGINS meant?',
    ]);
    expect(readEnv({ FEATURE: 'x' }, ['FEATURE', 'PORT']).warnings).toEqual([
      'FEATURE in .env is no setting, and nothing reads it: .env.example lists them all',
    ]);
  });
});
