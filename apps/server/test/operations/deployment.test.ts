import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { validateWorkflow } from '@action-validator/core';
import { timeLimits } from '@promptory/db';
import { DCLinter } from 'dclint';
import { validate } from 'dockerfile-utils';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { settingNames } from '../../src/settings/env.ts';
import { ROOT } from '../../src/settings/project-root.ts';

const textOf = (path: string): Promise<string> => readFile(join(ROOT, path), 'utf8');

/** What a program of this machine says, or that there is none. */
async function check(program: string, args: readonly string[], env: Record<string, string> = {}): Promise<string> {
  try {
    await promisify(execFile)(program, args, { cwd: ROOT, env: { ...process.env, ...env } });
    return 'nothing against it';
  } catch (error) {
    const said = `${Reflect.get(Object(error), 'stdout')}${Reflect.get(Object(error), 'stderr')}`;
    // EACCES where a folder of the PATH is closed to this user, or the program itself is.
    return ['ENOENT', 'EACCES'].includes(Reflect.get(Object(error), 'code')) ? 'not there' : said;
  }
}

describe('.env.example', () => {
  it('has every setting', async () => {
    const example = await textOf('.env.example');
    expect(settingNames.filter((name) => !example.includes(`\n#${name}=`))).toEqual([]);
  });
});

