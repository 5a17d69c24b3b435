import { givenPerson } from '@promptory/api/testing';
import { givenApp } from '../../../harness/boot.ts';
import { loopMonitor } from '../../../harness/loop-monitor.ts';
import { callProcedure } from '../../../harness/transports.ts';
import { proves } from '../../harness/proof.ts';

// Bundles are whole by nature: what one account may take away at once, another may bring.

const server = await givenApp();
const MEBIBYTE = 1_048_576;
/** What is as large as an import takes, but for what another file beside it would have. */
const LARGE = 14 * MEBIBYTE;
const TRIES = 3;

/** Prompts that fill a bundle, each of other costs to be written, signed and read: so many, and what each says. */
const contents: Readonly<Record<string, { prompts: number; content: (at: number) => string }>> = {
  'long texts': { prompts: 80, content: (at) => `${at} ${'words and more words '.repeat(9_500)}` },
  'texts of control characters': { prompts: 20, content: (at) => `${at} ${'\u0001'.repeat(130_000)}` },
  'Chinese texts': { prompts: 80, content: (at) => `${at} ${'你是一名专业的翻译'.repeat(7_200)}` },
  'as many prompts as have room': { prompts: 500, content: (at) => `${at} ${'{{ word }} '.repeat(2_800)}` },
};

proves(
  'F3',
  'bundles of up to 16 MiB are exported, and imported by another account, while the loop is held for no 100 ms',
  async (proof) => {
    const url = await server.url();
    const said: string[] = [];
    const whole = proof.demand(2, 'bundles had more than 14 MiB');
    for (const [what, { prompts: count, content }] of proof.sample(Object.entries(contents), 2)) {
      const [owner, other] = [await givenPerson(server.services), await givenPerson(server.services)];
      const [out, into] = [await server.as.person(owner), await server.as.person(other)];
      for (let at = 0; at < count; at += 1) {
        const input = { title: `P ${at}`, content: content(at) };
        const { code } = await callProcedure(server, 'REST', 'prompts.create', input, out);
        if (code !== 'ok') throw new Error(`prompts.create answered ${code}.`);
      }
      const asked = { headers: { ...out, accept: 'text/plain' } };
      let bundle = '';
      let body = '';
      const turns = { export: Number.POSITIVE_INFINITY, import: Number.POSITIVE_INFINITY };
      for (let attempt = 0; attempt < TRIES; attempt += 1) {
        loopMonitor.take();
        bundle = await (await fetch(`${url}/prompts/export/bundle?scope=mine`, asked)).text();
        turns.export = Math.min(turns.export, loopMonitor.take().ms);
        const sent = { method: 'POST', headers: { ...into, 'content-type': 'text/plain' }, body: bundle };
        const dry = attempt < TRIES - 1 ? '?dryRun=true' : '';
        body = await (await fetch(`${url}/prompts/import${dry}`, sent)).text();
        turns.import = Math.min(turns.import, loopMonitor.take().ms);
      }
      const bytes = Buffer.byteLength(bundle);
      whole(bytes > LARGE);
      proof.works(body.includes(`"created":${count}`), () => `${what}: ${body.slice(-400)}`);
      for (const [way, ms] of Object.entries(turns)) {
        proof.check(ms <= proof.longestTurnMs, () => `${what}, ${way}: a turn of ${ms.toFixed(0)} ms`);
      }
      said.push(
        `${what} ${(bytes / MEBIBYTE).toFixed(1)} MiB, turns ${turns.export.toFixed(0)} and ${turns.import.toFixed(0)} ms`,
      );
    }
    proof.remark(said.join('; '));
  },
  { asksOfTurns: true },
);
