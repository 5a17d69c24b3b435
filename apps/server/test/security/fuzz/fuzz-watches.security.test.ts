import { fuzzes } from './fuzz-area.ts';

fuzzes('watches');
