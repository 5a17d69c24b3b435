import { givenCast } from '@promptory/api/testing';
import { expect, it } from 'vitest';
import { givenApp } from '../harness/boot.ts';

const server = await givenApp();
const cast = await givenCast(server.services);

it('says where a new API key is, and revokes it there', async () => {
  const headers = await server.as.person(cast.alice);
  const payload = { name: 'reader', scopes: ['prompts:read'] };
  const made = await server.call({ method: 'POST', url: '/users/api-keys', headers, payload });
  const key = { 'x-api-key': String(made.json().key) };
  expect(made.statusCode).toBe(201);
  expect(made.headers.location).toBe(`/users/api-keys/${made.json().apiKey.id}`);
  expect((await server.call({ url: '/prompts', headers: key })).statusCode).toBe(200);
  const revoked = await server.call({ method: 'DELETE', url: String(made.headers.location), headers });
  expect(revoked.statusCode).toBe(204);
  expect((await server.call({ url: '/prompts', headers: key })).statusCode).toBe(401);
});
