import { InvalidArgumentError } from 'commander';

/** Of a command line: a whole number within bounds. */
export const wholeNumber =
  (least: number, most: number) =>
  (text: string): number => {
    const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a whole number from ${least} to ${most}.`);
  };

/** An option that may be given several times. */
export const repeated = (text: string, before: readonly string[] = []): string[] => [...before, text];
