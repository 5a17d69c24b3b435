import { promptory } from './right.ts';

const customer = { name: 'Ann' };
promptory.prompt('support/triag');
promptory.prompt('support/triage@production');
const triage = promptory.prompt('support/triage');
triage.render();
triage.render({ customer });
triage.render({ ticket: 1, customer });
triage.render({ ticket: '', customer, tagz: [] });
triage.render({ ticket: '', customer: { name: 'Ann', tier: 'gold' } });
promptory.prompt('support/triage@staging').render({ ticket: '', customer });
promptory.prompt('hello').render({ name: '' });
(await triage.parse('')).urgencee;
const text: string = (await triage.parse('')).reply;

export { text };
