import { fuzzes } from './fuzz-area.ts';

fuzzes('writes-groups');
