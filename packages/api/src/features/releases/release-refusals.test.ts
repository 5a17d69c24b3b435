import { expect, it } from 'vitest';
import { AppError, detailedError } from '../../errors.ts';
import { releaseRefused } from './release-refusals.ts';

const breaks = Array.from({ length: 6 }, (_, at) => ({
  ...{ side: 'input' as const, kind: 'required' as const, decided: true, message: 'must be given now' },
  path: `/${at}`,
}));
const breaking = { label: 'production', from: 1, to: 2, breaks, breakCount: 6 };

it('says of each prompt why, in the order of the call, and of one that breaks much a part', () => {
  const ids = ['first', 'second', 'third'];
  const { code, extra } = releaseRefused(ids, [
    { promptId: 'third', error: new AppError('prompt.not_found') },
    { promptId: 'second', error: detailedError('label.moved_since', { current: null as never }) },
    { promptId: 'first', error: detailedError('prompt.breaking_change', breaking as never) },
  ]);
  expect(code).toBe('release.refused');
  expect(extra).toMatchObject({
    refusals: [
      { index: 0, promptId: 'first', breaking: { breakCount: 6, breaks: breaks.slice(0, 5) } },
      { index: 1, promptId: 'second', code: 'label.moved_since', current: null },
      { index: 2, promptId: null, code: 'prompt.not_found' },
    ],
  });
  const [{ breaking: shown }] = (extra as { refusals: [{ breaking: { breaks: object[] } }] }).refusals;
  expect(shown.breaks).toHaveLength(5);
});
