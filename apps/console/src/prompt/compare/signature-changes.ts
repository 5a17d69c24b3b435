type Schema = Readonly<Record<string, unknown>>;

/** How an input of one version differs in another. */
export interface InputChange {
  readonly name: string;
  readonly says: string;
}

const objectOf = (value: unknown): Schema =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Schema) : {};

const read = (inputs: Schema | undefined) => ({
  properties: new Map(Object.entries(objectOf(inputs?.properties))),
  required: new Set(Array.isArray(inputs?.required) ? (inputs.required as readonly unknown[]) : []),
});

/** What a program that calls the one has to change for the other, by the inputs of both. */
export function signatureChanges(from: Schema | undefined, to: Schema | undefined): readonly InputChange[] {
  const [old, now] = [read(from), read(to)];
  const names = new Set([...old.properties.keys(), ...now.properties.keys()]);
  return [...names].flatMap((name) => {
    const must = now.required.has(name);
    const says = ((): string | null => {
      if (!old.properties.has(name)) return must ? 'is new, and must be given' : 'is new, and may be left out';
      if (!now.properties.has(name)) return 'is not taken any more';
      if (must !== old.required.has(name)) return must ? 'must be given now' : 'may be left out now';
      const isSame = JSON.stringify(old.properties.get(name)) === JSON.stringify(now.properties.get(name));
      return isSame ? null : 'is declared otherwise';
    })();
    return says === null ? [] : { name, says };
  });
}
