// Controls of forms, bound to the draft that they fill in.
((P) => {
  "use strict";
  const { h, t } = P;
  let made = 0;
  const newId = () => `f${(made += 1)}`;

  // `at` names the field in what validation finds; its sentence stands below the control.
  const wrong = (form, at, id) => form.errors[at] ? h("div.invalid-feedback.d-block.field-error", { id: `${id}-e` }, P.icon("alert-triangle"), ` ${form.errors[at]}`) : "";
  const marks = (form, at, id) => (form.errors[at] ? { "aria-invalid": "true", "aria-describedby": `${id}-e` } : {});
  const look = (form, at, css) => `${css}${form.errors[at] ? ".is-invalid" : ""}`;

  function text(form, holder, name, { label, help, at = name, rows, most = 300, ...more }) {
    const id = newId();
    const set = (event) => { holder[name] = event.target.value; form.changed(); };
    const attributes = { id, maxlength: most, oninput: set, ...marks(form, at, id), ...more };
    const field = rows ? h(look(form, at, "textarea.form-control"), { rows, ...attributes }) : h(look(form, at, "input.form-control"), { type: "text", autocomplete: "off", ...attributes });
    field.value = holder[name] ?? "";
    return h("div.field", null, h("label.form-label", { for: id }, label, help ? h("span.meta.fw-normal", null, ` ${help}`) : ""), field, wrong(form, at, id));
  }

  // Two to four choices as real radios; more of them as a list.
  function pick(form, holder, name, { label, help, choices, at = name }) {
    if (choices.length > 6) return list(form, holder, name, { label, help, choices, at });
    const id = newId();
    const one = ([value, words]) => h("label", null, h("input", { type: "radio", name: id, value, checked: String(holder[name] ?? "") === String(value), onchange: () => { holder[name] = value; form.changed(); } }), h("span", null, words));
    return h("fieldset.field", marks(form, at, id), h("legend", null, label, help ? h("span.meta.fw-normal", null, ` ${help}`) : ""), h("div.pick", null, choices.map(one)), wrong(form, at, id));
  }

  function list(form, holder, name, { label, help, choices, at = name }) {
    const id = newId();
    const field = h(look(form, at, "select.form-select"), { id, onchange: (event) => { holder[name] = event.target.value; form.changed(); }, ...marks(form, at, id) }, choices.map(([value, words]) => h("option", { value }, words)));
    field.value = holder[name] ?? "";
    return h("div.field", null, h("label.form-label", { for: id }, label, help ? h("span.meta.fw-normal", null, ` ${help}`) : ""), field, wrong(form, at, id));
  }

  function box(form, holder, name, label) {
    const id = newId();
    return h("div.form-check", null, h("input.form-check-input", { id, type: "checkbox", checked: Boolean(holder[name]), onchange: (event) => { holder[name] = event.target.checked; form.changed(); } }), h("label.form-check-label", { for: id }, label));
  }

  // Where a form could not be taken: all sentences at the top, focused.
  function summary(form) {
    const sentences = [...new Set(Object.values(form.errors))];
    return sentences.length ? h("div.errors.mt-3", { tabindex: "-1", id: "ph-errors" }, P.note("over", "alert-octagon", t("mend"), h("ul", null, sentences.map((s) => h("li", null, s))))) : "";
  }

  P.parts = { box, list, pick, summary, text };
})((self.Phone ??= {}));
