// Small helps; every page works without them.
(() => {
  "use strict";

  const person = document.body.dataset.person;
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];

  // ── Drafts: what is typed into a form[data-draft] is kept on this device, for this person, until it was taken.
  // A session that ends, a lost answer or a closed window loses nothing. Logging out throws drafts away.
  const DAYS_KEPT = 14;
  const mine = `draft:${person}:`;
  const PENDING = "draft-sent";
  const store = {
    read: (key) => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
    write: (key, value) => { try { localStorage.setItem(key, JSON.stringify(value)); } catch { /* full or forbidden: the page works without */ } },
    drop: (key) => localStorage.removeItem(key),
    keys: () => Object.keys(localStorage),
  };
  const keyOf = (form) => mine + form.dataset.draft;
  const isBox = (field) => field.type === "radio" || field.type === "checkbox";
  const fields = (form) => [...form.elements].filter((f) => f.name && !["hidden", "file", "password", "submit", "button"].includes(f.type));
  const asFirst = (field) => (isBox(field) ? field.defaultChecked : field.tagName === "SELECT" ? [...field.options].find((o) => o.defaultSelected)?.value ?? field.options[0]?.value ?? "" : field.defaultValue);
  const asNow = (field) => (isBox(field) ? field.checked : field.value);

  const keep = (form) => {
    const changed = fields(form).filter((f) => asNow(f) !== asFirst(f));
    if (!changed.length) { store.drop(keyOf(form)); return; }
    store.write(keyOf(form), { at: Date.now(), fields: changed.map((f) => [f.name, isBox(f) ? f.value : null, asNow(f)]) });
  };

  const refill = (form) => {
    const kept = store.read(keyOf(form));
    if (!kept || form.querySelector(".errors")) return; // a form that came back carries its words already
    for (const [name, choice, value] of kept.fields) {
      const field = fields(form).find((f) => f.name === name && (choice === null || f.value === choice));
      if (!field) continue;
      if (isBox(field)) field.checked = value; else field.value = value;
    }
    form.before(document.getElementById("draft-note").content.cloneNode(true));
    form.previousElementSibling.querySelector("[data-draft-drop]").addEventListener("click", (e) => {
      store.drop(keyOf(form));
      e.target.closest(".draft-note").remove();
      form.reset();
    });
  };

  const settleSent = () => {
    const sent = store.read(PENDING);
    if (!sent) return;
    store.drop(PENDING);
    const cameBack = all("form[data-draft]").some((f) => keyOf(f) === sent && f.querySelector(".errors"));
    if (person && sent.startsWith(mine) && !document.body.dataset.error && !cameBack) store.drop(sent);
  };

  const forgetOld = () => {
    for (const key of store.keys().filter((k) => k.startsWith("draft:"))) {
      const kept = store.read(key);
      if (!kept || Date.now() - kept.at > DAYS_KEPT * 86_400_000) store.drop(key);
    }
  };

  settleSent();
  forgetOld();
  if (person) all("form[data-draft]").forEach(refill);
  else if (store.keys().some((k) => k.startsWith("draft:"))) all("[data-drafts-kept]").forEach((e) => { e.hidden = false; });
  for (const type of ["input", "change"]) document.addEventListener(type, (e) => { const form = e.target.form; if (person && form?.dataset.draft) keep(form); });

  // ── Forms
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.dataset.draft) { keep(form); store.write(PENDING, keyOf(form)); }
    if ("logout" in form.dataset) store.keys().filter((k) => k.startsWith(mine)).forEach(store.drop);
    // One press, one sending; the server takes a form once anyway.
    const buttons = all("button:not([type=button])", form);
    setTimeout(() => buttons.forEach((b) => { b.disabled = true; }), 0);
    setTimeout(() => buttons.forEach((b) => { b.disabled = false; }), 8000);
  });
  window.addEventListener("pageshow", (e) => { if (e.persisted) all("button[disabled]").forEach((b) => { b.disabled = false; }); });
  document.addEventListener("change", (e) => { if (e.target.form && "auto" in e.target.form.dataset && e.target.tagName === "SELECT") e.target.form.requestSubmit(); });
  all("[data-focus]").slice(0, 1).forEach((e) => e.focus());

  // ── Keys, menus, print
  const closeMenus = (but) => all("details.ol-menu[open]").forEach((d) => { if (!but || !d.contains(but)) d.open = false; });
  document.addEventListener("keydown", (e) => {
    if (e.key === "/" && !/input|textarea|select/i.test(e.target.tagName)) {
      const find = document.querySelector("[data-find]");
      if (find?.offsetParent) { e.preventDefault(); find.focus(); }
    }
    if (e.key === "Escape") closeMenus();
  });
  document.addEventListener("click", (e) => { closeMenus(e.target); if (e.target.closest("[data-print]")) window.print(); });
  all("[data-print]").forEach((b) => { b.hidden = false; });

  // ── An answer that did not arrive is said
  const lost = () => {
    if (document.querySelector(".lost-note")) return;
    const note = document.getElementById("lost-note").content.cloneNode(true);
    note.firstElementChild.classList.add("lost-note");
    document.getElementById("main").prepend(note);
  };
  for (const type of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) document.addEventListener(type, lost);
})();
