// The outbox: what waits, what needs its person, what has arrived. Nothing is thrown away unasked.
((P) => {
  "use strict";
  const { h, t } = P;

  P.itemChip = (item) => {
    if (item.state === "sent") return P.chip("ok", "circle-check", t("arrived"));
    if (item.state === "needs") return P.chip("due", "alert-triangle", t("needs_you"));
    return item.state === "sending" ? P.chip("wait", "cloud-upload", t("is_sending")) : P.chip("wait", "cloud-upload", t("waits"));
  };

  const name = (item) => h("span.t.grow", null, [item.kind === "visit" && item.title ? item.title : t(P.items.KINDS[item.kind]), item.enterprise].join(" · "));
  const photosOf = (item) => P.here.photos.filter((p) => p.visit === item.key);

  async function throwAway(item) {
    if (!(await P.sure(t("sure_item", { name: item.enterprise }), t("throw_away")))) return;
    await P.store.dropItem(item.key, item.person);
    P.changed();
    P.tell(t("thrown_away"));
  }

  function edit(item) {
    const [place, id] = { visit: ["e", item.body.enterprise_id], answer: ["answer", item.body.case_id], promise: ["promise", item.body.promise_id] }[item.kind];
    P.go(`#/${place}/${id}${item.kind === "visit" ? "/visit" : ""}?edit=${item.key}`);
  }

  const canEdit = (item) => item.state !== "sending" && item.body && !item.body.nothing_new && !(item.kind === "promise" && !item.body.reason);

  const acts = (item, ...more) => h("div.acts-row", null, ...more,
    canEdit(item) ? P.button("", () => edit(item), P.icon("pencil"), t("edit"), P.hidden(item.enterprise)) : "",
    P.button("", () => P.items.copy(item), P.icon("copy"), t("copy_text"), P.hidden(item.enterprise)),
    P.button("", () => throwAway(item), P.icon("trash"), t("throw_away"), P.hidden(item.enterprise)));

  const head = (item) => [h("div.ol-row", null, name(item), h("span.end", null, P.itemChip(item))),
    item.title && item.kind !== "visit" ? h("p.mb-0", null, item.title) : "", P.meta(t("saved_at", { at: P.times.near(item.made_at) }), ...P.items.summary(item, photosOf(item)))];

  const waitingRow = (item) => h("li", { "data-key": item.key }, head(item), item.why ? h("p.meta.mb-0", null, P.items.why(item)) : "", acts(item));

  // ── What needs a person
  function needsRow(item) {
    const sides = item.now && Object.keys(item.now).length ? besides(item) : "";
    return h("li", { "data-key": item.key }, head(item), h("p.mt-1.mb-1", null, P.items.why(item)),
      Object.values(item.fields ?? {}).length ? h("ul.mb-1", null, Object.values(item.fields).map((text) => h("li", null, text))) : "",
      sides, acts(item, ...choices(item)));
  }

  function besides({ kind, body, now }) {
    const mine = kind === "answer" ? body.text : kind === "promise" ? [t(`promise_${body.state}`), body.reason].filter(Boolean).join(" · ") : P.items.asText({ kind, body, enterprise: "", made_at: new Date().toISOString() }).split("\n").slice(1).join("\n") || t("nothing_new");
    const theirs = [now.state_label, now.last?.text, now.text, now.reason].filter(Boolean).join(" · ");
    const from = now.last ? [now.last.by, P.times.near(now.last.at)].filter(Boolean).join(", ") : now.at ? P.times.near(now.at) : "";
    return h("div.ph-two", null, side(t("yours"), mine, ""), side(t("stands"), theirs, from));
  }

  const side = (small, strong, below) => h("div.ph-side", null, h("small", null, small), h("b", null, strong), below ? h("i", null, below) : "");

  function choices(item) {
    const found = [];
    if (item.status === 409 && item.reason === "key_used") found.push(P.button(".btn-soft", () => asNew(item), t("send_as_further")));
    if (item.status === 409 && item.kind === "answer" && item.now?.question) found.push(P.button(".btn-soft", () => toNewQuestion(item), t("answer_new_question")));
    if (item.status === 409) found.push(P.button("", () => throwAway(item), P.icon("check"), t("leave_theirs")));
    else found.push(P.button(".btn-soft", () => P.items.retry(item), P.icon("refresh"), t("try_again")));
    if (item.now?.url && P.signal.on) found.push(P.link("", item.now.url, t("open_page")));
    return found;
  }

  async function asNew(item) {
    const key = P.uuid();
    for (const photo of photosOf(item)) await P.store.keepPhoto({ ...photo, visit: key });
    await P.store.changeItem(key, () => ({ ...item, key, state: "waiting", status: undefined, now: undefined, why: "", tries: 0 }));
    await P.store.drop("outbox", item.key);
    P.changed();
    P.items.ask();
  }

  async function toNewQuestion(item) {
    await P.store.changeItem(item.key, (row) => row && { ...row, body: { ...row.body, entry_id: row.now.question.entry_id, version: row.now.version }, title: row.now.question.text });
    P.go(`#/answer/${item.body.case_id}?edit=${item.key}`);
  }

  const photoRow = (photo) => h("li", null, h("div.ol-row", null, h("span.t.grow", null, t("one_photo")), h("span.end", null, photo.state === "needs" ? P.chip("due", "alert-triangle", t("needs_you")) : P.chip("wait", "cloud-upload", t("waits")))),
    P.meta(P.photos.kilobytes(photo.size), P.here.outbox.find((i) => i.key === photo.visit)?.enterprise), photo.why ? h("p.mb-0", null, photo.why) : "",
    h("div.acts-row", null, P.button("", async () => { if (await P.sure(t("sure_photo"), t("throw_away"))) { await P.store.drop("photos", photo.key); P.changed(); } }, P.icon("trash"), t("throw_away"), P.hidden(t("one_photo")))));

  // ── Facts on which two things were said
  function conflictCard(one) {
    const choose = async (take) => {
      try {
        const { done, error } = await P.sending.settleConflict(one.id, take);
        P.tell(done ? t("chosen") : error);
        P.changed();
      } catch { P.tell(t("needs_signal")); }
    };
    return h("article.card", null, h("div.card-body", null, P.chip("due", "alert-triangle", t("both_changed")), h("h3.vname.mt-1.mb-2", null, `${one.enterprise} · ${one.label}`),
      h("div.ph-two", null,
        h("div.ph-side", null, h("small", null, t("yours")), h("b", null, one.mine), P.button(".btn-soft.w-100.mt-2", () => choose("mine"), t("take_mine"), P.hidden(one.label))),
        h("div.ph-side", null, h("small", null, t("on_file_now")), h("b", null, one.theirs || t("nothing_held")), h("i", null, [one.theirs_source, one.theirs_as_of && P.times.date(one.theirs_as_of)].filter(Boolean).join(", ")), P.button(".btn-soft.w-100.mt-2", () => choose("theirs"), t("take_theirs"), P.hidden(one.label)))),
      h("p.meta.mt-2.mb-0", null, t("other_in_history"))));
  }

  // ── Half-written
  const draftPlace = (id) => {
    const [kind, number, edited] = id.split(":");
    return kind === "visit" ? `#/e/${number}/visit${edited ? `?edit=${edited}` : ""}` : `#/${kind}/${number}`;
  };
  function draftRow(draft) {
    const enterprise = P.here.enterprise(draft.enterprise_id)?.name ?? "";
    return h("li", null, h("div.ol-row", null, h("span.t.grow", null, [t(P.items.KINDS[draft.id.split(":")[0]]), enterprise].join(" · ")), h("span.end", null, P.chip("none", "pencil", t("half_written")))), P.meta(P.times.near(draft.typed_at)),
      h("div.acts-row", null, P.link(".btn-soft", draftPlace(draft.id), t("go_on_writing"), P.hidden(enterprise)), P.button("", async () => {
        if (!(await P.sure(t("sure_draft"), t("throw_away")))) return;
        P.drafts.drop(P.here.person, draft.id);
        await P.photos.forgetLoose(P.here.person);
        P.changed();
      }, P.icon("trash"), t("throw_away"), P.hidden(enterprise))));
  }

  const sentRow = (item) => h("li", { "data-key": item.key }, h("div.ol-row", null, name(item), h("span.end", null, P.itemChip(item))), P.meta(t("sent_at", { at: P.times.hour(item.sent_at) }), item.photos_sent ? t("n_photos", { n: item.photos_sent }) : ""),
    item.message ? h("p.mb-0", null, item.message) : "", item.url && P.signal.on ? h("p.mb-0", null, h("a.ph-open", { href: item.url }, t("open_page"), P.hidden(item.enterprise))) : "");

  const notice = (n) => n
    ? P.note("wait", "cloud-off", h("b", null, t("n_on_phone", { n })), " ", t("sent_by_itself"))
    : P.note("ok", "circle-check", t("all_sent_long"));

  P.views.outbox = () => {
    const { outbox, photos } = P.here;
    const sent = outbox.filter((i) => i.state === "sent").reverse();
    const needs = outbox.filter((i) => i.state === "needs");
    const waiting = outbox.filter((i) => i.state !== "sent" && i.state !== "needs");
    const arrived = new Set(sent.map((i) => i.key));
    const loose = photos.filter((p) => arrived.has(p.visit));
    const drafts = P.drafts.list(P.here.person);
    const conflicts = P.here.pack?.content.conflicts ?? [];
    return {
      title: t("outbox"), bar: "outbox",
      main: [
        h("div.mt-3", null, notice(P.here.unsent().length)),
        needs.length ? P.section(t("needs_you_head"), "", h("div.card", null, h("ul.rows", null, needs.map(needsRow)))) : "",
        conflicts.length ? P.section(t("choose_one"), "", conflicts.map(conflictCard)) : "",
        waiting.length || loose.length ? P.section(t("waits_for_signal"), "", h("div.card", null, h("ul.rows", null, waiting.map(waitingRow), loose.map(photoRow)))) : "",
        drafts.length ? P.section(t("half_written"), t("not_saved_yet"), h("div.card", null, h("ul.rows", null, drafts.map(draftRow)))) : "",
        sent.length ? P.section(t("sent_today"), "", h("div.card", null, h("ul.rows", null, sent.map(sentRow)))) : "",
      ],
      act: [P.button("", () => P.sending.run(), P.icon("refresh"), P.signal.sending ? t("is_sending") : t("try_now"))],
    };
  };
})((self.Phone ??= {}));
