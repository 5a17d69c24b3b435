// `pnpm start`. Plain JavaScript beside the build, so that it can say that there is none.
const main = new URL('../dist/bundled/main.js', import.meta.url);
try {
  await import(main.href);
} catch (error) {
  if (error?.code !== 'ERR_MODULE_NOT_FOUND') throw error;
  const what = error.url === main.href ? 'Nothing is built yet' : 'The build is not whole, or not all is installed';
  process.stderr.write(`${what}: run \`pnpm install\` and \`pnpm build\` first. \`pnpm dev\` needs no build.\n`);
  process.exitCode = 1;
}
