import { runServer } from './process/run-server.ts';
import { loadEnvFile } from './settings/project-root.ts';

loadEnvFile();
// Who starts it for themselves takes `pnpm dev`: what is started by this serves others, unless it is told otherwise.
process.env.NODE_ENV ||= 'production';
await runServer({ supervised: false });
