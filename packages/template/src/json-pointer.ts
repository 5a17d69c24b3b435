/** The path of a member or element below `path`, as a JSON Pointer (RFC 6901). */
export function pointer(path: string, name: string | number): string {
  return `${path}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The name that a step of a JSON Pointer stands for. */
export const stepName = (step: string): string => step.replaceAll('~1', '/').replaceAll('~0', '~');

/** The names that a JSON Pointer goes through, from the outside. */
export const namesIn = (path: string): string[] => path.split('/').slice(1).map(stepName);
