// The order in which members were written, where JavaScript would have another: it lists names that are whole numbers
// first and ascending. Objects whose order it keeps anyway, which are nearly all, stay as they are.

/** ECMAScript's array indices end here: larger names are text like any other. */
const LAST_INDEX = 2 ** 32 - 2;

/** The number that a name is to JavaScript, or undefined where it is text to it. */
export function indexOf(name: string): number | undefined {
  const first = name.charCodeAt(0);
  if (!(first >= 0x30 && first <= 0x39) || name.length > 10) return undefined;
  const index = Number(name);
  return Number.isInteger(index) && index <= LAST_INDEX && String(index) === name ? index : undefined;
}

/**
 * The object with its members in the order of `names`, for whoever lists them: `Object.keys`, `JSON.stringify`, a spread.
 * What is added later follows. Such an object cannot be sent to another thread, only its JSON.
 */
export function inOrder(object: object, names: readonly string[]): object {
  return new Proxy(object, {
    ownKeys(target) {
      const own = new Set(Reflect.ownKeys(target));
      return [...names.filter((name) => own.delete(name)), ...own];
    },
  });
}
