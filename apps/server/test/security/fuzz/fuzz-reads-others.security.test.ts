import { fuzzes } from './fuzz-area.ts';

fuzzes('reads-others');
