// Building pages by hand: elements, icons, words. Text is only ever set as text.
((P) => {
  "use strict";

  P.views = {}; // name → what draws that page
  const { words, looks } = JSON.parse(document.getElementById("phone-config").textContent);

  // ── Language: the phone's own choice, else what the ordinary pages last spoke
  const stored = () => { try { return localStorage.getItem("phone-language"); } catch { return null; } };
  P.language = stored() === "en" ? "en" : "zh";
  P.setLanguage = (language) => {
    P.language = language;
    document.documentElement.lang = language === "en" ? "en" : "zh-CN";
    try { localStorage.setItem("phone-language", language); } catch { /* it holds until the page is closed */ }
  };

  // A word of the shell; of two forms the one for the number n. %(name)s is filled in.
  P.t = (key, values = {}) => {
    const found = words[P.language][key];
    if (found === undefined) throw new Error(`The shell has no word “${key}”.`);
    const text = Array.isArray(found) ? found[values.n === 1 ? 0 : 1] : found;
    return text.replace(/%\((\w+)\)s/g, (_all, name) => String(values[name] ?? ""));
  };

  // ── Elements: h("p.meta", {id: "x"}, "text", child, …); what is null, false or "" is left out
  const isThere = (child) => child !== null && child !== undefined && child !== false && child !== "";
  P.h = (what, attributes, ...children) => {
    const [tag, ...classes] = what.split(".");
    const element = document.createElement(tag || "div");
    if (classes.length) element.className = classes.join(" ");
    for (const [name, value] of Object.entries(attributes ?? {})) {
      if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
      else if (value === true) element.setAttribute(name, "");
      else if (isThere(value) || (name === "alt" || name === "value")) element.setAttribute(name, value ?? "");
    }
    element.append(...children.flat(3).filter(isThere));
    return element;
  };
  const { h, t } = P;

  P.icon = (name) => document.getElementById(`icon-${name}`).content.firstElementChild.cloneNode(true);
  P.chip = (css, icon, text) => h(`span.st.st-${css}`, null, P.icon(icon), text);
  P.look = (key, text) => { const [css, icon, label] = looks[P.language][key]; return P.chip(css, icon, text || label); };
  P.why = (text) => h("p.why", null, P.icon("bulb"), h("span", null, text));
  P.hidden = (text) => h("span.visually-hidden", null, text);
  P.meta = (...parts) => h("p.meta.mb-0", null, parts.flat().filter(isThere).join(" · "));
  P.note = (css, icon, ...content) => h(`div.note${css ? `.note-${css}` : ""}`, { role: css === "over" ? "alert" : "status" }, P.icon(icon), h("div", null, ...content));
  P.link = (css, href, ...content) => h(`a.btn${css}`, { href }, ...content);
  P.button = (css, press, ...content) => h(`button.btn${css}`, { type: "button", onclick: press }, ...content);

  let headings = 0;
  P.section = (title, small, ...content) => {
    const id = `h${(headings += 1)}`;
    return h("section", { "aria-labelledby": id }, h("h2.ph-h", { id }, title, small ? h("small", null, small) : ""), ...content);
  };
  P.rows = (list, draw, empty) => h("div.card", null, list.length ? h("ul.rows", null, list.map(draw)) : h("p.card-body.meta.mb-0", null, empty));

  P.say = (text) => { document.getElementById("ph-say").textContent = text; };

  // Asks once, in words; resolves to whether the person wants it.
  P.sure = (text, yes, isGrave = true) => new Promise((resolve) => {
    const box = h("dialog.ph-sure", { "aria-label": text }, h("p", null, text), h("div.acts-row", null,
      h(`button.btn${isGrave ? ".btn-grave" : ".btn-primary"}`, { type: "button", onclick: () => box.close("yes") }, yes),
      h("button.btn", { type: "button", onclick: () => box.close("") }, t("stay"))));
    box.addEventListener("close", () => { box.remove(); resolve(box.returnValue === "yes"); });
    document.body.append(box);
    box.showModal();
  });

  P.tel = (contact) => contact?.phone && h("a.ph-icon", { href: `tel:${contact.phone}`, "aria-label": t("call", { name: contact.name }) }, P.icon("phone"));
  P.mainContact = (enterprise) => enterprise.contacts.find((c) => c.is_main && c.phone) ?? enterprise.contacts.find((c) => c.phone);
})((self.Phone ??= {}));