describe('docs/operations.md', () => {
  it('says how to size every setting that bounds something', async () => {
    const page = await textOf('docs/operations.md');
    const bounds = /^(RATE_LIMIT|QUOTA|MAX|SLOWEST|CALLS|STREAMS|WATCHES|CACHE|HISTORY|AUDIT|WORKER)_?/;
    const named = settingNames.filter((name) => bounds.test(name));
    expect(named.length).toBeGreaterThan(40);
    expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

describe('docker-compose.yml', async () => {
  interface Service {
    readonly environment?: Readonly<Record<string, string>>;
    readonly ports?: readonly string[];
    readonly profiles?: readonly string[];
    readonly restart?: string;
    readonly healthcheck?: object;
    readonly image?: string;
    readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
    readonly configs?: readonly { readonly source: string; readonly target: string }[];
  }
  const text = await textOf('docker-compose.yml');
  const { services, configs } = parse(text, { merge: true }) as {
    services: Readonly<Record<string, Service>>;
    configs: Readonly<Record<string, { readonly content?: string; readonly file?: string }>>;
  };
  /** Of the profile `scale`. */
  const scaled = ['server-1', 'server-2'];
  const onceDone = ['migrate', 'replication'];

  it('passes every setting through, but those that the container itself gives', () => {
    // The port within the container; where development keeps its files.
    const given = ['PORT', 'HOST', 'DATA_FOLDER'];
    for (const server of ['server', ...scaled]) {
      const { environment = {} } = services[server] ?? {};
      expect(settingNames.filter((name) => !(name in environment) && !given.includes(name))).toEqual([]);
      const fixed = Object.entries(environment).filter(([name, value]) => !value.includes(`\${${name}`));
      const others = server === 'server' ? [] : ['DATABASE_FEED_URL', 'DATABASE_REPLICA_URL'];
      expect(fixed.map(([name]) => name).toSorted()).toEqual([...others, 'DATABASE_URL', 'NODE_ENV']);
      expect(Object.keys(environment).filter((name) => !settingNames.includes(name))).toEqual([]);
    }
  });

  it('adds with a profile two servers behind PgBouncer, which read at a replica and hear of changes directly', () => {
    const added = Object.keys(services).filter((name) => services[name]?.profiles?.includes('scale'));
    expect(added.toSorted()).toEqual(['pgbouncer', 'replica', 'replication', ...scaled]);
    for (const name of scaled) {
      const { environment = {}, depends_on = {} } = services[name] ?? {};
      const hosts = ['DATABASE_URL', 'DATABASE_FEED_URL', 'DATABASE_REPLICA_URL', 'REDIS_URL'].map(
        (setting) => /(?:@|redis:\/\/)(\w+):/.exec(environment[setting] ?? '')?.[1],
      );
      expect(hosts).toEqual(['pgbouncer', 'postgres', 'replica', 'redis']);
      expect(Object.keys(depends_on)).toEqual(expect.arrayContaining(['migrate', 'pgbouncer', 'replica', 'redis']));
    }
  });

  it('adds a Prometheus and a Grafana with one profile, and with another one Caddy, each by files that are there', async () => {
    const of = (profile: string) => Object.keys(services).filter((name) => services[name]?.profiles?.includes(profile));
    expect(of('observability')).toEqual(['prometheus', 'grafana']);
    expect(of('tls')).toEqual(['caddy']);
    expect(await textOf('ops/caddy/Caddyfile')).toContain('reverse_proxy server:3000 ');
    const files = Object.values(configs).flatMap(({ file }) => (file === undefined ? [] : [file]));
    expect(files).toHaveLength(6);
    for (const file of files) expect(await textOf(file), file).not.toBe('');
  });

  it('has Prometheus ask each server by the name and port that it has, with the token, by the rules that are there', async () => {
    const { scrape_configs: jobs, rule_files: rules } = parse(await textOf('ops/prometheus/prometheus.yml'));
    const servers = ['server', ...scaled];
    expect(jobs).toMatchObject([
      {
        job_name: 'promptory',
        authorization: { credentials_file: 'metrics-token' },
        dns_sd_configs: [{ names: servers, port: 3000 }],
      },
    ]);
    expect(rules).toEqual(['rules.yml']);
    const targets = services.prometheus?.configs?.map(({ target }) => target);
    expect(targets).toEqual(['prometheus.yml', 'rules.yml', 'metrics-token'].map((name) => `/etc/prometheus/${name}`));
  });

  it('gives Grafana the Prometheus beside it, and the dashboard where it looks for some', async () => {
    const { datasources } = parse(await textOf('ops/grafana/provisioning/datasources.yml'));
    expect(datasources).toMatchObject([{ type: 'prometheus', url: 'http://prometheus:9090', isDefault: true }]);
    const { providers } = parse(await textOf('ops/grafana/provisioning/dashboards.yml'));
    const [{ options }] = providers;
    const place = services.grafana?.configs?.find(({ source }) => source === 'dashboard')?.target;
    expect(place).toBe(`${options.path}/promptory.json`);
  });

  it('names every image with a version', () => {
    const images = Object.values(services).flatMap(({ image }) => (image === undefined ? [] : [image]));
    expect(images.length).toBeGreaterThan(8);
    expect(images.filter((image) => !/^[\w./-]+:v?\d[\w.-]*$/.test(image))).toEqual([]);
  });

  describe('by its schema', () => {
    // Which ports are for everybody stands below.
    const rules = { 'no-unbound-port-interfaces': 0 } as const;
    const linter = new DCLinter({ rules, quiet: true, debug: false, exclude: [] });
    interface Message {
      readonly rule: string;
      readonly type: string;
    }
    const mistakesIn = (path: string): Message[] => {
      const results = linter.lintFiles([path], false) as readonly { readonly messages: readonly Message[] }[];
      return results.flatMap(({ messages }) => messages.filter(({ type }) => type === 'error'));
    };

    it('has no mistake', () => {
      expect(mistakesIn(join(ROOT, 'docker-compose.yml'))).toEqual([]);
    });

    it.each([
      '{ image: "b:1", restarts: always }',
      '{ image: "b:1", profiles: 3 }',
      '{ image: "b:1", ports: [{ targets: 1 }] }',
    ])('would have one with a service %s', async (service) => {
      const folder = await mkdtemp(join(tmpdir(), 'promptory-compose-'));
      const path = join(folder, 'docker-compose.yml');
      await writeFile(path, `services:\n  a: ${service}\n`);
      expect(mistakesIn(path).map(({ rule }) => rule)).toContain('invalid-schema');
      await rm(folder, { recursive: true });
    });
  });

  it('has PgBouncer set the limits of time that a server asks for, and pool transactions', () => {
    const lines = configs.pgbouncer?.content?.split('\n') ?? [];
    const limits = Object.entries(timeLimits).map(([name, ms]) => `SET ${name} = ${ms}`);
    expect(lines[1]).toContain(`connect_query='${limits.join('; ')}'`);
    expect(lines).toContain(`ignore_startup_parameters = ${Object.keys(timeLimits).join(', ')}`);
    expect(lines).toContain('pool_mode = transaction');
  });

  it('names no service, volume or file of a configuration that is not there', () => {
    interface Named {
      readonly depends_on?: object;
      readonly volumes?: readonly string[];
      readonly configs?: readonly { readonly source: string }[];
    }
    const whole = parse(text, { merge: true }) as { volumes: object; services: Record<string, Named> };
    for (const { depends_on = {}, volumes = [], configs: files = [] } of Object.values(whole.services)) {
      expect(Object.keys(services)).toEqual(expect.arrayContaining(Object.keys(depends_on)));
      expect(Object.keys(whole.volumes)).toEqual(expect.arrayContaining(volumes.map((volume) => volume.split(':')[0])));
      expect(Object.keys(configs)).toEqual(expect.arrayContaining(files.map(({ source }) => source)));
    }
  });

  it('gives the owner of the schema to the migration alone, and to what makes the role of a replica', () => {
    const withOwner = Object.entries(services).filter(([, { environment = {} }]) =>
      JSON.stringify(environment).includes('POSTGRES_PASSWORD'),
    );
    expect(withOwner.map(([name]) => name).toSorted()).toEqual(['migrate', 'postgres', 'replication']);
  });

  it('publishes all but Caddy on this machine alone, and no database', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [] }]) => ports.map((port) => [name, port]));
    expect(published).toEqual([
      ['mail', '127.0.0.1:8025:8025'],
      ['server', '127.0.0.1:3000:3000'],
      ['server-1', '127.0.0.1:3001:3000'],
      ['server-2', '127.0.0.1:3002:3000'],
      ['prometheus', '127.0.0.1:9090:9090'],
      ['grafana', '127.0.0.1:3030:3000'],
      ['caddy', '80:80'],
      ['caddy', '443:443'],
    ]);
  });

  it('starts again what ends, and waits for what is needed to be healthy', () => {
    for (const [name, service] of Object.entries(services)) {
      expect(service.restart, name).toBe(onceDone.includes(name) ? 'on-failure:3' : 'unless-stopped');
      // The server's is in its image.
      const lasts = service.image !== undefined && !onceDone.includes(name);
      expect(service.healthcheck !== undefined, name).toBe(lasts);
      for (const [needed, { condition }] of Object.entries(service.depends_on ?? {})) {
        expect(condition).toBe(onceDone.includes(needed) ? 'service_completed_successfully' : 'service_healthy');
      }
    }
  });

  it('is right for compose, where this machine has it', async () => {
    const secrets = { JWT_SECRET: 'a', POSTGRES_PASSWORD: 'b', DATABASE_PASSWORD: 'c', REPLICATION_PASSWORD: 'd' };
    // Docker may be there without it.
    const isThere = (await check('docker', ['compose', 'version'])) === 'nothing against it';
    const config = ['compose', '--profile', '*', 'config', '--quiet'];
    const said = isThere ? await check('docker', config, secrets) : 'not there';
    expect(['nothing against it', 'not there']).toContain(said);
  });
});

