/** Read forwards, backwards and from any place on: ten keys or more of one of these are a walk. */
const WALKS = [
  '01234567890123456789',
  'abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz',
  'qwertyuiop[]asdfghjkl;zxcvbnm,./',
  'qwertyuiopasdfghjklzxcvbnmqwertyuiop',
  'qwertzuiopasdfghjklyxcvbnm',
  'azertyuiopqsdfghjklmwxcvbn',
  '`1234567890-=qwertyuiop',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/',
  'qazwsxedcrfvtgbyhnujmikolp',
  '1q2w3e4r5t6y7u8i9o0p',
  'q1w2e3r4t5y6u7i8o9p0',
  '1a2b3c4d5e6f7g8h9i0j',
  'a1b2c3d4e5f6g7h8i9j0',
  '!@#$%^&*()_+',
  '112233445566778899001122',
  'aabbccddeeffgghhiijjkkllmm',
  'йцукенгшщзхъфывапролджэячсмитьбю',
].flatMap((walk) => [walk, [...walk].reverse().join('')]);

const MOST_BESIDE_A_WALK = 3;
const LEAST_LONG_WALK = 7;
const LEAST_SHORT_WALK = 3;

/** Whether a text is one run with at most three characters before or behind it, or nothing but runs of three and more. */
export function isMadeOfWalks(text: string): boolean {
  const characters = [...text];
  for (let before = 0; before <= MOST_BESIDE_A_WALK; before += 1) {
    for (let behind = 0; before + behind <= MOST_BESIDE_A_WALK; behind += 1) {
      const run = characters.slice(before, characters.length - behind);
      if (run.length >= LEAST_LONG_WALK && isWalk(run.join(''))) return true;
    }
  }
  let left = text;
  while (left !== '') {
    const length = longestWalk(left);
    if (length < LEAST_SHORT_WALK) return false;
    left = left.slice(length);
  }
  return true;
}

const isWalk = (text: string): boolean => WALKS.some((walk) => walk.includes(text));

/** How many units at the start of a text are one run. */
function longestWalk(text: string): number {
  let length = 0;
  while (length < text.length && isWalk(text.slice(0, length + 1))) length += 1;
  return length;
}
