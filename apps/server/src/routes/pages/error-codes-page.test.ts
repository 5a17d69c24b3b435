import { describe, expect, it } from 'vitest';
import { errorCodesPage } from './error-codes-page.ts';

const TEXT = '<b>&"';

describe('the page of error codes', () => {
  it('shows each text as it is written, never as markup', () => {
    const error = {
      code: 'request.invalid',
      status: 400,
      trpc: `trpc ${TEXT}`,
      message: `message ${TEXT}`,
      happened: `happened ${TEXT}`,
      remedy: `remedy \`${TEXT}\``,
      answeredBy: `answeredBy ${TEXT}`,
      example: `example ${TEXT}`,
    } as const;
    const { page } = errorCodesPage([{ title: `title ${TEXT}`, errors: [error] }]);
    for (const name of ['trpc', 'message', 'happened', 'answeredBy', 'example']) {
      expect(page).toContain(`${name} &lt;b&gt;&amp;&quot;<`);
    }
    expect(page).toContain('remedy <code>&lt;b&gt;&amp;&quot;</code><');
    expect(page.split('title &lt;b&gt;&amp;&quot;<')).toHaveLength(3);
    expect(page).not.toContain('<b>');
  });
});