describe('the Caddyfile', () => {
  it('is right for Caddy, where this machine has it', async () => {
    const args = ['validate', '--adapter', 'caddyfile', '--config', 'ops/caddy/Caddyfile'];
    expect(['nothing against it', 'not there']).toContain(await check('caddy', args));
  });
});

describe('Dockerfile', () => {
  it('has no fault that a linter of its language finds', async () => {
    expect(validate(await textOf('Dockerfile'))).toEqual([]);
    expect(validate('FROM node:24\nCOPPY . .\n')).toHaveLength(1);
  });

  it('is right for hadolint, where this machine has it', async () => {
    expect(['nothing against it', 'not there']).toContain(await check('hadolint', ['Dockerfile']));
  });

  it('has the C library keep little of what was freed', async () => {
    expect(await textOf('Dockerfile')).toMatch(/^ENV NODE_ENV=production .*\bMALLOC_ARENA_MAX=2$/m);
  });

  it('copies the manifest of every package before it installs', async () => {
    const dockerfile = await textOf('Dockerfile');
    const manifests = (await textOf('pnpm-lock.yaml')).match(/^ {2}(?:apps|packages)\/[\w-]+:$|^ {2}bench:$/gm) ?? [];
    expect(manifests.length).toBeGreaterThan(8);
    for (const line of manifests) {
      const folder = line.trim().slice(0, -1);
      expect(dockerfile).toContain(`COPY ${folder}/package.json ${folder}/\n`);
    }
  });
});

