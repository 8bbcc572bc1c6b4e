// This phone: language, what is kept, log-out.
((P) => {
  "use strict";
  const { h, t } = P;

  async function speak(language) {
    P.setLanguage(language);
    P.render();
    try {
      const who = await P.sending.whoIsThere();
      const form = new URLSearchParams({ language: language === "en" ? "en" : "zh-hans", next: "/phone/" });
      await fetch("/language/", { method: "POST", credentials: "same-origin", redirect: "manual", headers: { "X-CSRFToken": who.token }, body: form });
      await P.sending.run();
    } catch { /* without signal the briefings keep the language they came in */ }
  }

  P.languages = () => h("div.ol-lang", { role: "group", "aria-label": t("language") },
    [["zh", "中文"], ["en", "EN"]].map(([code, label]) => h("button", { type: "button", lang: code, "aria-current": code === P.language ? "true" : "", onclick: () => speak(code) }, label)));

  async function room() {
    const found = await navigator.storage?.estimate?.().catch(() => null);
    return found?.quota ? t("room", { used: Math.max(1, Math.round(found.usage / 1048576)), free: Math.round((found.quota - found.usage) / 1048576) }) : "";
  }

  P.views.me = async () => {
    const { person, place } = P.here.pack.content.person;
    return {
      title: t("this_phone"), bar: "me",
      main: [
        h("div.card.mt-3", null, h("div.card-body", null, h("p.strong.mb-0", null, P.here.pack.content.person.name), P.meta(place), h("p.meta.mb-0", null, t("as_of", { at: P.times.near(P.here.pack.by_phone) })), P.meta(await room(person)))),
        h("div.card.mt-3", null, h("ul.rows", null,
          h("li", null, h("a.v-choice", { href: "/" }, P.icon("home"), h("span.grow", null, t("ordinary_pages")))),
          h("li", null, h("a.v-choice", { href: "/help/" }, P.icon("help-circle"), h("span.grow", null, t("help")))),
          h("li", null, h("a.v-choice", { href: "#/leave" }, P.icon("logout"), h("span.grow", null, t("log_out")))))),
        h("p.meta.mt-3", null, t("kept_how_long", { n: P.here.pack.content.keep_days })), h("p.meta", null, t("not_locked")),
      ],
    };
  };

  // ── Log-out: what is unsent is offered for sending first; then all else goes
  async function logOut() {
    const { person } = P.here;
    await P.keeping.logOut(person);
    try {
      const { token } = await P.sending.whoIsThere();
      const form = h("form", { method: "post", action: "/account/log-out/" }, h("input", { type: "hidden", name: "csrfmiddlewaretoken", value: token }));
      document.body.append(form);
      form.submit();
    } catch {
      await P.store.setMeta("logout_due", person);
      await P.keeping.setLeaving(false);
      await P.readHere();
      P.go("#/", t("left_offline"));
    }
  }

  P.views.leave = () => {
    const n = P.here.unsent().length;
    const drafts = P.drafts.list(P.here.person).length;
    return {
      title: t("log_out"), back: "#/",
      main: [
        h("div.mt-3", null, n ? P.note("due", "cloud-upload", h("b", null, t("n_on_phone", { n })), " ", t("send_first")) : P.note("wait", "info-circle", t("leave_clean"))),
        n ? P.section(t("waits_for_signal"), "", P.rows(P.here.outbox.filter(P.keeping.isUnsent), (i) => h("li", null, h("div.ol-row", null, h("span.t.grow", null, `${t(P.items.KINDS[i.kind])} · ${i.enterprise}`), h("span.end", null, P.itemChip(i))), i.why ? h("p.meta.mb-0", null, P.items.why(i)) : ""))) : "",
        drafts ? h("div.mt-3", null, P.note("due", "pencil", t("drafts_go", { n: drafts }), " ", h("a", { href: "#/outbox" }, t("outbox")))) : "",
        h("div.acts-row.ph-tall", null,
          n ? P.button(".btn-primary", () => P.sending.run(), P.icon("cloud-upload"), P.signal.sending ? t("is_sending") : t("try_now")) : "",
          P.button(n ? "" : ".btn-primary", logOut, P.icon("logout"), n ? t("leave_keep") : t("log_out")),
          P.link("", "#/", t("stay"))),
      ],
    };
  };
})((self.Phone ??= {}));
