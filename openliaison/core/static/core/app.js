// Small helps; every page works without them.
(() => {
  "use strict";

  // A long form's words are kept in this tab until they were taken: a session that ends loses nothing.
  const key = (form) => `draft:${form.dataset.draft}`;
  const fields = (form) => [...form.elements].filter((f) => f.name && !["hidden", "file", "password"].includes(f.type));

  const keep = (form) => {
    const words = {};
    for (const f of fields(form)) {
      if (f.type === "radio" || f.type === "checkbox") { if (f.checked) words[f.name] = f.value; } else if (f.value) words[f.name] = f.value;
    }
    sessionStorage.setItem(key(form), JSON.stringify(words));
  };

  const refill = (form) => {
    const kept = sessionStorage.getItem(key(form));
    if (!kept) return;
    const words = JSON.parse(kept);
    for (const f of fields(form)) {
      if (!(f.name in words)) continue;
      if (f.type === "radio" || f.type === "checkbox") f.checked = f.value === words[f.name]; else if (!f.value) f.value = words[f.name];
    }
  };

  document.addEventListener("input", (e) => { const form = e.target.closest("form[data-draft]"); if (form) keep(form); });
  for (const form of document.querySelectorAll("form[data-draft]")) refill(form);
  for (const mark of document.querySelectorAll("[data-draft-taken]")) sessionStorage.removeItem(`draft:${mark.dataset.draftTaken}`);

  // One press, one sending; the server takes a form once anyway.
  document.addEventListener("submit", (e) => {
    const buttons = e.target.querySelectorAll("button:not([type=button])");
    setTimeout(() => buttons.forEach((b) => { b.disabled = true; }), 0);
    setTimeout(() => buttons.forEach((b) => { b.disabled = false; }), 8000);
  });

  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/input|textarea|select/i.test(e.target.tagName)) {
      const find = document.querySelector(".ol-find input");
      if (find) { e.preventDefault(); find.focus(); }
    }
    if (e.key === "Escape") document.querySelectorAll("details.ol-menu[open]").forEach((d) => d.removeAttribute("open"));
  });

  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-print]")) window.print();
    document.querySelectorAll("details.ol-menu[open]").forEach((d) => { if (!d.contains(e.target)) d.removeAttribute("open"); });
  });

  // Filters act at once where they can.
  document.addEventListener("change", (e) => { if (e.target.closest("form[data-auto]")) e.target.form.requestSubmit(); });
})();
