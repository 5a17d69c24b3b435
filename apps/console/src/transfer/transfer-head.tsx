import { addresses } from '../addresses.ts';
import { Tabs } from '../ui/tabs.tsx';

const parts = [
  [addresses.import, 'Import'],
  [addresses.export, 'Export'],
] as const;

/** What stands above both. */
export const TransferHead = () => (
  <>
    <h1 className="text-2xl font-semibold tracking-tight">Import and export</h1>
    <Tabs label="Import and export" parts={parts} />
  </>
);
