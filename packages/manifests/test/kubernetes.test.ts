import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';

const PACKAGE = join(import.meta.dirname, '..');
const BASE = join(PACKAGE, '../../apps/server/deploy/kubernetes/base');

interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
}

async function manifestsOf(folder: string): Promise<Manifest[]> {
  const files = (await readdir(folder)).filter((name) => name !== 'kustomization.yaml').toSorted();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Manifest));
}

const moduleOf = ({ apiVersion, kind }: Manifest): string => `kubernetes-models/${apiVersion}/${kind}`;

/** What the schema of its kind has against a manifest. */
async function faultOf(manifest: Manifest): Promise<string | undefined> {
  const models = (await import(moduleOf(manifest))) as Record<string, new (of: object) => { validate(): void }>;
  const Model = models[manifest.kind];
  if (Model === undefined) throw new Error(`There is no kind ${manifest.kind}.`);
  try {
    new Model(manifest).validate();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

describe('the manifests for Kubernetes', async () => {
  const manifests = await manifestsOf(BASE);
  let folder: string;
  beforeAll(async () => {
    // Below this package, where its types are found.
    folder = await mkdtemp(join(PACKAGE, 'node_modules/.manifests-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** What the types have against manifests as literals: a name too many is a fault to them, and none to the schemas. */
  async function faultsOfTypes(all: readonly Manifest[]): Promise<string> {
    const lines = all.map(
      (manifest, at) =>
        `import type { I${manifest.kind} as T${at} } from '${moduleOf(manifest)}';\nexport const m${at}: T${at} = ${JSON.stringify(manifest)};\n`,
    );
    const file = join(folder, 'manifests.ts');
    await writeFile(file, lines.join(''));
    const flags = ['--noEmit', '--strict', '--module', 'nodenext', '--skipLibCheck', '--ignoreConfig', file];
    const tsc = join(PACKAGE, '../../node_modules/.bin/tsc');
    return promisify(execFile)(tsc, flags, { cwd: folder }).then(
      () => '',
      (error: { stdout: string }) => error.stdout,
    );
  }

  it('are right by the schema of each kind', async () => {
    expect(manifests.map(({ kind }) => kind).toSorted()).toEqual([
      'CronJob',
      'Deployment',
      'HorizontalPodAutoscaler',
      'Job',
      'NetworkPolicy',
      'PersistentVolumeClaim',
      'PodDisruptionBudget',
      'Service',
    ]);
    for (const manifest of manifests) expect(await faultOf(manifest), manifest.kind).toBeUndefined();
    const service = manifests.find(({ kind }) => kind === 'Service') as Manifest;
    const wrong = { ...service, spec: { ports: [{ port: 'eighty' }] } };
    expect(await faultOf(wrong)).toContain('must be integer');
  });

  it('name nothing that their kinds do not have', async () => {
    expect(await faultsOfTypes(manifests)).toBe('');
    const service = manifests.find(({ kind }) => kind === 'Service') as Manifest;
    expect(await faultsOfTypes([{ ...service, spec: { selectors: {} } } as Manifest])).toContain('"selectors"');
  });
});
