/** The fields of an action's form, with what is wrong beside each. */

import type { Choice } from '../actions/action.ts';
import type { Field, Filled, Problems } from '../actions/fields.ts';
import { fieldsOf, missing } from '../actions/fields.ts';
import type { Html } from '../html.ts';
import { html, nothing } from '../html.ts';
import type { Visit } from '../types.ts';

export function fieldsPart(visit: Visit, choice: Choice, filled: Filled, problems: Problems): Html {
  return html`${fieldsOf(choice).map((field) => fieldPart(visit, field, filled, problems))}`;
}

function fieldPart({ words }: Visit, field: Field, filled: Filled, problems: Problems): Html {
  const { fields, fieldHints, missing: isMissing, wrong, keepOut } = words.console.acts;
  const { name, isText, isRequired, charactersMax } = field;
  const id = `field-${name}`;
  const problem = problems.get(name);
  const text = filled[name] ?? '';
  const attributes = html`id="${id}" name="${name}" maxlength="${charactersMax}"
  aria-describedby="${id}-hint" ${isRequired ? html`required` : nothing}
  ${problem === undefined ? nothing : html`aria-invalid="true"`}`;
  return html`<p class="desk-field">
    <label for="${id}">${fields[name]}</label>
    ${
      isText
        ? html`<textarea ${attributes}>${leadingKept(text)}</textarea>`
        : html`<input ${attributes} value="${text}" autocomplete="off" />`
    }
    ${
      problem === undefined
        ? nothing
        : html`<span class="desk-wrong">${problem === missing ? isMissing : wrong(problem)}</span>`
    }
    <span class="desk-hint" id="${id}-hint">${fieldHints[name]}${isText ? ` ${keepOut}` : ''}</span>
  </p>`;
}

/** A parser drops the first end of line in a text field. */
function leadingKept(text: string): string {
  return text.startsWith('\n') ? `\n${text}` : text;
}
