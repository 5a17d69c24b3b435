// Packs the package of the working folder as `pnpm publish` does, and checks what a stranger would get of it.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { missingParts, type Packed } from './missing-parts.ts';

const run = promisify(execFile);
const folder = process.cwd();
const temporary = await mkdtemp(join(tmpdir(), 'promptory-pack-'));

try {
  const { stdout } = await run('pnpm', ['pack', '--json', '--pack-destination', temporary], { cwd: folder });
  const packed: Packed & { filename: string } = JSON.parse(stdout.slice(stdout.indexOf('{\n')));
  const { buffer, byteOffset, byteLength } = await readFile(packed.filename);
  const tarball = buffer.slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ strict: true, pack: { tarball } });
  const complaints = [
    ...missingParts(pkg, packed),
    ...messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code),
    ...(await wrongTypes(packed.filename)),
  ];
  for (const complaint of complaints) process.stderr.write(`${complaint}\n`);
  if (complaints.length > 0) process.exitCode = 1;
} finally {
  await rm(temporary, { recursive: true, force: true });
}

/** What `attw` finds wrong with the types, for those who import the package as an ES module. */
async function wrongTypes(tarball: string): Promise<string[]> {
  const attw = join(import.meta.dirname, '../node_modules/@arethetypeswrong/cli/dist/index.js');
  return run(process.execPath, [attw, tarball, '--profile', 'esm-only', '--no-color', '--no-emoji']).then(
    () => [],
    (failure: { stdout: string }) => [failure.stdout],
  );
}
