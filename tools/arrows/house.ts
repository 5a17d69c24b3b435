/** The arrows of one package: which of its rooms may import what. Whatever is not named is refused. */
export interface PackageArrows {
  /**
   * Room → what it may import: rooms written above it, `@promptory/…` (`type @promptory/…` for its types alone), `npm:…`
   * and `node:…`. A room is a folder or a file of `src`; `*` stands for one name, and each that fits is a room of its own;
   * `.` is every file that lies in `src` itself and is no room.
   */
  readonly rooms: Readonly<Record<string, readonly string[]>>;
  /** What every room may import besides. */
  readonly everywhere?: readonly string[];
  /** Files of `src` that are run, or loaded by their name; what `exports` names is known without. `*` stands for one name. */
  readonly entries?: readonly string[];
  /** What tests and scripts may import of ours besides. They may import each library that their package declares. */
  readonly tests?: readonly string[];
}

/** Folder of a package → its arrows. A folder without `src` holds tests and scripts only. */
export type House = Readonly<Record<string, PackageArrows>>;

/** What the arrows need of a package.json. */
export interface Manifest {
  readonly name: string;
  readonly exports?: Readonly<Record<string, unknown>>;
}
