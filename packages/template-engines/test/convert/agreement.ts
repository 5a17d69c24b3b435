import { type Conversion, type ConvertOptions, convert, type Dialect } from '@promptory/template';
import { expect } from 'vitest';
import { renderLiquid, type Values } from './engines.ts';

/** Counts how many generated templates were converted: a converter that refuses everything agrees with every engine. */
export class Agreement {
  #converted = 0;
  #refused = 0;

  /** The converted template renders what the engine renders, or the place of the refusal is in the source. An engine that fails says nothing. */
  check(
    dialect: Dialect,
    source: string,
    values: Values,
    original: () => string | undefined,
    options: ConvertOptions = {},
  ): void {
    const conversion = convert(dialect, source, options);
    if ('refused' in conversion) {
      this.#refused++;
      expectPlace(conversion.refused, source);
      return;
    }
    this.#converted++;
    const expected = original();
    if (expected === undefined) return;
    expect(renderLiquid(conversion.text, values), `${JSON.stringify(source)} became ${conversion.text}`).toBe(expected);
  }

  expectMostConverted(): void {
    expect(this.#converted).toBeGreaterThanOrEqual(this.#refused);
  }
}

function expectPlace({ line, column }: Extract<Conversion, { refused: unknown }>['refused'], source: string): void {
  const lines = source.split(/\r\n|\r|\n/);
  expect(line).toBeGreaterThanOrEqual(1);
  expect(line).toBeLessThanOrEqual(lines.length);
  expect(column).toBeGreaterThanOrEqual(1);
  expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
}
