import fastify from 'fastify';
import pg from 'pg';

// What a start is measured against: Fastify and pg with nothing around them. Plain JavaScript, as what is built.
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
const app = fastify({ logger: true });
app.get('/health/ready', async () => {
  await pool.query('SELECT 1');
  return {};
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => process.exit());
