import { Button, type ButtonLook } from '../../ui/button.tsx';
import { type CurrentPrompt, restoreVersion } from '../calls.ts';

/** Makes a version the latest again, which a message offers to take back. */
export const RestoreButton = (props: {
  prompt: CurrentPrompt;
  version: number;
  look: ButtonLook;
  /** Whether everybody sees which version; where it stands beside that, only who hears it does. */
  isNamed?: boolean;
}) => {
  const { prompt, version, look, isNamed = false } = props;
  return (
    <Button look={look} onClick={() => void restoreVersion(prompt, version)}>
      {isNamed ? (
        `Restore version ${version}`
      ) : (
        <>
          Restore<span className="sr-only"> version {version}</span>
        </>
      )}
    </Button>
  );
};
