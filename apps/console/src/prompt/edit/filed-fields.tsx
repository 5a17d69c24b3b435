import { Field, SelectField } from '../../ui/field.tsx';
import type { Draft } from './draft.ts';

interface FiledProps {
  readonly draft: Draft;
  /** Whether it is somebody's own: by which name programs find it, and who else does, its owner says. */
  readonly isOwn: boolean;
  readonly isNew: boolean;
  faultOf(name: keyof Draft): string | undefined;
  change(changes: Partial<Draft>): void;
}

/** What a prompt is filed under, and who finds it: this makes no version. */
export function FiledFields({ draft, isOwn, isNew, faultOf, change }: FiledProps) {
  return (
    <div className="grid gap-5 sm:grid-cols-2">
      <Field
        label="Category"
        dir="auto"
        required={false}
        value={draft.category}
        fault={faultOf('category')}
        onChange={({ target }) => change({ category: target.value })}
      />
      <Field
        label="Tags"
        dir="auto"
        required={false}
        placeholder="support, email"
        value={draft.tags}
        fault={faultOf('tags')}
        onChange={({ target }) => change({ tags: target.value })}
      />
      {isOwn && (
        <>
          <Field
            label="Slug"
            hint={
              isNew
                ? 'By which programs find it. Unless given, the title makes it.'
                : 'By which programs find it: another one is another name.'
            }
            required={false}
            autoCapitalize="none"
            spellCheck={false}
            placeholder="support/triage"
            value={draft.slug}
            fault={faultOf('slug')}
            onChange={({ target }) => change({ slug: target.value })}
          />
          <SelectField
            label="Who reads it"
            hint="Those whom you share a group with read what is in it."
            value={draft.visibility}
            fault={faultOf('visibility')}
            onChange={({ target }) => change({ visibility: target.value === 'public' ? 'public' : 'private' })}
          >
            <option value="private">You</option>
            <option value="public">Everybody who is signed in</option>
          </SelectField>
        </>
      )}
      <label className="flex items-start gap-2.5 text-sm sm:col-span-2">
        <input
          type="checkbox"
          className="mt-0.5 size-5 shrink-0"
          checked={draft.isTemplate}
          onChange={({ target }) => change({ isTemplate: target.checked })}
        />
        A template: meant to be copied, and found among the templates
      </label>
    </div>
  );
}
