const DECIMAL = /^[-+]?(\d*)(?:\.(\d*))?(?:e([-+]?\d+))?$/i;

/** Its significant digits and the power of ten behind them: the same for 1.50, 15e-1 and +0.15e1. Null for what is no decimal. */
function decimalOf(literal: string): string | null {
  const [, whole = '', fraction = '', exponent = '0'] = DECIMAL.exec(literal) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  if (whole + fraction === '') return null;
  const significant = digits.slice(0, digits.length - trailingZeros(digits));
  const power = Number(exponent) - fraction.length + digits.length - significant.length;
  return significant === '' ? '0' : `${significant}e${power}`;
}

function trailingZeros(digits: string): number {
  let end = digits.length;
  while (end > 0 && digits[end - 1] === '0') end -= 1;
  return digits.length - end;
}

/**
 * Whether a number that was read has the value that was written: no digit is lost, and it is neither too large nor too small
 * for a double.
 *
 * @param literal as YAML writes it: a decimal, or a whole number in another base (`0xff`, `0o17`)
 */
function isExactNumber(literal: string, value: number): boolean {
  if (!Number.isFinite(value)) return false;
  const decimal = decimalOf(literal);
  return decimal === null ? Number.isSafeInteger(value) : decimal === decimalOf(String(value));
}

/** Why a number of a YAML document cannot be kept, after "it holds": JSON has none such, or it would be rounded; else null. */
export function unkeptNumber({ value, source }: { value: unknown; source?: string | undefined }): string | null {
  if (typeof value !== 'number') return null;
  const written = source ?? String(value);
  if (!Number.isFinite(value)) return `${written}, which JSON has not`;
  const shown = written.length > 40 ? `${written.slice(0, 39)}…` : written;
  return isExactNumber(written, value) ? null : `${shown}, which cannot be kept exactly: write it in quotes`;
}
