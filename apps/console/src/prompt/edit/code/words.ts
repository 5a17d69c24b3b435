import { LanguageSupport, StreamLanguage } from '@codemirror/language';

const words = new LanguageSupport(
  StreamLanguage.define({
    token: (stream) => {
      stream.skipToEnd();
      return null;
    },
  }),
);

/** What the language of Liquid asks for what stands around tags and outputs: words of any kind, and no markup. */
export const html = (): LanguageSupport => words;
