/** Reported topics that look-ups under way are held against, at most. */
const MOST_REPORTED = 20_000;

/** What was reported while something is looked up: what was found before a report may be what was before the change. */
export class ReportedTopics {
  readonly #reportedAt = new Map<string, number>();
  #count = 0;
  #underWay = 0;
  /** Of look-ups that began before it nothing is known. */
  #floor = 0;

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

  /** Whether nothing was reported since then of what was found to depend on these. */
  isStill(began: number, dependsOn: readonly string[]): boolean {
    return began >= this.#floor && dependsOn.every((topic) => (this.#reportedAt.get(topic) ?? 0) <= began);
  }

  end(): void {
    this.#underWay -= 1;
    if (this.#underWay === 0) this.#reportedAt.clear();
  }
}
