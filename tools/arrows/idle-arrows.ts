import type { House } from './house.ts';
import { type Manifests, roomPattern, targetPattern } from './rules.ts';

/** A file, and where its imports lead. */
interface Module {
  readonly source: string;
  readonly dependencies: readonly { readonly resolved: string }[];
}

/** Lines of the house that nothing needs: rooms without a file, and arrows that no import takes. */
export function idleArrows(house: House, manifests: Manifests, modules: readonly Module[]): string[] {
  const idle: string[] = [];
  for (const [dir, arrows] of Object.entries(house)) {
    const importsFrom = (pattern: string): string[] | undefined => {
      const files = modules.filter(({ source }) => new RegExp(pattern).test(source));
      return files.length === 0
        ? undefined
        : files.flatMap(({ dependencies }) => dependencies.map((to) => to.resolved));
    };
    const unused = (targets: readonly string[], imports: readonly string[]): string[] =>
      targets.filter((target) => {
        const pattern = new RegExp(targetPattern(dir, target, arrows, manifests));
        return !imports.some((to) => pattern.test(to));
      });
    const all: string[] = [];
    for (const [room, targets] of Object.entries(arrows.rooms)) {
      const imports = importsFrom(roomPattern(dir, room, arrows));
      if (imports === undefined) idle.push(`${dir}: ${room}`);
      else idle.push(...unused(targets, imports).map((target) => `${dir}: ${room} → ${target}`));
      all.push(...(imports ?? []));
    }
    idle.push(...unused(arrows.everywhere ?? [], all).map((target) => `${dir}: everywhere → ${target}`));
  }
  return idle;
}
