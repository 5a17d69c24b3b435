import type { ComponentProps } from 'react';
import { Dialog } from '../ui/dialog.tsx';
import { Facets } from './facets.tsx';

/** The filters of a window that is too narrow to show them beside the list. */
export default function FacetsDialog({ close, ...shown }: ComponentProps<typeof Facets> & { close: () => void }) {
  return (
    <Dialog title="Filters" close={close}>
      <div className="p-4">
        <Facets {...shown} />
      </div>
    </Dialog>
  );
}
