const SIGNIFICANT = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Fewer digits than these are kept by every double. */
const SAFE_LENGTH = 15;

/** A number as its significant digits and the power of ten behind them; both the same for 1.50, 15e-1 and 0.15e1. */
function decimalOf(literal: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = SIGNIFICANT.exec(literal) ?? [];
  const all = whole + fraction;
  let end = all.length;
  while (end > 0 && all.charCodeAt(end - 1) === 0x30) end--;
  let start = 0;
  while (start < end && all.charCodeAt(start) === 0x30) start++;
  if (start === end) return `${sign}0`;
  return `${sign}${all.slice(start, end)}e${Number(exponent) - fraction.length + all.length - end}`;
}

/**
 * Whether a number of JSON has the value that is written when it has been read: no digit is lost, it is neither too large
 * nor too small for a double, and it is no minus zero. 1.0 and 1 are one value.
 */
export function isExact(literal: string): boolean {
  if (literal.length <= SAFE_LENGTH && !/[eE]|^-0/.test(literal)) return true;
  const value = Number(literal);
  return Number.isFinite(value) && decimalOf(literal) === decimalOf(String(value));
}
