/** What `pnpm pack --json` says of a tarball. */
export interface Packed {
  readonly files: readonly { readonly path: string }[];
}

type Json = Readonly<Record<string, unknown>>;

const FIELDS = [
  'description',
  'keywords',
  'license',
  'author',
  'homepage',
  'repository',
  'bugs',
  'engines',
  'exports',
  'files',
  'publishConfig',
];
const FILES = ['README.md', 'LICENSE.md', 'package.json'];

/** Packages of ours that others can install. */
const PUBLISHED = ['@promptory/cli', '@promptory/client', '@promptory/trpc-fastify'];

/** What a packed package lacks, and what of it would break where it is installed. `manifest` is the one in the tarball. */
export function missingParts(manifest: Json, { files }: Packed): string[] {
  const paths = files.map(({ path }) => path);
  const needed = Object.keys({ ...asObject(manifest.dependencies), ...asObject(manifest.peerDependencies) });
  return [
    ...FIELDS.filter((field) => manifest[field] === undefined).map((field) => `package.json has no ${field}.`),
    ...(asObject(manifest.publishConfig).provenance === true ? [] : ['It would be published without provenance.']),
    ...FILES.filter((file) => !paths.includes(file)).map((file) => `${file} is not packed.`),
    ...paths.filter((path) => /\.test\.|(?:^|\/)test\//.test(path)).map((path) => `${path} is a test.`),
    ...needed
      .filter((name) => name.startsWith('@promptory/') && !PUBLISHED.includes(name))
      .map((name) => `It depends on ${name}, which is not published.`),
    ...(JSON.stringify(manifest.exports ?? {}).includes('@promptory/source') ? ['Its exports name sources.'] : []),
  ];
}

const asObject = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
