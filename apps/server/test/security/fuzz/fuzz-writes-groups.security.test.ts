import { fuzzes } from './fuzz-area.ts';

fuzzes('mutation', 'groups');
