import { canonicalJson } from '@promptory/template';
import { beforeAll, describe, expect, it } from 'vitest';
import { isPromptoryError } from '../errors/promptory-error.ts';
import { type BundleKeys, openBundle } from './open-bundle.ts';

const version = (number: number, parts: object = {}) => ({
  ...{ version: number, title: 'T', description: '', content: `Version ${number}`, messages: null, config: {} },
  ...{ inputSchema: null, outputSchema: null, changeNote: null, author: 'ann', ...parts },
});
const prompt = (ref: string, parts: object = {}) => ({
  ...{ id: ref, ref, slug: ref.slice(ref.indexOf('/') + 1), tags: [], aliases: [], moves: [], versions: [version(1)] },
  ...{ labels: [{ label: 'production', version: 1, isProtected: true }], ...parts },
});

let keys: BundleKeys;
let sign: (text: string) => Promise<string>;
beforeAll(async () => {
  const { privateKey, publicKey } = (await crypto.subtle.generateKey('Ed25519', true, ['sign'])) as CryptoKeyPair;
  keys = { keys: [{ ...(await crypto.subtle.exportKey('jwk', publicKey)), kid: 'k1' } as BundleKeys['keys'][number]] };
  sign = async (text) => {
    const signature = await crypto.subtle.sign('Ed25519', privateKey, new TextEncoder().encode(text));
    return Buffer.from(signature).toString('base64url');
  };
});

async function bundleOf(prompts: object[]): Promise<string> {
  const signed = {
    format: 'promptory-bundle',
    version: 1,
    createdAt: 'now',
    issuer: 'https://x.example',
    prompts,
    groups: [],
  };
  const publicKey = keys.keys[0]?.x;
  const signature = { algorithm: 'Ed25519', keyId: 'k1', publicKey, value: await sign(canonicalJson(signed)) };
  return `${JSON.stringify({ ...signed, signature })}\n`;
}

const refusalOf = (opening: Promise<unknown>): Promise<string> =>
  opening.then(
    () => 'opened',
    (error: unknown) => (isPromptoryError(error, 'client.bundle_invalid') ? error.message : String(error)),
  );

