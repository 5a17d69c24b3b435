import { closeCompletion } from '@codemirror/autocomplete';
import { indentLess, indentMore } from '@codemirror/commands';
import { type Extension, Prec, StateEffect, StateField } from '@codemirror/state';
import { EditorView, keymap } from '@codemirror/view';

const WIDTH = '  ';

const touch = StateEffect.define<boolean>();

/** Whether somebody works in the text, rather than passes by it from one field to the next. */
const isTouched = StateField.define<boolean>({
  create: () => false,
  update: (value, transaction) => {
    for (const effect of transaction.effects) if (effect.is(touch)) return effect.value;
    return value || transaction.isUserEvent('input') || transaction.isUserEvent('delete');
  },
});

const isWorking = ({ state }: EditorView): boolean => state.field(isTouched);

/**
 * Tab goes on to the next field until somebody works in the text: then it writes two spaces, or moves the chosen lines. Escape, and
 * it goes on again, with no list of completions left.
 */
export const tabKeys: Extension = [
  isTouched,
  EditorView.domEventHandlers({
    pointerdown: (_event, view) => view.dispatch({ effects: touch.of(true) }),
    blur: (_event, view) => view.dispatch({ effects: touch.of(false) }),
  }),
  Prec.low(
    keymap.of([
      {
        key: 'Tab',
        run: (view) => {
          if (!isWorking(view)) return false;
          if (view.state.selection.ranges.some(({ empty }) => !empty)) return indentMore(view);
          view.dispatch(view.state.replaceSelection(WIDTH), { userEvent: 'input.indent', scrollIntoView: true });
          return true;
        },
        shift: (view) => isWorking(view) && indentLess(view),
      },
    ]),
  ),
  // Before what closes a list of completions: that takes an Escape for itself while it is still being looked for.
  Prec.high(
    keymap.of([
      {
        key: 'Escape',
        run: (view) => {
          if (!isWorking(view)) return false;
          closeCompletion(view);
          view.dispatch({ effects: touch.of(false) });
          return true;
        },
      },
    ]),
  ),
];
