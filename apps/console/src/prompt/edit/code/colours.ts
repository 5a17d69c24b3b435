import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

const highlight = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.tagName],
    color: 'var(--accent)',
    fontWeight: '600',
  },
  { tag: [tags.string, tags.number, tags.bool, tags.null], color: 'var(--star)' },
  { tag: [tags.brace, tags.processingInstruction, tags.operator, tags.logicOperator], color: 'var(--quiet)' },
  { tag: [tags.variableName, tags.propertyName], color: 'var(--accent)' },
  { tag: [tags.comment, tags.lineComment, tags.blockComment], color: 'var(--quiet)', fontStyle: 'italic' },
]);

const theme = EditorView.theme({
  '&': { color: 'var(--text)', backgroundColor: 'var(--card)', borderRadius: 'inherit', fontSize: '0.875rem' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '1.625', minHeight: '15rem', maxHeight: '70vh' },
  '.is-low & .cm-scroller': { minHeight: '6.5rem', maxHeight: '24rem' },
  '.cm-content': { padding: '0.5rem 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 0.75rem' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    background: 'var(--accent-soft)',
  },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--fault)' },
  '.cm-tooltip': {
    backgroundColor: 'var(--card)',
    border: '1px solid var(--line)',
    borderRadius: '0.5rem',
    overflow: 'hidden',
  },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.25rem 0.5rem' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { background: 'var(--accent-soft)', color: 'var(--text)' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionDetail': { color: 'var(--quiet)', fontStyle: 'normal' },
  '.cm-diagnostic-error': { borderLeft: '3px solid var(--fault)' },
});

/** In the colours of the page, light and dark. */
export const colours: Extension = [syntaxHighlighting(highlight), theme];
