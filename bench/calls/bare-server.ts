import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import pg from 'pg';

// What the calls are measured against, in a process of its own: Fastify and pg with nothing around them, as one would write them
// for a single prompt. It shows what HTTP, the driver and the round trips cost by themselves.

const PROMPT = {
  name: 'prompt',
  text: `SELECT prompts.id, prompts.slug, prompts.title, prompts.description, prompts.content, prompts.messages, prompts.config,
      prompts.input_schema AS "inputSchema", prompts.output_schema AS "outputSchema", prompts.category, prompts.kind,
      prompts.version, prompts.visibility, prompts.is_template AS "isTemplate", prompts.created_at AS "createdAt",
      prompts.updated_at AS "updatedAt", users.handle, users.name AS owner
    FROM prompts JOIN users ON users.id = prompts.user_id WHERE prompts.id = $1`,
};
const KEY = {
  name: 'key',
  text: `SELECT api_keys.id, api_keys.user_id, api_keys.scopes, users.role
    FROM api_keys JOIN users ON users.id = api_keys.user_id
    WHERE key_hash = $1 AND revoked_at IS NULL AND users.status = 'active'`,
};

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = fastify();

app.get<{ Params: { id: string } }>('/one/:id', async (req) => {
  const { rows } = await pool.query({ ...PROMPT, values: [req.params.id] });
  return rows[0];
});
app.get<{ Params: { id: string } }>('/two/:id', async (req, reply) => {
  const key = createHash('sha256').update(String(req.headers['x-api-key'])).digest();
  const found = await pool.query({ ...KEY, values: [key] });
  if (found.rows.length === 0) return reply.code(401).send();
  const { rows } = await pool.query({ ...PROMPT, values: [req.params.id] });
  return rows[0];
});

let kept = '';
process.on('message', (text) => {
  kept = String(text);
  process.send?.('kept');
});
app.get('/memory', (_, reply) => reply.type('application/json; charset=utf-8').send(kept));

await app.listen({ port: 0, host: '127.0.0.1' });
process.on('disconnect', () => process.exit());
process.send?.((app.server.address() as AddressInfo).port);
