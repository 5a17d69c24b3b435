import { EditorView } from '@codemirror/view';

/**
 * What is typed over a selection takes its place here. The browser would keep how that looked by a style within the element, which
 * the policy of the page refuses.
 */
export const typedOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { inputType, data, isComposing } = event;
    if (inputType !== 'insertText' || data === null || isComposing) return false;
    const { from, to } = selectedIn(view);
    if (from >= to) return false;
    const insert = view.state.toText(data);
    view.dispatch({
      changes: { from, to, insert },
      selection: { anchor: from + insert.length },
      userEvent: 'input.type',
      scrollIntoView: true,
    });
    event.preventDefault();
    return true;
  },
});

/** What the editor knows to be selected, or what is selected in the page, of which it has not heard yet. */
function selectedIn(view: EditorView): { readonly from: number; readonly to: number } {
  const { main } = view.state.selection;
  const selection = view.contentDOM.ownerDocument.getSelection();
  if (!main.empty || selection === null || selection.rangeCount === 0) return main;
  const { startContainer, startOffset, endContainer, endOffset } = selection.getRangeAt(0);
  return { from: view.posAtDOM(startContainer, startOffset), to: view.posAtDOM(endContainer, endOffset) };
}
