// The visit on one screen. Nothing is required but that something was said.
((P) => {
  "use strict";
  const { h, t } = P;
  const { box, list, pick, summary, text } = P.parts;
  const BOOKED_NEAR_MS = 36 * 3_600_000; // a visit is for the booking of that day
  const idOf = (enterprise, edit) => `visit:${enterprise.id}${edit ? `:${edit}` : ""}`;

  const blank = (enterprise) => ({ key: P.uuid(), enterprise_id: enterprise.id, mode: "visit", contact: "", notes: "", problems: [], promises: [], facts: {}, minutes: "", at: "", booking: null });

  // An item of the outbox goes back into the form, under its own key.
  function fromItem({ key, body }) {
    return { key, enterprise_id: body.enterprise_id, mode: body.mode, contact: body.contact_id ?? "", notes: body.notes, minutes: body.minutes ?? "", at: body.visited_at ?? "", booking: body.booking_id ?? null, facts: { ...body.facts },
      problems: body.problems.map((p) => ({ ...p })), promises: body.commitments.map((c) => ({ ...c })), is_edit: true };
  }

  const isSpoken = (draft) => Boolean(draft.notes.trim() || draft.problems.some((p) => p.text.trim()) || draft.promises.some((p) => p.text.trim()) || Object.values(draft.facts).some((v) => String(v).trim()) || draft.minutes || draft.at || draft.contact);

  function errorsOf(draft, photos) {
    const found = {};
    draft.problems.forEach((p, n) => { if (!p.text.trim() && (p.wanted_result || p.category)) found[`problem${n}`] = t("problem_empty"); });
    draft.promises.forEach((p, n) => {
      if (p.text.trim() && !p.due_on) found[`due${n}`] = t("promise_day");
      if (!p.text.trim() && p.due_on) found[`promise${n}`] = t("promise_empty");
      if (p.due_on && p.due_on < P.times.today()) found[`due${n}`] = t("promise_past");
    });
    if (draft.at && Date.parse(draft.at) > Date.now() + 300_000) found.at = t("visit_ahead");
    if (draft.minutes && !(Number.isInteger(Number(draft.minutes)) && draft.minutes >= 1 && draft.minutes <= 600)) found.minutes = t("minutes_range");
    if (!draft.notes.trim() && !draft.problems.some((p) => p.text.trim()) && !draft.promises.some((p) => p.text.trim()) && !Object.values(draft.facts).some((v) => String(v).trim()) && !photos.length) found.notes = t("nothing_said");
    return found;
  }

  function bodyOf(draft, enterprise, photos) {
    const facts = Object.fromEntries(Object.entries(draft.facts).map(([k, v]) => [k, String(v).trim()]).filter(([, v]) => v));
    const read = Object.fromEntries(Object.keys(facts).map((key) => [key, enterprise.ask.find((a) => a.key === key)?.value ?? null]));
    const only = (name, value) => (value ? { [name]: value } : {});
    return { enterprise_id: enterprise.id, mode: draft.mode, nothing_new: false, notes: draft.notes.trim() || (photos.length && !draft.problems.length ? t("photos_only") : ""), facts, read, files: photos.map((p) => p.key),
      problems: draft.problems.filter((p) => p.text.trim()), commitments: draft.promises.filter((p) => p.text.trim()),
      ...only("contact_id", Number(draft.contact)), ...only("visited_at", draft.at), ...only("minutes", Number(draft.minutes)), ...only("booking_id", draft.booking) };
  }

  // ── Pieces
  const whom = (form, e) => e.contacts.length ? pick(form, form.draft, "contact", { label: t("whom_met"), choices: [...e.contacts.map((c) => [c.id, [c.function, c.name].filter(Boolean).join(" ")]), ["", t("somebody_else")]] }) : "";

  function question(form, ask) {
    const about = { label: ask.unit ? `${ask.label} (${ask.unit})` : ask.label, help: ask.held };
    if (ask.choices.length) return pick(form, form.draft.facts, ask.key, { ...about, choices: [...ask.choices, ["", t("not_asked")]] });
    const mode = { int: "numeric", decimal: "decimal" }[ask.type] ?? "text";
    return text(form, form.draft.facts, ask.key, { ...about, ...(ask.type === "date" ? { type: "date", max: P.times.today() } : { inputmode: mode }) });
  }

  function problem(form, one, n) {
    const categories = [["", t("category_unsure")], ...P.here.pack.content.categories.map((c) => [c.code, c.label])];
    return h("fieldset.ph-part", null, h("legend", null, t("problem_n", { n: n + 1 })), remove(form, form.draft.problems, n, t("problem_n", { n: n + 1 })),
      text(form, one, "text", { label: t("problem_what"), help: t("problem_help"), rows: 3, most: 20_000, at: `problem${n}` }),
      list(form, one, "category", { label: t("category"), choices: categories }),
      text(form, one, "wanted_result", { label: t("wanted") }),
      box(form, one, "is_confidential", t("confidential")));
  }

  function promise(form, one, n) {
    return h("fieldset.ph-part", null, h("legend", null, t("promise_n", { n: n + 1 })), remove(form, form.draft.promises, n, t("promise_n", { n: n + 1 })),
      text(form, one, "text", { label: t("promise_what"), at: `promise${n}` }),
      pick(form, one, "side", { label: t("promise_side"), choices: P.here.pack.content.promise_sides.map((s) => [s.value, s.label]) }),
      text(form, one, "due_on", { label: t("promise_when"), type: "date", min: P.times.today(), at: `due${n}` }));
  }

  const remove = (form, rows, n, name) => P.button(".ph-remove", () => { rows.splice(n, 1); form.changed(); form.draw("#ph-add"); }, P.icon("x"), t("take_away"), P.hidden(name));

  const photoRow = (form) => (photo) => {
    const address = URL.createObjectURL(new Blob([photo.bytes], { type: "image/jpeg" }));
    const picture = h("img", { src: address, alt: t("photo_alt", { n: form.photos.indexOf(photo) + 1 }), width: 72, height: 72 });
    picture.addEventListener("load", () => URL.revokeObjectURL(address), { once: true });
    return h("li.ph-photo", null, picture, h("span.meta", null, P.photos.kilobytes(photo.size)), P.button(".btn-sm", async () => { await P.store.drop("photos", photo.key); await form.readPhotos(); form.draw("#ph-camera"); }, P.icon("x"), t("take_away"), P.hidden(t("photo_alt", { n: form.photos.indexOf(photo) + 1 }))));
  };

  function photosOf(form) {
    const choose = h("input.visually-hidden", { id: "ph-camera", type: "file", accept: "image/jpeg,image/png,image/webp", multiple: true, onchange: (event) => form.takePhotos(event.target.files) });
    return h("div.field", null, choose, h("label.btn.w-100", { for: "ph-camera" }, P.icon("camera"), t("photos"), h("span.meta", null, t("photos_free"))),
      h("p.meta.mb-0", { role: "status", id: "ph-step" }, form.step), form.refused.map((text_) => h("div.mt-2", null, P.note("due", "alert-triangle", text_))),
      form.photos.length ? h("ul.ph-photos", null, form.photos.map(photoRow(form))) : "");
  }

  function bookings(form, e) {
    const found = P.here.bookingsOf(e).filter((b) => Math.abs(Date.parse(b.starts_at) - P.times.serverNow()) < BOOKED_NEAR_MS);
    return found.length ? pick(form, form.draft, "booking", { label: t("for_booking"), choices: [...found.map((b) => [b.id, `${P.times.near(b.starts_at)} ${b.purpose || b.kind_label}`]), ["", t("for_none")]] }) : "";
  }

  function draw(form, e) {
    const { draft } = form;
    const add = (rows, row, label, icon) => P.button("", () => { rows.push(row); form.changed(); form.draw("fieldset.ph-part:last-of-type textarea, fieldset.ph-part:last-of-type input"); }, P.icon(icon), label);
    return h("form", { id: "ph-visit", novalidate: true, autocomplete: "off", onsubmit: (event) => { event.preventDefault(); form.save(); } },
      h("p.meta.mt-2.mb-2", null, t("only_new")), form.kept ? h("div.mb-3", null, P.note("accent", "history", t("draft_back"), " ", P.button(".btn-sm", form.throwAway, t("throw_draft")))) : "",
      summary(form), form.unkept ? h("div.mb-3", null, P.note("over", "alert-octagon", t("draft_full"))) : "",
      pick(form, draft, "mode", { label: t("how"), choices: P.here.pack.content.modes.map((m) => [m.value, m.label]) }),
      whom(form, e), bookings(form, e),
      text(form, draft, "notes", { label: t("heard"), rows: 3, most: 20_000 }),
      e.ask.length ? h("div", null, h("h2.ph-h", null, t("ask_only"), h("small", null, t("ask_only_small"))), e.ask.map((a) => question(form, a))) : "",
      h("div", { id: "ph-problems" }, draft.problems.map((p, n) => problem(form, p, n))), h("div", { id: "ph-promises" }, draft.promises.map((p, n) => promise(form, p, n))),
      h("div.ph-add", { id: "ph-add", tabindex: "-1" }, add(draft.problems, { text: "", category: "", wanted_result: "", is_confidential: false }, t("add_problem"), "plus"), add(draft.promises, { text: "", side: "county", due_on: "" }, t("add_promise"), "heart-handshake")),
      photosOf(form),
      h("details.v-more", { open: Boolean(draft.at || draft.minutes) }, h("summary", null, P.icon("clock"), t("earlier")),
        text(form, draft, "at", { label: t("when"), help: t("when_help"), type: "datetime-local" }), text(form, draft, "minutes", { label: t("minutes"), inputmode: "numeric", most: 3 })));
  }

  // ── The form as a thing
  P.views.visit = async ({ id, edit }) => {
    const e = P.here.enterprise(id);
    if (!e) return P.views.missing();
    const { person } = P.here;
    const item = edit ? await P.store.item(edit) : null;
    const draftId = idOf(e, item?.key);
    const kept = P.drafts.read(person, draftId);
    const form = { draft: kept ?? (item ? fromItem(item) : blank(e)), kept: Boolean(kept), errors: item?.state === "needs" ? { notes: item.why, ...item.fields } : {}, refused: [], step: "", photos: [], unkept: false };
    const place = h("div.ph-form", null);
    const keep = () => { form.unkept = !P.drafts.keep(person, draftId, form.draft); };
    form.readPhotos = async () => { form.photos = await P.store.photosOf(person, form.draft.key); };
    form.draw = (focus) => { place.replaceChildren(draw(form, e)); if (focus) place.querySelector(focus)?.focus(); };
    form.changed = () => { if (isSpoken(form.draft) || form.photos.length || form.draft.is_edit) keep(); else P.drafts.drop(person, draftId); };
    form.throwAway = async () => {
      if (!(await P.sure(t("sure_draft"), t("throw_away")))) return;
      P.drafts.drop(person, draftId);
      if (item) { P.go("#/outbox"); return; }
      Object.assign(form, { draft: blank(e), kept: false, errors: {} });
      await P.photos.forgetLoose(person);
      await form.readPhotos();
      form.draw("input");
    };
    form.takePhotos = async (files) => {
      keep(); // the pictures belong to a draft from now on
      const step = (n, all) => { place.querySelector("#ph-step").textContent = t("photo_step", { n, all }); };
      form.refused = await P.photos.take(files, form.draft.key, person, step);
      await form.readPhotos();
      form.draw("#ph-camera");
    };
    form.save = async () => {
      if (form.isSaved) return undefined; // pressed twice
      form.errors = errorsOf(form.draft, form.photos);
      if (Object.keys(form.errors).length) return form.draw("#ph-errors");
      try {
        const saved = await P.items.put({ key: form.draft.key, kind: "visit", enterprise: e, title: "", body: bodyOf(form.draft, e, form.photos) });
        if (saved.isTooLate) return tooLate();
        form.isSaved = true;
        P.drafts.drop(person, draftId);
        P.go("#/outbox", t("saved_on_phone"));
      } catch (error) {
        if (!P.photos.isFull(error)) throw error;
        form.errors = { notes: t("phone_full") };
        form.draw("#ph-errors");
      }
      return undefined;
    };
    // The version before arrived while this one was being changed: this one is sent as a further record, or not at all.
    const tooLate = () => {
      Object.assign(form.draft, { key: P.uuid(), is_edit: false });
      form.errors = { notes: t("sent_meanwhile") };
      keep();
      form.draw("#ph-errors");
    };
    await form.readPhotos();
    form.draw();
    return { ...P.head(e, "visit"), main: [place], act: [h("button.btn.btn-primary", { form: "ph-visit" }, P.icon("device-floppy"), t("save_on_phone"))] };
  };
})((self.Phone ??= {}));
