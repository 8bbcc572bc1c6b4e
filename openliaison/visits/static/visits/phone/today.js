// Today, and the list of my enterprises.
((P) => {
  "use strict";
  const { h, t } = P;

  const recorded = (enterprise) => P.here.outbox.filter((i) => i.kind === "visit" && i.enterprise_id === enterprise.id).at(-1);

  function card(enterprise) {
    const done = recorded(enterprise);
    const bookings = P.here.bookingsOf(enterprise);
    return h(`article.card${enterprise.why_first ? ".first" : ""}`, null, h("div.card-body", null,
      h("div.ol-row.flex-nowrap", null, h("div.grow", null,
        h("h3.vname", null, h("a", { href: `#/e/${enterprise.id}` }, enterprise.name)),
        P.meta(enterprise.locality, enterprise.industry)), P.tel(P.mainContact(enterprise))),
      bookings.map((b) => h("p.meta.mb-0", null, P.icon("calendar-event"), ` ${P.times.near(b.starts_at)} · ${b.kind_label} · ${b.by}`)),
      enterprise.reasons.length ? h("div.mt-1", null, P.why(enterprise.reasons.join(P.language === "en" ? "; " : "；"))) : "",
      done ? h("p.meta.mb-0.mt-1", null, P.itemChip(done), " ", P.times.near(done.made_at)) : "",
      h("div.acts-row", null,
        P.link(enterprise.why_first ? ".btn-primary" : ".btn-soft", `#/e/${enterprise.id}`, t("briefing"), P.hidden(enterprise.name)),
        P.button("", () => P.items.nothingNew(enterprise), t("nothing_new"), P.hidden(enterprise.name)))));
  }

  function promiseCard(promise, enterprise) {
    return h("article.card", null, h("div.card-body", null,
      h("div.ol-row.mb-1", null, P.look(promise.look), h("span.meta", null, `${promise.label} · ${enterprise.name}`)),
      h("h3.vname", null, promise.text),
      h("div.acts-row", null,
        P.promiseActs(promise, enterprise, ".btn-soft"))));
  }

  function questionCard(one, enterprise) {
    return h("article.card", null, h("div.card-body", null,
      P.meta(`${one.question.by} → ${enterprise.name}`, P.times.near(one.question.asked_at)),
      h("h3.vname", null, one.question.text), P.meta(`${one.number} ${one.title}`),
      h("div.acts-row", null, P.link(".btn-soft", `#/answer/${one.id}`, t("answer"), P.hidden(one.number)))));
  }

  const isDue = (promise) => promise.side === "county" && ["promise.due", "promise.late"].includes(promise.look);

  function lists() {
    const all = P.here.enterprises;
    const found = { first: [], due: [], asked: [], more: [], quiet: [] };
    for (const e of all) {
      found[e.why_first ? "first" : e.reasons.length || P.here.bookingsOf(e).length ? "more" : "quiet"].push(e);
      for (const p of e.promises) if (isDue(p) && !P.items.pending("promise", "promise_id", p.id)) found.due.push([p, e]);
      for (const c of e.cases) if (c.question && !P.items.pending("answer", "case_id", c.id)) found.asked.push([c, e]);
    }
    return found;
  }

  P.views.today = () => {
    const { first, due, asked, more, quiet } = lists();
    const counts = [t("n_to_see", { n: first.length + more.length }), t("n_due", { n: due.length }), t("n_asked", { n: asked.length })];
    return {
      title: t("today"), above: P.times.longDay(P.times.serverNow()), bar: "today",
      main: [
        h("p.ph-sum", null, counts.join(" · ")),
        P.here.enterprises.length ? "" : empty(),
        first.length ? P.section(t("first_things"), t("first_small"), first.map(card)) : "",
        due.length ? P.section(t("you_promised"), "", due.map(([p, e]) => promiseCard(p, e))) : "",
        asked.length ? P.section(t("answer_waited"), t("clock_paused"), asked.map(([c, e]) => questionCard(c, e))) : "",
        more.length ? P.section(t("also_to_see"), "", more.map(card)) : "",
        quiet.length ? P.section(t("no_reason"), t("leave_them"), P.rows(quiet, row)) : "",
        h("p.meta.ph-end", null, P.icon("cloud-upload"), ` ${footer()}`),
      ],
    };
  };

  const empty = () => h("div.card", null, h("div.empty-state", null, P.icon("building-factory-2"), h("h2.h3", null, t("none_yet")), h("p.meta", null, t("none_yet_help"))));

  const footer = () => {
    const n = P.here.unsent().length;
    return [n ? t("n_waiting", { n }) : t("all_sent"), t("as_of", { at: P.times.near(P.here.pack.by_phone) }), t("works_without")].join(" · ");
  };

  const row = (e) => h("li", null, h("a.v-choice", { href: `#/e/${e.id}` }, h("span.grow", null, h("b", null, e.name),
    h("span.meta", null, [e.locality, e.last_at ? t("last_contact", { at: P.times.date(P.times.iso(Date.parse(e.last_at))) }) : t("never_contacted")].join(" · "))), P.icon("chevron-right")));

  P.views.all = () => {
    const found = h("div", null);
    const search = (event) => {
      const text = (event?.target.value ?? "").trim().toLowerCase();
      const rows = P.here.enterprises.filter((e) => `${e.name} ${e.locality} ${e.industry}`.toLowerCase().includes(text));
      found.replaceChildren(P.rows(rows, row, t("nobody_found")));
    };
    search();
    return {
      title: t("my_enterprises"), bar: "all",
      main: [h("label.form-label.mt-3", { for: "ph-find" }, t("find_enterprise")), h("input.form-control.mb-3", { id: "ph-find", type: "search", maxlength: 100, oninput: search, autocomplete: "off" }), found],
    };
  };
})((self.Phone ??= {}));
