import { describeScenario, examplePrompts, restTransport } from '@promptory/server/testing';
import { afterAll, expect } from 'vitest';
import { type ValidatingProxy, validatingProxy } from './validating-proxy.ts';

const proxies: ValidatingProxy[] = [];

// Of streams Prism knows that they are text: stream-lines.e2e.test.ts looks at each line.
describeScenario(examplePrompts(), {
  transports: [
    {
      through: 'REST and a validating proxy',
      async open(url) {
        const proxy = await validatingProxy(url);
        proxies.push(proxy);
        return restTransport(proxy.url);
      },
    },
  ],
});

afterAll(async () => {
  for (const { close } of proxies) await close();
  const [proxy] = proxies;
  expect(proxy?.requests()).toBeGreaterThan(50);
  // An API key lists API keys, which the document says people alone do; the scenario sees it refused.
  expect(proxy?.violations).toEqual(['Violation: request Invalid security scheme used']);
});
