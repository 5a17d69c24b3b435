import { type ArrowTable, importsOf, type Manifests } from './arrow-table.ts';
import { importPattern, roomPattern } from './patterns.ts';

/** A file, and where its imports lead. */
interface Module {
  readonly source: string;
  readonly dependencies: readonly { readonly resolved: string }[];
}

/** What the table holds in vain: rooms without a file, and arrows that no import follows. */
export function unusedArrows(table: ArrowTable, manifests: Manifests, modules: readonly Module[]): string[] {
  return Object.entries(table).flatMap(([dir, arrows]) => {
    const imports = new Map(
      Object.keys(arrows.rooms).map((room) => {
        const pattern = new RegExp(roomPattern(dir, room, arrows));
        const files = modules.filter(({ source }) => pattern.test(source));
        return [room, files.length > 0 ? files.flatMap(({ dependencies }) => dependencies) : undefined];
      }),
    );
    const unused = (targets: readonly string[], found: readonly { resolved: string }[]): string[] =>
      targets.filter((target) => {
        const pattern = new RegExp(importPattern(dir, target, arrows, manifests));
        return !found.some(({ resolved }) => pattern.test(resolved));
      });
    const everywhere = arrows.everywhere ?? [];
    return [
      ...[...imports].flatMap(([room, found]) => {
        if (found === undefined) return [`${dir}: ${room}`];
        return unused(importsOf(arrows, room).slice(everywhere.length), found).map(
          (target) => `${dir}: ${room} → ${target}`,
        );
      }),
      ...unused(
        everywhere,
        [...imports.values()].flatMap((found) => found ?? []),
      ).map((target) => `${dir}: everywhere → ${target}`),
    ];
  });
}
