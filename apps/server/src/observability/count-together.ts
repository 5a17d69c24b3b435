/** Measures that are counted at once. */
const TOGETHER = 256;

/** Counts measures when they are many, or asked for: one after another they take a fraction of what each takes between two requests. */
export function countTogether<M>(countOne: (measure: M) => void) {
  let measures: M[] = [];
  const count = (): void => {
    const counted = measures;
    measures = [];
    for (const measure of counted) countOne(measure);
  };
  return {
    add(measure: M): void {
      measures.push(measure);
      if (measures.length >= TOGETHER) count();
    },
    count,
  };
}
