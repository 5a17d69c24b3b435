import { nodeTooOld } from './process/require-node.ts';
import { runServer } from './process/run-server.ts';
import { loadServingEnv } from './settings/project-root.ts';

const tooOld = nodeTooOld(process.versions.node);
if (tooOld !== null) {
  process.stderr.write(`${tooOld}\n`);
  process.exit(1);
}
loadServingEnv();
await runServer({ supervised: false });
