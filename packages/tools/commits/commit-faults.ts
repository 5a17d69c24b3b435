const SUBJECT = 72;
const LINE = 100;

/** What is wrong with the message of a commit. */
export function commitFaults(message: string): string[] {
  const [subject = '', second = '', ...rest] = message.trimEnd().split('\n');
  const faults: string[] = [];
  if (subject.length > SUBJECT) faults.push(`its subject has ${subject.length} characters, ${SUBJECT} are allowed`);
  if (subject.endsWith('.')) faults.push('its subject ends with a full stop');
  if (!/^[A-Z]/.test(subject)) faults.push('its subject does not begin with a capital letter');
  if (/^(?:fixup|squash|amend)!|^wip\b/i.test(subject)) faults.push('it is to be part of another commit');
  if (second !== '') faults.push('no empty line parts its subject from its body');
  // A long word, such as an address, cannot be wrapped.
  if (rest.some((line) => line.length > LINE && line.trim().includes(' '))) {
    faults.push(`its body has lines of more than ${LINE} characters`);
  }
  return faults;
}
