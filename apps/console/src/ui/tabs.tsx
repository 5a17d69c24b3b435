import { useLayoutEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

interface TabsProps {
  /** What they are of, for who does not see them. */
  readonly label: string;
  readonly parts: readonly (readonly [address: string, title: string])[];
}

/** The pages of one place, of which one is open. */
export function Tabs({ label, parts }: TabsProps) {
  const [path] = useLocation();
  const ref = useRef<HTMLElement>(null);
  // On a phone the last ones are beyond the edge.
  useLayoutEffect(() => {
    const open = ref.current?.querySelector<HTMLElement>('[aria-current]');
    if (open != null)
      ref.current?.scrollTo({ left: open.offsetLeft - ref.current.offsetLeft - ref.current.clientWidth / 3 });
  });
  return (
    <nav ref={ref} aria-label={label} className="mt-3 mb-5 flex gap-3 overflow-x-auto border-b border-edge sm:gap-5">
      {parts.map(([address, title]) => (
        <Link
          key={address}
          href={address}
          aria-current={address === path ? 'page' : undefined}
          className="border-b-2 border-transparent px-1 py-2.5 text-sm font-semibold whitespace-nowrap text-quiet hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text"
        >
          {title}
        </Link>
      ))}
    </nav>
  );
}
