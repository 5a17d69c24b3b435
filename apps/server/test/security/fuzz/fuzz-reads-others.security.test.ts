import { fuzzes } from './fuzz-area.ts';

fuzzes('query', 'accounts', 'groups');
