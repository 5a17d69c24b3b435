export { runServer, type ServerProcess, type Settings } from './e2e/harness/run-server.ts';
export { send } from './e2e/harness/send.ts';
export { examplePrompts } from './e2e/scenario/prompts-file.ts';
export { restTransport } from './e2e/scenario/rest-transport.ts';
export { describeScenario, type Through } from './e2e/scenario/scenario.ts';
