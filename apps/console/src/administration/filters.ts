import { useLocation } from 'wouter';
import { useSearch } from 'wouter/use-browser-location';

const MAX_LENGTH = 254;

/** Filters of a list as its address has them: by their names, each a text. */
export type Filters<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** The address of a list with these filters. */
export function filteredAt(address: string, filters: Filters<string>): string {
  const given = Object.entries(filters).flatMap(([name, value]) => (value ? [[name, value]] : []));
  return given.length === 0 ? address : `${address}?${new URLSearchParams(given)}`;
}

/** The filters that the address has, and how it gets others. */
export function useFilters<Name extends string>(names: readonly Name[]) {
  const given = new URLSearchParams(useSearch());
  const [path, navigate] = useLocation();
  const read = names.map((name) => [name, given.get(name)?.slice(0, MAX_LENGTH) || undefined]);
  const filters: Filters<Name> = Object.fromEntries(read.filter(([, value]) => value !== undefined));
  const filter = (changes: Filters<Name>) => navigate(filteredAt(path, { ...filters, ...changes }), { replace: true });
  return { filters, filter };
}

/** One of the values that a procedure takes; undefined for what an address has that is none. */
export const oneOf = <Value extends string>(values: readonly Value[], text: string | undefined): Value | undefined =>
  values.find((value) => value === text);

const ID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i;

/** An id as an address has it; undefined for what is none, which the server would refuse. */
export const idOf = (text: string | undefined): string | undefined =>
  text !== undefined && ID.test(text) ? text : undefined;
