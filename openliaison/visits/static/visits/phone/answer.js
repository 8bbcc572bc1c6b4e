// The answer to an office's question, and what became of a promise.
((P) => {
  "use strict";
  const { h, t } = P;
  const { summary, text } = P.parts;

  // A page of one text. `done` makes the body of what is sent.
  function page({ enterprise, id, kind, title, above, label, most, empty, body, item }) {
    const { person } = P.here;
    const form = { draft: P.drafts.read(person, id) ?? { key: item?.key ?? P.uuid(), text: item ? item.body.text ?? item.body.reason : "", enterprise_id: enterprise.id, title }, errors: item?.state === "needs" ? { text: item.why, ...item.fields } : {} };
    const place = h("div.ph-form", null);
    form.changed = () => (form.draft.text.trim() ? P.drafts.keep(person, id, form.draft) : P.drafts.drop(person, id));
    form.save = async (event) => {
      event.preventDefault();
      if (form.isSaved) return undefined; // pressed twice
      form.errors = form.draft.text.trim() ? {} : { text: empty };
      if (form.errors.text) return draw("#ph-errors");
      try {
        const saved = await P.items.put({ key: form.draft.key, kind, enterprise, title, body: body(form.draft.text.trim()) });
        if (saved.isTooLate) { form.errors = { text: t("sent_meanwhile") }; return draw("#ph-errors"); }
        form.isSaved = true;
        P.drafts.drop(person, id);
        P.go("#/outbox", t("saved_on_phone"));
      } catch (error) {
        if (!P.photos.isFull(error)) throw error;
        form.errors = { text: t("phone_full") };
        draw("#ph-errors");
      }
      return undefined;
    };
    const draw = (focus) => {
      place.replaceChildren(h("form.mt-3", { id: "ph-one", novalidate: true, onsubmit: form.save }, summary(form), above, text(form, form.draft, "text", { label, rows: 4, most })));
      if (focus) place.querySelector(focus)?.focus();
    };
    draw();
    return { ...P.head(enterprise, kind), main: [place], act: [h("button.btn.btn-primary", { form: "ph-one" }, P.icon("device-floppy"), t("save_on_phone"))] };
  }

  P.views.answer = async ({ id, edit }) => {
    const [one, enterprise] = P.here.find("cases", id);
    const item = edit ? await P.store.item(edit) : null;
    if (!one?.question && !item) return P.views.missing();
    const asked = one?.question ?? { entry_id: item.body.entry_id, text: item.title, by: "" };
    return page({
      enterprise: enterprise ?? { id: item.enterprise_id, name: item.enterprise, contacts: [] }, id: `answer:${id}`, kind: "answer", title: asked.text, item,
      above: h("div.ph-ask.mb-3", null, h("p.mb-1", null, h("b", null, t("asks", { who: asked.by })), ` ${asked.text}`), one ? P.meta(one.number, one.title) : ""),
      label: t("answer_label"), most: 20_000, empty: t("answer_empty"),
      body: (words) => ({ case_id: Number(id), entry_id: asked.entry_id, text: words, version: one?.version ?? "" }),
    });
  };

  P.views.promise = async ({ id, edit, state: wanted }) => {
    const [one, enterprise] = P.here.find("promises", id);
    const item = edit ? await P.store.item(edit) : null;
    if (!one) return P.views.missing();
    const state = (item?.body.state ?? wanted) === "kept" ? "kept" : "broken";
    return page({
      enterprise, id: `promise:${id}${state === "kept" ? "?state=kept" : ""}`, kind: "promise", title: one.text, item,
      above: h("div.ph-ask.mb-3", null, h("p.mb-1", null, one.text), P.meta(one.label)),
      label: t(state === "kept" ? "what_done" : "why_not_kept"), most: 300, empty: t(state === "kept" ? "what_done_empty" : "why_not_empty"),
      body: (words) => ({ promise_id: Number(id), state, reason: words }),
    });
  };
})((self.Phone ??= {}));
