import { loadEnvFile } from './project-root.ts';
import { runServer } from './run-server.ts';

loadEnvFile();
await runServer({ supervised: false });
