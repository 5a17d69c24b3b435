import { runServer } from './process/run-server.ts';
import { loadServingEnv } from './settings/project-root.ts';

loadServingEnv();
await runServer({ supervised: false });
