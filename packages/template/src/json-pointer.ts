/** The path of a member or element below `path`, as a JSON Pointer (RFC 6901). */
export function pointer(path: string, name: string | number): string {
  return `${path}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
