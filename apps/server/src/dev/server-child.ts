import { runServer } from '../process/run-server.ts';
import { liveConsole } from './console/live-console.ts';
import { readableLog } from './readable-log.ts';

// Loaded while the database starts; a message says where that is once it does.
process.once('message', (message) => {
  const databaseUrl: unknown = Reflect.get(Object(message), 'databaseUrl');
  if (typeof databaseUrl === 'string') process.env.DATABASE_URL = databaseUrl;
  void start(typeof databaseUrl === 'string');
});
// The process that started this one ended before it sent that message.
process.once('disconnect', () => setImmediate(() => process.exit(0)).unref());
// A terminal's Ctrl-C reaches every process of its group: the one that started this one decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

async function start(migrated: boolean): Promise<void> {
  await runServer({
    supervised: true,
    migrated,
    destination: readableLog(),
    liveConsole: await liveConsole(),
  });
}
