import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import spectralCore, { type RulesetDefinition } from '@stoplight/spectral-core';
import spectralRulesets from '@stoplight/spectral-rulesets';
import { expect, it } from 'vitest';

const { Spectral } = spectralCore;
const { oas } = spectralRulesets;

const documentText = readFile(join(import.meta.dirname, '../../../openapi.json'), 'utf8');

async function findingsIn(document: Record<string, unknown>): Promise<string[]> {
  const spectral = new Spectral();
  // The two packages' types of one thing differ.
  spectral.setRuleset({ extends: [[oas as unknown as RulesetDefinition, 'recommended']] });
  const findings = await spectral.run(document);
  return findings.map(({ code, path, message }) => `${code} at ${path.join('.')}: ${message}`);
}

it('has nothing that the recommended rules of Spectral warn of', async () => {
  expect(await findingsIn(JSON.parse(await documentText))).toEqual([]);
});

it('is looked at by rules that find something where there is something', async () => {
  const document = JSON.parse(await documentText);
  delete document.info.contact;
  document.paths = { '/prompts/{id}': { get: { ...document.paths['/prompts/{id}'].get, description: '' } } };
  expect(
    (await findingsIn(document)).filter((finding) => /^(?:info-contact|operation-description)/.test(finding)),
  ).toHaveLength(2);
});
