const WRITTEN_BY_HAND = /\.(?:tsx?|css|md|mjs|ya?ml|html)$|^(?:\.env\.example|\.ci\/run)$/;
// A landed migration is never edited, and these files are about the words.
const LEFT_OUT = /^packages\/db\/src\/migrations\/|^packages\/tools\/words\/|\/CHANGELOG\.md$|(?:^|\/)pnpm-lock\.yaml$/;

/** Those of the repository's files that people write, in every folder. */
export const filesToLint = (files: readonly string[]): string[] =>
  files.filter((path) => WRITTEN_BY_HAND.test(path) && !LEFT_OUT.test(path));
