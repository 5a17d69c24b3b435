import { describe, expect, it } from 'vitest';
import { missingParts } from './missing-parts.ts';

const manifest = {
  name: '@promptory/kit',
  description: 'A kit.',
  keywords: ['kit'],
  license: 'MIT',
  author: 'The Promptory authors',
  homepage: 'https://example.org/kit',
  repository: { type: 'git', url: 'git+https://example.org/kit.git' },
  bugs: 'https://example.org/kit/issues',
  engines: { node: '>=22' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
  files: ['dist'],
  publishConfig: { access: 'public', provenance: true },
  peerDependencies: { zod: '^4.6.0' },
};
const files = ['README.md', 'LICENSE.md', 'package.json', 'dist/index.js', 'dist/index.d.ts'];
const missing = (changes: object, paths = files): string[] =>
  missingParts({ ...manifest, ...changes }, { files: paths.map((path) => ({ path })) });

describe('a package', () => {
  it('that is whole lacks nothing', () => {
    expect(missing({})).toEqual([]);
  });

  it.each([
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
  ])('that does not say its %s is not published', (field) => {
    expect(missing({ [field]: undefined })).toContain(`package.json has no ${field}.`);
  });

  it('that lacks its provenance is not published', () => {
    const changes = { publishConfig: { access: 'public' } };
    expect(missing(changes)).toEqual(['It would be published without provenance.']);
  });

  it('needs its readme and licence, and brings no tests', () => {
    expect(missing({}, ['package.json', 'dist/index.js', 'dist/slug.test.js', 'test/given.ts'])).toEqual([
      'README.md is not packed.',
      'LICENSE.md is not packed.',
      'dist/slug.test.js is a test.',
      'test/given.ts is a test.',
    ]);
  });

  it('may not depend on what only this repository has', () => {
    expect(missing({ dependencies: { '@promptory/db': 'workspace:*' } })).toEqual([
      'It depends on @promptory/db, which is not published.',
    ]);
    expect(
      missing({ peerDependencies: { '@promptory/schemas': 'workspace:*', '@promptory/client': '^1.0.0' } }),
    ).toEqual(['It depends on @promptory/schemas, which is not published.']);
    expect(missing({ exports: { '.': { '@promptory/source': './src/index.ts' } } })).toEqual([
      'Its exports name sources.',
    ]);
  });
});
