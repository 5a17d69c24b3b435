import { randomUUID } from 'node:crypto';
import { givenApp } from '../../harness/boot.ts';
import { creating, givenKeyedCall, repeatedPart, takeEffects } from '../../harness/idempotent-calls.ts';
import { takeChanges, watchRows } from '../../harness/row-changes.ts';
import { callProcedure, endpointOf, type Input, unbatchedTransports } from '../../harness/transports.ts';
import { proves } from '../harness/proof.ts';

const server = await givenApp();
await watchRows(server.database);

const AT_ONCE = 20;

proves(
  'D4',
  '20 calls at once under one Idempotency-Key have one effect and one answer, of each creating procedure',
  async (proof) => {
    for (const path of creating) {
      for (const transport of unbatchedTransports) {
        const { input, headers } = await givenKeyedCall(server, path);
        const calls = Array.from({ length: proof.share(AT_ONCE, 5) }, () =>
          callProcedure(server, transport, path, input, headers),
        );
        const answers = await Promise.all(calls);
        proof.cases(answers.length);
        proof.works(answers[0]?.code === 'ok', () => `${path} by ${transport}: ${answers[0]?.code}`);
        const different = new Set(answers.map(repeatedPart));
        const made = await takeEffects(server);
        if (different.size !== 1 || made !== 1) {
          proof.deviation(`${path} by ${transport}: ${different.size} answers, ${made} effects`);
        }
      }
    }
  },
);

/** Inputs that are not the first one, by every field that it has. */
function otherInputs(path: string, input: Input): Input[] {
  const { inputs } = endpointOf(path);
  const changed = Object.entries(input).flatMap(([name, value]): Input[] => {
    if (typeof value === 'number') return [{ ...input, [name]: value + 1 }];
    if (typeof value !== 'string') return [];
    // Another id, another of two roles, or a character more.
    const another = value === 'viewer' ? 'editor' : /^[0-9a-f-]{36}$/.test(value) ? randomUUID() : `${value}x`;
    return [{ ...input, [name]: another }];
  });
  return changed.filter((other) => inputs?.safeParse(other).success === true);
}

proves(
  'D4',
  'another input under the same Idempotency-Key is 422 and has no effect, whichever field differs',
  async (proof) => {
    proof.atLeast(30);
    for (const path of creating) {
      for (const transport of unbatchedTransports) {
        const { input, headers } = await givenKeyedCall(server, path);
        const { code: first } = await callProcedure(server, transport, path, input, headers);
        proof.works(first === 'ok', () => `${path} by ${transport}: ${first}`);
        await takeChanges(server.database);
        for (const other of otherInputs(path, input)) {
          const { status, code } = await callProcedure(server, transport, path, other, headers);
          const made = await takeEffects(server);
          // What another id names may be refused first, as it would be without a key.
          const isRefused = code === 'request.idempotency_mismatch' || status === 404;
          proof.check(
            isRefused && made === 0,
            () => `${path} by ${transport} ${JSON.stringify(other)}: ${status} ${code}, ${made} effects`,
          );
        }
      }
    }
  },
);
