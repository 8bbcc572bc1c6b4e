// The card before the door.
((P) => {
  "use strict";
  const { h, t } = P;

  P.head = (enterprise, current) => ({
    title: enterprise.name, sub: [enterprise.locality, enterprise.industry].filter(Boolean).join(" · "), back: "#/", phone: P.mainContact(enterprise),
    tabs: [["briefing", `#/e/${enterprise.id}`, t("briefing")], ["visit", `#/e/${enterprise.id}/visit`, t("record")], ["outbox", "#/outbox", t("outbox_n", { n: P.here.unsent().length || "" })]],
    current,
  });

  const caseRow = (one) => h("li", null,
    h("div.ol-row", null, h("span.t.grow", null, one.title), h("span.end", null, P.look(`clock.${one.look}`, one.due_label || one.state_label))),
    P.meta(one.lead, one.state_label, one.number), one.question ? question(one) : "");

  function question(one) {
    const sent = P.items.pending("answer", "case_id", one.id);
    return h("div.ph-ask", null, h("p.mb-1", null, h("b", null, t("asks", { who: one.question.by })), ` ${one.question.text}`),
      sent ? h("p.mb-0", null, P.itemChip(sent)) : P.link(".btn-soft", `#/answer/${one.id}`, t("answer"), P.hidden(one.number)));
  }

  // Of our own promises the enterprise reads what was done; of its own it needs no telling.
  P.promiseActs = (promise, enterprise, css) => [
    promise.side === "county"
      ? P.link(css, `#/promise/${promise.id}?state=kept`, P.icon("circle-check"), t("kept"), P.hidden(promise.text))
      : P.button(css, () => P.items.promiseKept(promise, enterprise), P.icon("circle-check"), t("kept"), P.hidden(promise.text)),
    P.link("", `#/promise/${promise.id}`, t("not_kept"), P.hidden(promise.text)),
  ];

  function promiseRow(promise, enterprise) {
    const sent = P.items.pending("promise", "promise_id", promise.id);
    return h("li", null, h("div.ol-row", null, h("span.t.grow", null, promise.text), h("span.end", null, P.look(promise.look))),
      P.meta(promise.side === "county" ? t("by_us", { who: promise.by }) : t("by_enterprise"), promise.label),
      sent ? h("p.mb-0.mt-1", null, P.itemChip(sent)) : h("div.acts-row", null, P.promiseActs(promise, enterprise, "")));
  }

  const contactRow = (c) => h("li.ol-row.flex-nowrap", null, h("span.grow", null, h("span.t", null, c.name), h("span.meta.d-block", null, c.function)),
    c.phone ? h("a.btn.btn-soft", { href: `tel:${c.phone}` }, P.icon("phone"), c.phone) : h("span.meta", null, t("no_number")));

  const askRow = (a) => h("li", null, h("div.ol-row", null, h("span.t.grow", null, a.label),
    h("span.end", null, a.held ? P.chip("due", "refresh", t("faded")) : P.chip("wait", "question-mark", t("not_on_file")))), a.held ? P.meta(a.held) : "");

  const bookingRow = (b) => h("li", null, h("div.ol-row", null, h("span.t.grow", null, b.purpose || b.kind_label), h("span.end", null, h("span.tag", null, b.state_label))), P.meta(P.times.near(b.starts_at), b.kind_label, b.by));
  const visitRow = (v) => h("li", null, h("div.ol-row", null, h("span.t", null, P.times.near(v.at)), h("span.end.meta", null, `${v.mode} · ${v.by}`)), h("p.meta.mb-0", null, v.words));
  const factRow = (f) => h("div", null, h("dt", null, f.label), h("dd", null, f.shown, " ", h("span.meta", null, t("as_of_day", { day: P.times.date(f.as_of) }))));

  P.views.briefing = ({ id }) => {
    const e = P.here.enterprise(id);
    if (!e) return P.views.missing();
    const bookings = P.here.bookingsOf(e);
    return {
      ...P.head(e, "briefing"),
      main: [
        e.reasons.length ? h("section.card.first.mt-3", { "aria-label": t("why_now") }, h("div.card-body", null, h("h2.card-title.mb-1", null, t("why_now")), h("ol.d-points", null, e.reasons.map((r) => h("li", null, r))))) : "",
        bookings.length ? P.section(t("booked"), "", P.rows(bookings, bookingRow)) : "",
        P.section(t("open_cases"), t("n_cases", { n: e.cases.length }), P.rows(e.cases, caseRow, t("no_case"))),
        P.section(t("promises_both"), "", P.rows(e.promises, (p) => promiseRow(p, e), t("nothing_owed"))),
        P.section(t("whom"), "", P.rows(e.contacts, contactRow, t("no_contact"))),
        P.section(t("ask_only"), t("ask_only_small"), P.rows(e.ask, askRow, t("ask_nothing"))),
        P.section(t("last_contacts"), "", P.rows(e.visits, visitRow, t("never_contacted"))),
        e.facts.length ? h("details.card.ph-facts", null, h("summary.card-body", null, P.icon("file-text"), t("on_file", { n: e.facts.length })), h("dl.card-body.kv", null, e.facts.map(factRow))) : "",
        P.signal.on ? h("p.meta.ph-end", null, h("a", { href: e.url }, t("whole_briefing"))) : "",
      ],
      act: [P.button("", () => P.items.nothingNew(e), t("nothing_new")), P.link(".btn-primary", `#/e/${e.id}/visit`, t("start_record"))],
    };
  };
})((self.Phone ??= {}));
