import type { Day } from './days.ts';

const HEIGHT = 120;
const BAR = 10;
const GAP = 3;
const dayName = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', timeZone: 'UTC' });
const named = (day: string): string => dayName.format(new Date(day));

/** A bar for each day. What it shows stands in its name, and in the table below it. */
export function UsageChart({ days }: { days: readonly Day[] }) {
  const most = Math.max(1, ...days.map(({ uses }) => uses));
  const all = days.reduce((sum, { uses }) => sum + uses, 0);
  const busiest = days.find(({ uses }) => uses === most);
  const [first, last] = [days.at(0)?.day ?? '', days.at(-1)?.day ?? ''];
  const width = days.length * (BAR + GAP) - GAP;
  const about = `${all === 1 ? 'one use' : `${all} uses`} from ${named(first)} to ${named(last)}${busiest === undefined ? '' : `, most on ${named(busiest.day)}: ${most}`}`;
  return (
    <figure className="rounded-xl border border-edge bg-card p-4">
      <svg
        role="img"
        aria-label={about}
        viewBox={`0 0 ${width} ${HEIGHT}`}
        preserveAspectRatio="none"
        className="h-36 w-full"
      >
        {days.map(({ day, uses }, index) => {
          const height = Math.max(uses === 0 ? 1 : 3, (uses / most) * HEIGHT);
          return (
            <rect
              key={day}
              x={index * (BAR + GAP)}
              y={HEIGHT - height}
              width={BAR}
              height={height}
              className={uses === 0 ? 'fill-edge' : 'fill-accent'}
            >
              <title>{`${named(day)}: ${uses}`}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="mt-2 flex justify-between text-xs text-quiet">
        <span>{named(first)}</span>
        <span>at most {most} a day</span>
        <span>{named(last)}</span>
      </figcaption>
    </figure>
  );
}
