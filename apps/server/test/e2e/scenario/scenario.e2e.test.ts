import { examplePrompts } from './prompts-file.ts';
import { describeScenario } from './scenario.ts';

describeScenario(examplePrompts());
