// Things of the outbox: made, changed, thrown away, told in words.
((P) => {
  "use strict";

  const KINDS = { visit: "kind_visit", answer: "kind_answer", promise: "kind_promise" };

  const WHY = { "": "why_unknown", lost: "why_lost", busy: "why_busy", login: "why_login" };
  const why = (item) => (WHY[item.why ?? ""] ? P.t(WHY[item.why ?? ""]) : item.why);

  // Kept on the phone first, whatever the signal; then sent.
  async function put({ key = P.uuid(), kind, enterprise, title, body }) {
    const row = { key, person: P.here.person, kind, enterprise_id: enterprise.id, enterprise: enterprise.name, title, body, made_at: new Date().toISOString(), order: Date.now(), state: "waiting", tries: 0 };
    const kept = await P.store.changeItem(key, (before) => (["sent", "sending"].includes(before?.state) ? undefined : { ...row, made_at: before?.made_at ?? row.made_at }));
    P.changed();
    ask();
    return kept ?? { isTooLate: true };
  }

  // Send now, and have the browser wake the worker when the signal is back.
  function ask() {
    P.sending.run();
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("outbox")).catch(() => {});
  }

  async function nothingNew(enterprise) {
    const body = { enterprise_id: enterprise.id, mode: "visit", nothing_new: true, notes: "", problems: [], commitments: [], facts: {}, read: {}, files: [] };
    await put({ kind: "visit", enterprise, title: P.t("nothing_new"), body });
    P.go("#/outbox", P.t("saved_nothing_new", { name: enterprise.name }));
  }

  async function promiseKept(promise, enterprise) {
    await put({ kind: "promise", enterprise, title: promise.text, body: { promise_id: promise.id, state: "kept", reason: "" } });
    P.go("#/outbox", P.t("saved_on_phone"));
  }

  async function retry(item) {
    await P.store.changeItem(item.key, (row) => row && row.state !== "sent" ? { ...row, state: "waiting", why: "", fields: undefined, now: undefined } : undefined);
    P.changed();
    ask();
  }

  const pending = (kind, field, id) => P.here.outbox.find((i) => i.kind === kind && i.state !== "sent" && i.body?.[field] === id);

  // All that was typed, to be pasted elsewhere.
  function asText(item) {
    const { body } = item;
    const lines = [`${P.t(KINDS[item.kind])} · ${item.enterprise} · ${P.times.near(item.made_at)}`];
    if (item.kind === "answer") return [...lines, item.title, body.text].join("\n");
    if (item.kind === "promise") return [...lines, item.title, P.t(`promise_${body.state}`), body.reason].filter(Boolean).join("\n");
    if (body.nothing_new) lines.push(P.t("nothing_new"));
    lines.push(body.notes);
    for (const problem of body.problems) lines.push(`${P.t("problem")}: ${problem.text}`, problem.wanted_result);
    for (const promise of body.commitments) lines.push(`${P.t("promise")}: ${promise.text} (${promise.due_on})`);
    const enterprise = P.here.enterprise(body.enterprise_id);
    for (const [key, value] of Object.entries(body.facts)) lines.push(`${enterprise?.ask.find((a) => a.key === key)?.label ?? key}: ${value}`);
    return lines.filter(Boolean).join("\n");
  }

  async function copy(item) {
    try {
      await navigator.clipboard.writeText(asText(item));
      P.tell(P.t("copied"));
    } catch { P.showText(asText(item)); }
  }

  // What the item holds, in few words.
  function summary(item, photos) {
    const { body } = item;
    const parts = [];
    if (item.kind === "visit" && body) {
      if (body.problems.length) parts.push(P.t("n_problems", { n: body.problems.length }));
      if (body.commitments.length) parts.push(P.t("n_promises", { n: body.commitments.length }));
    }
    if (photos.length) parts.push(P.t("n_photos", { n: photos.length }), P.photos.kilobytes(photos.reduce((sum, p) => sum + p.size, 0)));
    return parts;
  }

  P.items = { KINDS, ask, asText, copy, nothingNew, pending, promiseKept, put, retry, summary, why };
})((self.Phone ??= {}));
