const units: readonly (readonly [Intl.RelativeTimeFormatUnit, seconds: number])[] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeStyle: 'short' });

/** How long ago; the exact time is its title. */
export function Time({ at }: { at: string }) {
  const date = new Date(at);
  const seconds = (date.getTime() - Date.now()) / 1_000;
  const unit = units.find(([, size]) => Math.abs(seconds) >= size);
  return (
    <time dateTime={at} title={exact.format(date)}>
      {unit === undefined ? 'just now' : relative.format(Math.round(seconds / unit[1]), unit[0])}
    </time>
  );
}
