import { Field } from '../ui/field.tsx';
import { textIn } from './text-in.ts';

/** Where somebody writes a code of their second factor. */
export const CodeField = () => (
  <Field
    label="Code"
    hint="The six digits that your authenticator shows, or a recovery code."
    name="code"
    autoComplete="one-time-code"
    autoFocus
  />
);

/** The code in a form, without the spaces that authenticators show; empty where there is none. */
export const codeIn = (form: FormData): string => textIn(form, 'code').replaceAll(' ', '');
