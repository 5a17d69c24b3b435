/** Reported topics that look-ups under way are held against, at most. */
const MOST_REPORTED = 20_000;

/** What was reported while something is looked up: what was found before a report may be what was before the change. */
export class ReportedTopics {
  readonly #reportedAt = new Map<string, number>();
  #count = 0;
  #underWay = 0;
  /** Of look-ups that began before it nothing is known. */
  #floor = 0;

  /** How often something was reported. */
  get count(): number {
    return this.#count;
  }

  reported(topics: readonly string[]): void {
    this.#count += 1;
    if (this.#underWay === 0) return;
    for (const topic of topics) this.#reportedAt.set(topic, this.#count);
    if (this.#reportedAt.size > MOST_REPORTED) this.lost();
  }

  lost(): void {
    this.#count += 1;
    this.#floor = this.#count;
    this.#reportedAt.clear();
  }

  /** @returns when it begins, for `isStill` */
  begin(): number {
    this.#underWay += 1;
    return this.#count;
  }

  /** Whether nothing was reported since it began of what it depends on. Whoever keeps it does so at once, waiting for nothing. */
  isStill(began: number, dependsOn: readonly string[]): boolean {
    return began >= this.#floor && dependsOn.every((topic) => (this.#reportedAt.get(topic) ?? 0) <= began);
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#reportedAt.clear();
  }
}
