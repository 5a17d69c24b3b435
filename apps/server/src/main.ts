import { runServer } from './process/run-server.ts';
import { loadEnvFile } from './settings/project-root.ts';

loadEnvFile();
await runServer({ supervised: false });
