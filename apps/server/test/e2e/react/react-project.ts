import { execFile } from 'node:child_process';
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT, strangersEnvironment } from '../harness/run-server.ts';

const run = promisify(execFile);

/** The guide that is executed. */
const GUIDE = join(ROOT, 'docs/react.md');

const env = strangersEnvironment();

/** What Vite's template `react-ts` has, in the versions that it was tried with. */
const template = {
  react: '19.3.1',
  'react-dom': '19.3.1',
  '@types/react': '19.3.0',
  '@types/react-dom': '19.3.0',
  '@vitejs/plugin-react': '6.3.0',
  typescript: '7.0.2',
  vite: '8.4.0',
};

/** The version of what the guide leaves open. */
const tried: Readonly<Record<string, string>> = { '@tanstack/react-query': '5.108.0' };

const compilerOptions = {
  target: 'es2023',
  lib: ['ES2023', 'DOM', 'DOM.Iterable'],
  module: 'esnext',
  moduleResolution: 'bundler',
  types: ['vite/client'],
  jsx: 'react-jsx',
  strict: true,
  skipLibCheck: true,
  verbatimModuleSyntax: true,
  noUnusedLocals: true,
  noUnusedParameters: true,
  noUncheckedIndexedAccess: true,
  noEmit: true,
};

const files = {
  'index.html':
    '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Guide</title></head>\n<body><div id="root"></div><script type="module" src="/src/main.tsx"></script></body></html>\n',
  'tsconfig.json': JSON.stringify({ compilerOptions, include: ['src'] }),
  'vite.config.ts':
    "import react from '@vitejs/plugin-react';\nimport { defineConfig } from 'vite';\n\nexport default defineConfig({ plugins: [react()] });\n",
};

/** The files that the guide shows, word for word, by path. */
export async function filesOfGuide(): Promise<Map<string, string>> {
  const guide = await readFile(GUIDE, 'utf8');
  const blocks = guide.matchAll(/^```tsx?\n\/\/ (src\/[\w./-]+)\n([\s\S]*?)^```$/gm);
  return new Map(Array.from(blocks, ([, path = '', text = '']) => [path, text]));
}

/** The packages that the guide has installed, with their versions; the client as it was packed here. */
async function packagesOfGuide(client: string): Promise<Record<string, string>> {
  const [, line = ''] = /^npm install (@promptory\/client .*)$/m.exec(await readFile(GUIDE, 'utf8')) ?? [];
  const entries = line.split(' ').map((given): [string, string] => {
    const at = given.indexOf('@', 1);
    if (given === '@promptory/client') return [given, `file:${client}`];
    return at === -1 ? [given, tried[given] ?? 'latest'] : [given.slice(0, at), given.slice(at + 1)];
  });
  return Object.fromEntries(entries);
}

/** A fresh project outside of the workspace. */
export interface ReactProject {
  /** Where in it each copy of a package is installed. */
  copiesOf(name: string): Promise<string[]>;
  /** @throws with the compiler's words */
  compile(): Promise<void>;
  /** Builds it for a server. Answers the folder of what is to be served. */
  build(url: string): Promise<string>;
  remove(): Promise<void>;
}

/** Packs the client, and installs it with what the guide asks for beside it, as a stranger would. */
export async function reactProject(): Promise<ReactProject> {
  const folder = await mkdtemp(join(tmpdir(), 'promptory-react-'));
  const at = (...path: string[]) => join(folder, ...path);
  const inFolder = async (command: string, args: string[], more: Readonly<Record<string, string>> = {}) => {
    await run(command, args, { cwd: folder, env: { ...env, ...more } }).catch((failure) => {
      throw new Error(`${command} ${args.join(' ')}\n${failure.stdout}\n${failure.stderr}`);
    });
  };
  const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', folder], {
    cwd: join(ROOT, 'packages/client'),
    env,
  });
  const { filename } = JSON.parse(stdout.slice(stdout.indexOf('{\n'))) as { filename: string };
  const dependencies = { ...template, ...(await packagesOfGuide(filename)) };
  const all = new Map([
    ...Object.entries(files),
    ['package.json', JSON.stringify({ name: 'guide', private: true, type: 'module', dependencies }, null, 2)],
    ...(await filesOfGuide()),
  ]);
  for (const [path, text] of all) {
    await mkdir(dirname(at(path)), { recursive: true });
    await writeFile(at(path), text);
  }
  await inFolder('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', '--strict-peer-deps']);
  const tool = (name: string) => [at('node_modules', name)];
  return {
    async copiesOf(name) {
      const found: string[] = [];
      for await (const path of glob(`node_modules/**/${name}/package.json`, { cwd: folder })) found.push(dirname(path));
      return found;
    },
    compile: () =>
      inFolder(process.execPath, [...tool('typescript/bin/tsc'), '-p', 'tsconfig.json', '--pretty', 'false']),
    async build(url) {
      await inFolder(process.execPath, [...tool('vite/bin/vite.js'), 'build', '--logLevel', 'warn'], {
        VITE_PROMPTORY_URL: url,
      });
      return at('dist');
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
