// The frame: which page, the bars, the line about the signal, and when to send.
((P) => {
  "use strict";
  const { h, t } = P;
  const at = (id) => document.getElementById(id);
  const SCHEMA = 1;
  const ROUTES = [
    [/^$/, "today"], [/^all$/, "all"], [/^outbox$/, "outbox"], [/^me$/, "me"], [/^leave$/, "leave"],
    [/^e\/(\d+)$/, "briefing"], [/^e\/(\d+)\/visit$/, "visit"], [/^answer\/(\d+)$/, "answer"], [/^promise\/(\d+)$/, "promise"],
  ];
  const FORMS = new Set(["visit", "answer", "promise"]); // never drawn anew under the person's hands
  let told = ""; // what was just done, said on the page that it was said for
  let toldAt = "";
  let drawn = "";

  // ── What is known here
  P.readHere = async () => {
    const person = await P.store.meta("person");
    const held = await P.store.pack(person);
    const pack = held?.content.schema === SCHEMA ? held : undefined; // another release's is fetched anew
    const [outbox, photos, offset, problem, clockOff, revoked] = await Promise.all([
      person ? P.store.outbox(person) : [], person ? P.store.photos(person) : [], ...["offset", "problem", "clock_off", "revoked"].map(P.store.meta)]);
    const enterprises = pack?.content.enterprises ?? [];
    const loose = () => photos.filter((p) => outbox.some((i) => i.key === p.visit && i.state === "sent"));
    P.here = {
      person, pack, outbox, photos, offset, problem, clockOff, revoked, enterprises,
      enterprise: (id) => enterprises.find((e) => e.id === Number(id)),
      bookingsOf: (e) => (pack?.content.bookings ?? []).filter((b) => b.enterprise_id === e.id),
      find: (list, id) => { for (const e of enterprises) { const one = e[list].find((x) => x.id === Number(id)); if (one) return [one, e]; } return []; },
      unsent: () => [...outbox.filter(P.keeping.isUnsent), ...loose()],
    };
  };

  function route() {
    const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
    for (const [pattern, name] of ROUTES) {
      const found = path.match(pattern);
      if (found) return { name, id: found[1], ...Object.fromEntries(new URLSearchParams(query)) };
    }
    return { name: "today" };
  }

  P.go = (hash, text = "") => {
    [told, toldAt] = [text, hash];
    if (location.hash === hash) P.render(true);
    else location.hash = hash;
  };
  P.tell = (text) => { [told, toldAt] = [text, location.hash]; P.render(); P.say(text); };

  // ── Pages without a briefing
  const plain = (icon, title, text, ...acts) => ({ title, main: [h("section.card.mt-3", null, h("div.card-body.empty-state", null, P.icon(icon), h("h2.h3", null, title), h("p.ink2", null, text), h("div.acts-row", null, acts)))] });
  const logIn = () => P.link(".btn-primary", "/account/log-in/?next=/phone/", P.icon("login"), t("sign_in"));
  P.views.missing = () => plain("search", t("not_here"), t("not_here_help"), P.link(".btn-primary", "#/", t("today")));

  async function anew() {
    await P.store.setMeta("revoked", null);
    await P.sending.run();
  }

  function without() {
    const { revoked, problem } = P.here;
    if (revoked) return plain("shield-x", t("revoked"), [revoked.why, t("revoked_help")].join(" "), P.signal.on ? P.button("", anew, t("set_up_again")) : "");
    if (problem === "role") return plain("user-shield", t("not_officer"), t("not_officer_help"), P.link(".btn-primary", "/", t("ordinary_pages")));
    if (problem === "login") return plain("login", t("sign_in"), t("sign_in_first"), logIn());
    if (P.signal.on && P.signal.sending) return plain("cloud-download", t("loading"), t("loading_help"));
    return plain("wifi-off", t("nothing_kept"), t("nothing_kept_help"), P.button(".btn-primary", () => P.sending.run(), t("try_now")), logIn());
  }

  // ── Drawing
  let turn = 0;
  P.render = async (isNew = false) => {
    const mine = (turn += 1);
    const where = route();
    const key = location.hash;
    const page = P.here.pack ? await P.views[where.name](where) : without();
    if (mine !== turn) return; // another drawing began meanwhile
    isNew ||= drawn !== key;
    const held = isNew ? null : focusHeld();
    drawn = key;
    document.title = `${page.title} · OpenLiaison`;
    top(page);
    signal();
    tabs(page);
    foot(page);
    const main = at("main");
    performance.mark("phone-drawn");
    main.className = page.act ? "ph ph-has-act" : "ph";
    main.replaceChildren(...[told && toldAt === key ? h("div.mt-3", { id: "ph-told" }, P.note("ok", "circle-check", told)) : "", ...page.main].flat(3).filter(Boolean));
    if (isNew) { scrollTo(0, 0); at("ph-title").focus({ preventScroll: true }); } else held?.();
  };

  // The control that had the focus has it again where it is still there.
  function focusHeld() {
    const { activeElement: one } = document;
    if (!one || !at("main").contains(one)) return null;
    const same = `${one.tagName} ${one.textContent}`;
    return () => [...at("main").querySelectorAll(one.tagName)].find((e) => `${e.tagName} ${e.textContent}` === same)?.focus({ preventScroll: true });
  }

  function top({ title, sub, above, back, phone }) {
    at("ph-skip").textContent = t("skip");
    at("ph-top").replaceChildren(...[
      back ? h("a.ph-icon.ms-n2", { href: back, "aria-label": t("back") }, P.icon("arrow-left")) : "",
      h("div.grow.lh-sm", null, above ? h("div.meta", null, above) : "", h("h1", { id: "ph-title", tabindex: "-1" }, title), sub ? h("div.meta", null, sub) : ""),
      back ? P.tel(phone) : P.languages()].filter(Boolean));
  }

  function signal() {
    const { pack, problem, clockOff } = P.here;
    const n = P.here.unsent().length;
    const waiting = n ? h("a", { href: "#/outbox" }, t("n_waiting", { n })) : "";
    const lines = [];
    if (pack && problem === "login" && P.signal.on) lines.push(h("div.ph-off", null, P.icon("login"), h("span", null, t("sign_in_again")), h("a", { href: "/account/log-in/?next=/phone/" }, t("sign_in"))));
    else if (pack && problem === "role" && P.signal.on) lines.push(h("div.ph-off", null, P.icon("user-shield"), h("span", null, t("other_role")), h("a", { href: "/" }, t("ordinary_pages"))));
    else if (pack && !P.signal.on) lines.push(h("div.ph-off", null, P.icon("wifi-off"), h("span", null, h("b", null, t("no_signal")), t("carry_on", { at: P.times.near(pack.by_phone) })), waiting));
    else if (pack && n) lines.push(h("div.ph-off", null, P.icon("cloud-upload"), h("span", null, P.signal.sending ? t("is_sending") : t("n_on_phone", { n })), waiting));
    if (pack && clockOff) lines.push(h("div.ph-off.ph-due", null, P.icon("clock"), h("span", null, t("clock_off", { n: Math.abs(clockOff) }))));
    at("ph-signal").replaceChildren(...lines);
  }

  function tabs({ tabs: found, current }) {
    at("ph-seg").hidden = !found;
    at("ph-seg").setAttribute("aria-label", t("this_visit"));
    at("ph-seg").replaceChildren(...(found ?? []).map(([key, href, label]) => h("a", { href, "aria-current": key === current ? "page" : "" }, label)));
  }

  const BAR = [["today", "#/", "calendar-event"], ["all", "#/all", "building-factory-2"], ["outbox", "#/outbox", "cloud-upload"], ["me", "#/me", "user-circle"]];
  function foot({ act, bar }) {
    const n = P.here.unsent().length;
    const label = { today: t("today"), all: t("enterprises"), outbox: t("outbox_n", { n: n || "" }), me: t("this_phone") };
    const link = ([key, href, icon]) => h("li", null, h("a", { href, "aria-current": key === bar ? "page" : "" }, P.icon(icon), label[key]));
    const bottom = h("nav.ph-bar", { "aria-label": t("bottom_menu") }, h("ul.ph-four", null, BAR.map(link)));
    at("ph-foot").replaceChildren(...(act && !bar ? [h("section.ph-act", { "aria-label": t("acts") }, h("div", null, act))] : P.here.pack ? [act ? h("div.ph-above", null, act) : "", bottom].filter(Boolean) : []));
  }

  async function refresh() {
    await P.readHere();
    if (FORMS.has(route().name) && drawn === location.hash && P.here.pack) signal();
    else await P.render();
  }

  // ── When to send
  let timer;
  function later() {
    clearTimeout(timer);
    if (P.here.unsent().some((one) => one.state !== "needs")) timer = setTimeout(() => P.sending.run(), P.sending.pause());
  }

  async function begin() {
    P.setLanguage(P.language);
    await P.keeping.setLeaving(false);
    const forgot = await P.keeping.forgetOld();
    await P.readHere();
    P.drafts.forgetOthers((await P.store.packs()).map((p) => p.person));
    if (P.here.person) await P.photos.forgetLoose(P.here.person);
    if (forgot) [told, toldAt] = [t("forgot_old"), location.hash];
    await P.render(true);
    P.listen(() => refresh().then(later));
    addEventListener("hashchange", () => P.render(true));
    addEventListener("online", () => P.sending.run());
    addEventListener("offline", () => { P.signal.on = false; refresh(); });
    document.addEventListener("visibilitychange", () => { if (!document.hidden) P.sending.run(); });
    navigator.serviceWorker?.register("/sw.js").catch(() => {});
    await P.sending.run();
  }

  begin();
})((self.Phone ??= {}));
