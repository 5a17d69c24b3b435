import { Dialog } from '../ui/dialog.tsx';
import { Places } from './places.tsx';

/** The places of a window that is too narrow to show them beside the page. */
export default function PlacesDialog({ close, openPalette }: { close: () => void; openPalette: () => void }) {
  return (
    <Dialog title="Promptory" close={close}>
      <div className="p-4">
        <Places went={close} openPalette={openPalette} />
      </div>
    </Dialog>
  );
}