describe('the workflows', () => {
  it('have the form that GitHub asks for, and need no job that is not there', async () => {
    const names = await readdir(join(ROOT, '.github/workflows'));
    expect(names.length).toBeGreaterThan(1);
    for (const name of names) {
      expect(validateWorkflow(await textOf(`.github/workflows/${name}`)), name).toMatchObject({ errors: [] });
    }
    const wrong = 'on: push\njobs:\n  one:\n    runs-on: ubuntu-24.04\n    needs: two\n    steps: [{ run: a }]\n';
    expect(validateWorkflow(wrong).errors).toHaveLength(1);
  });
});

describe('the manifests for Kubernetes', async () => {
  const folder = 'apps/server/deploy/kubernetes';
  interface Manifest {
    readonly kind: string;
    readonly metadata: { readonly name: string };
    readonly spec: object;
  }
  interface Kustomization {
    readonly resources: readonly string[];
    readonly configMapGenerator: readonly { readonly name: string; readonly literals: readonly string[] }[];
    readonly patches?: readonly { readonly target: Record<string, string>; readonly patch: string }[];
  }
  const kustomizationOf = async (name: string): Promise<Kustomization> =>
    parse(await textOf(`${folder}/${name}/kustomization.yaml`));
  const base = await kustomizationOf('base');
  const texts = await Promise.all(base.resources.map((name) => textOf(`${folder}/base/${name}`)));
  const manifests = texts.flatMap((text) =>
    parseAllDocuments(text).map((document) => {
      expect(document.errors).toEqual([]);
      return document.toJS() as Manifest;
    }),
  );
  /** Everything of a name in them, however deep: of `image` every image. */
  const allOf = (name: string, within: unknown = manifests): unknown[] =>
    Object.entries(Object(within)).flatMap(([key, value]) => [
      ...(key === name ? [value] : []),
      ...(typeof value === 'object' ? allOf(name, value) : []),
    ]);

  it('are every file of their folder, and their settings are settings', async () => {
    const files = (await readdir(join(ROOT, folder, 'base'))).filter((name) => name !== 'kustomization.yaml');
    expect(base.resources.toSorted()).toEqual(files.toSorted());
    for (const name of ['base', 'staging', 'production']) {
      const { configMapGenerator } = await kustomizationOf(name);
      const given = configMapGenerator.flatMap(({ literals }) => literals.map((literal) => literal.split('=')[0]));
      expect(given.length).toBeGreaterThan(0);
      expect(given.filter((setting) => !settingNames.includes(setting ?? ''))).toEqual([]);
    }
  });

  it('change in staging and production what is there', async () => {
    for (const name of ['staging', 'production']) {
      const { resources, patches = [] } = await kustomizationOf(name);
      expect(resources).toEqual(['../base']);
      for (const { target, patch } of patches) {
        const found = manifests.find(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
        const places = (parse(patch) as { readonly path: string }[]).map(({ path }) =>
          path
            .split('/')
            .slice(1)
            .reduce<unknown>((at, key) => Reflect.get(Object(at), key), found),
        );
        expect(places.length).toBeGreaterThan(0);
        expect(places).not.toContain(undefined);
      }
    }
  });

  it('run the image as nobody, on a file system that is read only, with bounds of memory', () => {
    const pods = allOf('template').filter((template) =>
      Reflect.has(Object(Reflect.get(Object(template), 'spec')), 'containers'),
    );
    expect(pods).toHaveLength(3);
    for (const pod of pods) {
      expect(allOf('runAsNonRoot', pod)).toEqual([true]);
      expect(allOf('readOnlyRootFilesystem', pod)).toEqual([true]);
      expect(allOf('allowPrivilegeEscalation', pod)).toEqual([false]);
      expect(allOf('drop', pod)).toEqual([['ALL']]);
      expect(allOf('limits', pod)).toEqual([{ memory: expect.stringMatching(/^\d+[GM]i$/) }]);
      expect(allOf('image', pod)).toEqual(['promptory']);
    }
  });

  it('ask the server where it answers, and give it the time that it takes to end', () => {
    const paths = allOf('httpGet').map((probe) => Reflect.get(Object(probe), 'path'));
    expect(paths.toSorted()).toEqual(['/health/live', '/health/live', '/health/ready']);
    expect(allOf('containerPort')).toEqual([3000]);
    expect(allOf('terminationGracePeriodSeconds')).toEqual([12]);
  });

  it('give the owner of the schema to the migration alone, and run commands that the image has', async () => {
    const owners = manifests.filter((manifest) => JSON.stringify(manifest).includes('DATABASE_OWNER_URL'));
    expect(owners.map(({ metadata }) => metadata.name)).toEqual(['promptory-migrate']);
    const commands = allOf('command') as [string, string][];
    expect(commands).toHaveLength(2);
    for (const [, script] of commands) {
      const source = script.replace('/dist/', '/src/').replace(/\.js$/, '.ts');
      expect(await textOf(source)).toContain('import');
    }
  });

  it('select the pods that they mean', () => {
    const labels = { 'app.kubernetes.io/name': 'promptory', 'app.kubernetes.io/component': 'server' };
    const server = manifests.find(({ kind }) => kind === 'Deployment');
    expect(allOf('template', server).map((template) => allOf('labels', template)[0])).toEqual([labels]);
    const selected = [
      ...allOf('matchLabels'),
      ...allOf(
        'selector',
        manifests.filter(({ kind }) => kind === 'Service'),
      ),
    ];
    expect(selected).toHaveLength(5);
    for (const selector of selected) expect(labels).toMatchObject(Object(selector));
  });
});

describe('renovate.json', async () => {
  interface Renovate {
    readonly packageRules: readonly { readonly matchPackageNames?: readonly string[]; readonly enabled?: boolean }[];
  }
  const { packageRules } = JSON.parse(await textOf('.github/renovate.json')) as Renovate;

  it('names packages that are there', async () => {
    const lockfile = await textOf('pnpm-lock.yaml');
    const named = packageRules.flatMap(({ matchPackageNames = [] }) => matchPackageNames);
    expect(named.length).toBeGreaterThan(3);
    const packages = named.filter((name) => !/[*/]$/.test(name) && !name.startsWith('/'));
    expect(packages.filter((name) => !lockfile.includes(`${name}@`) && !lockfile.includes(`'${name}':`))).toEqual([]);
  });
});

describe('the unit of systemd', async () => {
  const unit = await textOf('apps/server/deploy/promptory.service');
  const settings = unit.split('\n').filter((line) => /^\w+=/.test(line));

  it('runs production as a user without rights, starts again, and is given time to finish', () => {
    for (const line of [
      'User=promptory',
      'Environment=NODE_ENV=production MALLOC_ARENA_MAX=2',
      // As `pnpm start`, which says where nothing is built.
      'ExecStart=/usr/bin/node apps/server/scripts/start.js',
      'Restart=always',
      'TimeoutStopSec=12',
      'NoNewPrivileges=true',
      'CapabilityBoundingSet=',
      'ProtectSystem=strict',
      'ProtectHome=true',
    ]) {
      expect(settings).toContain(line);
    }
  });

  it('is right for systemd, where this machine has it, and exposes little', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'promptory-unit-'));
    const copy = join(folder, 'promptory.service');
    // It looks for the program, which may be elsewhere here.
    await writeFile(copy, unit.replace('/usr/bin/node', process.execPath));
    const fine = ['nothing against it', 'not there'];
    expect(fine).toContain(await check('systemd-analyze', ['verify', '--man=no', copy]));
    // In tenths: 2.0 of 10, where most services have 9.
    expect(fine).toContain(await check('systemd-analyze', ['security', '--offline=true', '--threshold=20', copy]));
    await rm(folder, { recursive: true });
  });
});
