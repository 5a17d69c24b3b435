import { Link, useLocation } from 'wouter';
import { addresses } from '../addresses.ts';

const parts = [
  [addresses.import, 'Import'],
  [addresses.export, 'Export'],
] as const;

/** What stands above both. */
export function TransferHead() {
  const [path] = useLocation();
  return (
    <>
      <h1 className="text-2xl font-semibold tracking-tight">Import and export</h1>
      <nav aria-label="Import and export" className="mt-3 mb-5 flex gap-5 border-b border-edge">
        {parts.map(([address, title]) => (
          <Link
            key={address}
            href={address}
            aria-current={address === path ? 'page' : undefined}
            className="border-b-2 border-transparent px-1 py-2.5 text-sm font-semibold text-quiet hover:text-text aria-[current=page]:border-accent aria-[current=page]:text-text"
          >
            {title}
          </Link>
        ))}
      </nav>
    </>
  );
}
