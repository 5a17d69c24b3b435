import { examplePrompts } from '../e2e/scenario/prompts-file.ts';
import { describeScenario } from '../e2e/scenario/scenario.ts';
import { openBackends } from './harness/many-servers.ts';

// The service in use as with one server, through a balancer without sticky sessions: two servers behind PgBouncer in transaction mode, with a
// streaming replica and Redis.

describeScenario(examplePrompts(), {
  async openSite() {
    const { cluster, serve, stop } = await openBackends();
    return { database: cluster, serve, stop };
  },
});
