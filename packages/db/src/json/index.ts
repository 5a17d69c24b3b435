// Without the database behind it, for threads that only read JSON.
export { JsonFault, parseJson, readJson } from './parse-json.ts';