describe('a bundle', () => {
  it('finds versions by label, number and latest, for its owner without a handle', async () => {
    const versions = [version(1), version(2), version(3, { title: 'Third' })];
    const labels = [
      { label: 'production', version: 2, isProtected: true },
      { label: 'old', version: null, isProtected: true },
    ];
    const text = await bundleOf([prompt('ann/support/triage', { versions, labels, aliases: ['pmpt_1'] })]);
    const { find } = await openBundle(new TextEncoder().encode(text), keys);
    const contentOf = (ref: string) => find(ref)?.content;
    expect(['support/triage', 'ann/support/triage@production', 'pmpt_1@production'].map(contentOf)).toEqual(
      Array(3).fill('Version 2'),
    );
    expect(find('support/triage@latest')).toMatchObject({ ref: 'ann/support/triage', version: 3, title: 'Third' });
    expect(contentOf('support/triage#1')).toBe('Version 1');
    const none = [
      'support/triage@old',
      'support/triage@other',
      'support/triage#4',
      'support/triage#01',
      'support/triage#1e0',
      'triage',
      '',
      '@',
      'support/triage#',
    ];
    expect(none.map(contentOf)).toEqual(none.map(() => undefined));
  });

  it('asks whose the prompts without a handle are where there are several owners; one’s own come first', async () => {
    const own = prompt('ann/bob/hi', { versions: [version(1, { content: 'Own' })] });
    const text = await bundleOf([prompt('bob/hi'), own, prompt('bob/x')]);
    const without = await openBundle(text, keys);
    expect([without.find('bob/hi@production')?.content, without.find('x@production')]).toEqual([
      'Version 1',
      undefined,
    ]);
    const { find } = await openBundle(text, keys, { owner: 'ann' });
    expect([find('bob/hi@production')?.content, find('bob/x@production')?.content]).toEqual(['Own', 'Version 1']);
  });

  it('brings along all that a prompt includes', async () => {
    const includes = (name: string, promptId: string) => [{ name, promptId, version: 1 }];
    const text = await bundleOf([
      prompt('ann/a', { versions: [version(1, { includes: includes('b', 'ann/b') })] }),
      prompt('ann/b', { versions: [version(1, { content: 'B', includes: includes('c', 'ann/c') })] }),
      prompt('ann/c', { versions: [version(1, { content: 'C' })] }),
    ]);
    const { find } = await openBundle(text, keys);
    expect(find('a@production')).toMatchObject({
      includes: [{ name: 'b' }],
      included: [
        { content: 'B', includes: [{ name: 'c' }] },
        { content: 'C', includes: [] },
      ],
    });
  });

  it('is refused with any byte changed, left out or put in', async () => {
    const text = await bundleOf([
      prompt('ann/a', { versions: [version(1, { title: 'Ünicode \u001f "quoted" 1e21' })] }),
    ]);
    const bytes = new TextEncoder().encode(text);
    const opened: string[] = [];
    const attempt = async (changed: Uint8Array<ArrayBuffer>, what: string) => {
      if ((await refusalOf(openBundle(changed, keys))) === 'opened') opened.push(what);
    };
    // One of five changes at each byte, in turns that every value of a byte meets at another place.
    for (let at = 0; at < bytes.length; at++) {
      const [before, after] = [bytes.subarray(0, at), bytes.subarray(at + 1)];
      const byte = bytes[at] as number;
      const other = [byte ^ 1, byte ^ 0x20, 0x20][at % 5];
      if (other !== undefined) {
        if (other !== byte) await attempt(Uint8Array.from([...before, other, ...after]), `${at}: ${other}`);
      } else if (at % 5 === 3) {
        // Some editors take the newline at the end away.
        if (after.length > 0) await attempt(Uint8Array.from([...before, ...after]), `${at} left out`);
      } else {
        await attempt(Uint8Array.from([...before, 0x20, byte, ...after]), `${at} put in`);
      }
    }
    expect(opened).toEqual([]);
    expect(await refusalOf(openBundle(text, keys))).toBe('opened');
  });

  it('takes members in another order, as canonical JSON does', async () => {
    const { signature, ...signed } = JSON.parse(await bundleOf([prompt('ann/a')]));
    expect(await refusalOf(openBundle(JSON.stringify({ signature, ...signed }), keys))).toBe('opened');
  });

  it.each<[string, (text: string) => unknown, RegExp]>([
    ['no JSON', () => 'x', /no JSON/],
    ['no UTF-8', () => Uint8Array.of(0x22, 0xff, 0x22), /no JSON/],
    [
      'one that is too deep',
      (text) => text.replace('"groups":[]', `"groups":${'['.repeat(1e5)}${']'.repeat(1e5)}`),
      /no JSON/,
    ],
    ['another thing', () => '[]', /no bundle/],
    ['null', () => 'null', /no bundle/],
    ['one of a later version', (text) => text.replace('"version":1', '"version":2'), /later version/],
    ['one of another algorithm', (text) => text.replace('Ed25519', 'none'), /no bundle/],
    ['one of an unknown key', (text) => text.replace('"k1"', '"k2"'), /not among yours/],
    ['one whose signature is no base64', (text) => text.replace('"value":"', '"value":"!'), /cannot be read/],
    ['one whose signature is short', (text) => text.replace(/"value":"[^"]+"/, '"value":"AAAA"'), /changed/],
    ['one that names another key', (text) => text.replace(/"publicKey":"./, '"publicKey":"!'), /another key/],
    ['one whose signature says more', (text) => text.replace('"keyId"', '"by":"x","keyId"'), /no bundle/],
    ['one with a member twice', (text) => text.replace('"issuer":', '"issuer":"x","issuer":'), /otherwise/],
  ])('is refused: %s', async (_, change, message) => {
    const text = await bundleOf([prompt('ann/a')]);
    expect(await refusalOf(openBundle(change(text) as string, keys))).toMatch(message);
  });

  it('is refused where the key is none of the kind', async () => {
    const wrong = { keys: [{ kty: 'EC', crv: 'Ed25519', x: keys.keys[0]?.x ?? '', kid: 'k1' }] };
    expect(await refusalOf(openBundle(await bundleOf([prompt('ann/a')]), wrong))).toMatch(/cannot be used/);
  });
});
