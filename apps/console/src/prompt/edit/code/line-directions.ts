import { type Extension, RangeSetBuilder } from '@codemirror/state';
import { Decoration, type DecorationSet, EditorView, ViewPlugin, type ViewUpdate } from '@codemirror/view';

const ofItsOwn = Decoration.line({ attributes: { dir: 'auto' } });

function directionsOf({ state, visibleRanges }: EditorView): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const { from, to } of visibleRanges) {
    for (let at = from; at <= to; ) {
      const line = state.doc.lineAt(at);
      builder.add(line.from, line.from, ofItsOwn);
      at = line.to + 1;
    }
  }
  return builder.finish();
}

/** Each line is written from where its own first letter begins: in one text there are lines of several scripts. */
export const lineDirections: Extension = [
  ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;

      constructor(view: EditorView) {
        this.decorations = directionsOf(view);
      }

      update({ docChanged, viewportChanged, view }: ViewUpdate) {
        if (docChanged || viewportChanged) this.decorations = directionsOf(view);
      }
    },
    { decorations: ({ decorations }) => decorations },
  ),
  EditorView.perLineTextDirection.of(true),
];
