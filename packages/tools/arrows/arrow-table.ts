/**
 * What may import what, in one package. A room is a folder or a file of `src`: `access`, `errors.ts`. `*` stands for one
 * name, and each that fits is a room of its own: `features/*`. The room `.` is every file of `src` itself that is no other room.
 *
 * An import is a room, a package (`@promptory/db`, or `type @promptory/api/router` where only its types may be known), a
 * library (`npm:zod`) or a part of Node (`node:http`, or `node:*` for all). What is not written is refused.
 */
export interface PackageArrows {
  /** Room → its imports. The rooms among them stand above it in this list, so that no circle can be written. */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  /** What each room may import besides. */
  readonly everywhere?: readonly string[];
  /** Files of `src` that are run, or loaded by their names, besides those that package.json exports. */
  readonly entries?: readonly string[];
  /** What it imports is bundled into what is published, so that nobody installs it but development. */
  readonly bundled?: true;
  /** Packages that its tests and scripts may import besides. Of libraries they may import what their package.json declares. */
  readonly tests?: readonly string[];
}

/** Folder of a package → its arrows. A package without rooms consists of tests and scripts. */
export type ArrowTable = Readonly<Record<string, PackageArrows>>;

/** What the arrows need to know of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}

/** Folder of a package → its package.json. */
export type Manifests = Readonly<Record<string, Manifest>>;

/**
 * All that a room may import.
 *
 * @throws where the table names a room that does not stand above
 */
export function importsOf(arrows: PackageArrows, room: string): readonly string[] {
  const rooms = Object.keys(arrows.rooms);
  const imports = arrows.rooms[room] ?? [];
  const below = imports.find((target) => rooms.indexOf(target) >= rooms.indexOf(room));
  if (below !== undefined) throw new Error(`${room} may import ${below} only if ${below} stands above it.`);
  return [...(arrows.everywhere ?? []), ...imports];
}
