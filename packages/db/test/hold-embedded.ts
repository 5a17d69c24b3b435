import { once } from 'node:events';
import pg from 'pg';
import { openEmbedded } from '../src/embedded/index.ts';

// A process for tests: opens the embedded PostgreSQL of a folder, prints its address, and gives it back on SIGINT or end of input.
const folder = process.argv[2] ?? '';
const embedded = await openEmbedded({ folder });
// Whoever reads the address may send the signal at once.
const signal = once(process, 'SIGINT');
process.stdout.write(`${JSON.stringify(embedded)}\n`);
process.stdin.resume();
await Promise.race([signal, once(process.stdin, 'end')]);
const client = new pg.Client({ connectionString: embedded.connectionString });
await client.connect();
const { rows } = await client.query('select 1 as one');
await client.end();
await embedded.close();
process.stdout.write(`${JSON.stringify(rows[0])}\n`);
process.exit(0);
