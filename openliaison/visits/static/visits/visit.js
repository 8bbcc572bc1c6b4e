// The visit's form: further problems and promises without a round trip; a folded part that holds words stands open.
(() => {
  "use strict";
  const form = document.getElementById("visit-form");
  if (!form) return;

  const total = (name) => form.elements[`${name}-TOTAL_FORMS`];
  const most = (name) => Number(form.elements[`${name}-MAX_NUM_FORMS`].value);

  const grow = (name) => {
    const part = form.querySelector(`[data-blocks="${name}"]`);
    const count = Number(total(name).value);
    if (count >= most(name)) return null;
    const made = part.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const one of made.querySelectorAll("[name], [id], [for], [aria-describedby]")) {
      for (const at of ["name", "id", "for", "aria-describedby"]) {
        if (one.hasAttribute(at)) one.setAttribute(at, one.getAttribute(at).replaceAll("__prefix__", count));
      }
    }
    part.querySelector("template").before(made);
    total(name).value = count + 1;
    if (count + 1 >= most(name)) part.querySelector(".v-add").hidden = true;
    return made;
  };

  for (const button of form.querySelectorAll(".v-add")) {
    button.type = "button";
    button.addEventListener("click", () => grow(button.value)?.querySelector("textarea, input:not([type=hidden])").focus());
  }

  // A draft that was kept on this device may hold more blocks than an empty form.
  const kept = (() => { try { return JSON.parse(localStorage.getItem(`draft:${document.body.dataset.person}:${form.dataset.draft}`)); } catch { return null; } })();
  if (kept && !form.querySelector(".errors")) {
    for (const [name, choice, value] of kept.fields) {
      const [, block, index] = /^(problem|promise)-(\d+)-/.exec(name) ?? [];
      if (!block) continue;
      while (Number(total(block).value) <= Number(index)) if (!grow(block)) break;
      const field = [...form.elements].find((f) => f.name === name && (choice === null || f.value === choice));
      if (field) { if (choice === null) field.value = value; else field.checked = value; }
    }
  }

  const spoken = "input:not([type=hidden]):not([type=radio]):not([type=checkbox]), textarea, select, input[type=checkbox]:checked";
  for (const part of form.querySelectorAll("details.v-more")) {
    if ([...part.querySelectorAll(spoken)].some((field) => field.value)) part.open = true;
  }
})();
