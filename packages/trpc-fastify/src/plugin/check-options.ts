import type { AnyTRPCRouter } from '@trpc/server';

interface Needed {
  /** Options that must be functions. */
  readonly functions: readonly string[];
  /** Options that may be functions. */
  readonly hooks: readonly string[];
  /** Options that are positive numbers where they are given. */
  readonly bounds: readonly string[];
  /** Options that are true or false where they are given. */
  readonly flags: readonly string[];
}

/** Checks what a host without types may get wrong, so that it is found as the app starts. Throws one Error for all faults. */
export function checkOptions(plugin: string, options: object, { functions, hooks, bounds, flags }: Needed): void {
  const faults: string[] = [];
  const read = (name: string): unknown => Reflect.get(options, name);
  if (!isRouter(read('router'))) faults.push('router is not a tRPC router');
  for (const name of functions) {
    if (read(name) === undefined) faults.push(`${name} is missing`);
    else if (typeof read(name) !== 'function') faults.push(`${name} is not a function`);
  }
  for (const name of hooks) {
    if (read(name) !== undefined && typeof read(name) !== 'function') faults.push(`${name} is not a function`);
  }
  for (const name of bounds) {
    const bound = read(name);
    if (bound !== undefined && !(typeof bound === 'number' && bound > 0))
      faults.push(`${name} is not a positive number`);
  }
  for (const name of flags) {
    if (read(name) !== undefined && typeof read(name) !== 'boolean') faults.push(`${name} is neither true nor false`);
  }
  // What a host believes to have bounded or refused, and is passed over. Other names may be another plugin's.
  const known = new Map([...functions, ...hooks, ...bounds, ...flags].map((name) => [name.toLowerCase(), name]));
  for (const name of Object.keys(options)) {
    const meant = known.get(name.toLowerCase());
    if (meant !== undefined && meant !== name) faults.push(`${name} is written ${meant}`);
  }
  if (faults.length === 0) return;
  const hint = read('trpcOptions') === undefined ? '' : ' Its options stand beside prefix, not in trpcOptions.';
  throw new Error(`${plugin} cannot be registered: ${faults.join('; ')}.${hint}`);
}

function isRouter(value: unknown): value is AnyTRPCRouter {
  if ((typeof value !== 'object' && typeof value !== 'function') || value === null) return false;
  const definition: unknown = Reflect.get(value, '_def');
  return typeof definition === 'object' && definition !== null && 'procedures' in definition;
}
