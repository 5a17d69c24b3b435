import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../src/settings/project-root.ts';

const SCRIPT = join(ROOT, 'apps/server/deploy/kubernetes/deploy.sh');
const RENDERED = 'spec:\n  containers:\n    - image: registry.example.com/promptory:0.1.0\n';
const IMAGE = 'ghcr.io/promptory/promptory@sha256:0a1b';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promptory-deploy-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Runs the script where `kubectl` and `curl` write down what they are asked, and say of some calls that they failed. */
async function deploy(fails: { readonly kubectl?: string; readonly curl?: string; readonly before?: string }) {
  const program = async (name: string, lines: readonly string[]): Promise<void> => {
    const file = join(folder, name);
    await writeFile(file, ['#!/bin/bash', `echo "${name} $*" >>'${folder}/asked'`, ...lines, 'exit 0', ''].join('\n'));
    await chmod(file, 0o755);
  };
  await program('kubectl', [
    `case "$*" in kustomize*) printf '${RENDERED.replaceAll('\n', '\\n')}';;`,
    `*jsonpath*) printf '%s' '${fails.before ?? '7'}';;`,
    `apply*) cat "$3" >'${folder}/applied';; esac`,
    fails.kubectl === undefined ? '' : `case "$*" in *'${fails.kubectl}'*) exit 1;; esac`,
  ]);
  await program('curl', fails.curl === undefined ? [] : [`case "$*" in *'${fails.curl}'*) exit 22;; esac`]);
  const env = {
    PATH: `${folder}:${process.env.PATH}`,
    IMAGE,
    OVERLAY: 'staging',
    NAMESPACE: 'promptory-staging',
    URL: 'https://promptory.example.com',
  };
  const code = await promisify(execFile)('bash', [SCRIPT], { env }).then(
    () => 0,
    (error: { code: number }) => error.code,
  );
  const asked = (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');
  return { code, asked, applied: await readFile(join(folder, 'applied'), 'utf8') };
}

describe('the script that deploys', () => {
  it('migrates, replaces the servers with the image that it is given, and asks them whether they serve', async () => {
    const { code, asked, applied } = await deploy({});
    expect(code).toBe(0);
    expect(applied).toBe(RENDERED.replace('registry.example.com/promptory:0.1.0', IMAGE));
    const steps = ['delete job promptory-migrate', 'apply', 'wait', 'rollout status', '/health/ready', '/openapi.json'];
    const places = steps.map((step) => asked.findIndex((line) => line.includes(step)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    expect(asked.filter((line) => line.includes('undo'))).toEqual([]);
  });

  it.each([
    ['the migration does not end', { kubectl: 'job/promptory-migrate' }],
    ['the new servers do not come up', { kubectl: 'rollout status deployment/promptory --timeout=300s' }],
    ['they do not answer', { curl: '/health/ready' }],
    ['they answer something else', { curl: '/openapi.json' }],
  ])('goes back to what stood before where %s', async (_, fails) => {
    const { code, asked } = await deploy(fails);
    expect(code).toBe(1);
    expect(asked).toContain('kubectl --namespace promptory-staging rollout undo deployment/promptory --to-revision=7');
  });

  it('fails, and undoes nothing, where nothing stood there before', async () => {
    const { code, asked } = await deploy({ curl: '/health/ready', before: '' });
    expect(code).toBe(1);
    expect(asked.filter((line) => line.includes('undo'))).toEqual([]);
  });
});
