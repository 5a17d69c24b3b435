import { canonicalJson } from '../../canonical-json.ts';
import type { JsonValue } from '../../json-value.ts';

/** Whether two JSON values are equal as JSON Schema has it: whatever the order of members, and 1 is 1.0. */
export function sameJson(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  return jsonKey(left) === jsonKey(right);
}

/** One text for all values that are equal. */
export function jsonKey(value: JsonValue): string {
  return canonicalJson(value, { omitUndefined: true });
}

/** Whether a number is a multiple of another, as decimals have it: 0.3 is one of 0.1. */
export function isMultipleOf(value: number, divisor: number): boolean {
  if (Number.isSafeInteger(value) && Number.isSafeInteger(divisor)) return value % divisor === 0;
  const [left, leftPower] = decimal(value);
  const [right, rightPower] = decimal(divisor);
  const power = leftPower - rightPower;
  return power >= 0 ? (left * 10n ** BigInt(power)) % right === 0n : left % (right * 10n ** BigInt(-power)) === 0n;
}

/** A number as its shortest decimal says it: a whole number and a power of ten. */
export function decimal(value: number): [digits: bigint, power: number] {
  const [digits = '0', power = '0'] = String(value).split('e');
  const point = digits.indexOf('.');
  const places = point < 0 ? 0 : digits.length - point - 1;
  return [BigInt(digits.replace('.', '')), Number(power) - places];
}

/** Characters as JSON Schema counts them: code points. */
export function characters(text: string): number {
  let count = text.length;
  for (let index = 0; index < text.length - 1; index++) {
    const code = text.charCodeAt(index);
    if (code < 0xd800 || code > 0xdbff) continue;
    const next = text.charCodeAt(index + 1);
    if (next < 0xdc00 || next > 0xdfff) continue;
    count--;
    index++;
  }
  return count;
}
