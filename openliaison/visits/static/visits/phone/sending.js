// What waits is sent when there is signal: one sender at a time, item by item, each under its own key, so that
// whatever is cut off or answered into nothing can be sent again and arrives once.
((P) => {
  "use strict";

  const PATIENCE_MS = 45_000;
  const PATIENCE_PHOTO_MS = 180_000;
  const LEASE_MS = 60_000;
  const PAUSES_MS = [5_000, 15_000, 45_000, 120_000, 300_000];
  class Lost extends Error {} // no answer arrived
  class Ended extends Error {} // nothing more can be sent now: log-in, role, revoked

  P.signal = { on: navigator.onLine !== false, sending: false, tries: 0 };

  // ── Asking the server
  async function ask(address, options = {}, patience = PATIENCE_MS) {
    const stop = new AbortController();
    const clock = setTimeout(() => stop.abort(), patience);
    try {
      const answer = await fetch(address, { credentials: "same-origin", cache: "no-store", redirect: "manual", ...options, signal: stop.signal });
      const content = answer.status === 304 || answer.status === 204 ? {} : await answer.json().catch(() => ({ unread: true }));
      P.signal.on = true;
      return { status: answer.status, headers: answer.headers, content };
    } catch {
      throw new Lost(address);
    } finally {
      clearTimeout(clock);
    }
  }

  async function whoIsThere() {
    const { status, content } = await ask("/phone/me.json");
    if (status !== 200 || content.unread) throw new Lost("me");
    await P.keeping.noteServerTime(content.server_time);
    return content;
  }

  const headers = async (who) => ({ "X-CSRFToken": who.token, "X-Device": await P.keeping.deviceOf(who.person), "X-Person": String(who.person) });
  const asJson = async (who, content) => ({ method: "POST", headers: { ...(await headers(who)), "Content-Type": "application/json" }, body: JSON.stringify(content) });

  // ── One sender at a time, across tabs and the service worker
  async function alone(work) {
    if (navigator.locks) return navigator.locks.request("openliaison-phone-send", work);
    const lease = await P.store.meta("lease");
    if (lease && lease > Date.now()) return undefined;
    await P.store.setMeta("lease", Date.now() + LEASE_MS);
    try { return await work(); } finally { await P.store.setMeta("lease", 0); }
  }

  let running;
  let again = false;
  function run() {
    again = true;
    running ??= (async () => {
      while (again) { again = false; await alone(once); }
    })().finally(() => { running = undefined; });
    return running;
  }

  async function once() {
    P.signal.sending = true;
    P.changed();
    try {
      await wakeStuck();
      const who = await whoIsThere();
      await needsOfficer(who);
      const all = await sendAll(who);
      await pull(who);
      P.signal.tries = all ? 0 : P.signal.tries + 1;
      await P.store.setMeta("problem", "");
    } catch (error) {
      if (error instanceof Lost) { P.signal.on = false; P.signal.tries += 1; }
      else if (!(error instanceof Ended)) throw error;
    } finally {
      P.signal.sending = false;
      P.changed();
    }
  }

  // Only one sends at a time: what still says so was left by a browser that was closed.
  async function wakeStuck() {
    const stuck = (await P.store.outbox(await P.store.meta("person") ?? 0)).filter((i) => i.state === "sending");
    for (const { key } of stuck) await P.store.changeItem(key, (row) => row && { ...row, state: "waiting", why: "lost" });
  }

  async function needsOfficer(who) {
    if (await P.keeping.isLeaving()) throw new Ended("leaving");
    if (who.person && (await P.store.meta("logout_due")) === who.person) return endSession(who);
    const problem = !who.person ? "login" : !who.is_officer ? "role" : (await P.store.meta("revoked")) ? "revoked" : "";
    if (who.person) await P.keeping.meet(who.person, who.is_officer);
    if (!problem) return;
    await P.store.setMeta("problem", problem);
    throw new Ended(problem);
  }

  // A log-out without signal is made good as soon as there is one.
  async function endSession(who) {
    await ask("/account/log-out/", { method: "POST", headers: { "X-CSRFToken": who.token } });
    await P.store.setMeta("logout_due", null);
    await P.store.setMeta("problem", "login");
    throw new Ended("login");
  }

  // Statuses after which nothing else is worth trying.
  async function stopOn(status, content, who) {
    if (status === 410) {
      const device = await headers(who);
      await P.keeping.wipe(content.why ?? "");
      P.changed({ revoked: true });
      await ask("/phone/wiped", { method: "POST", headers: device }).catch(() => {});
      throw new Ended("revoked");
    }
    if (status === 401) {
      await P.store.setMeta("problem", "login");
      throw new Ended("login");
    }
    if (status === 403 && content.why === "other_person") throw new Ended("other");
  }

  // ── The outbox. One that fails never holds up the others; where nothing answers twice running, it ends.
  async function sendAll(who) {
    const tried = new Set();
    let all = true;
    let lost = 0;
    const attempt = async (row, send) => {
      tried.add(row.key);
      try {
        all = (await send(row, who)) && all;
        lost = 0;
      } catch (error) {
        if (!(error instanceof Lost)) throw error;
        all = false;
        if (++lost > 1) throw error;
      }
      P.changed();
    };
    for (let next; (next = await nextItem(who.person, tried)); ) await attempt(next, sendItem);
    for (let next; (next = await nextPhoto(who.person, tried)); ) await attempt(next, sendPhoto);
    return all;
  }

  const nextItem = async (person, tried) =>
    (await P.store.outbox(person)).find((i) => i.state === "waiting" && !tried.has(i.key));

  async function nextPhoto(person, tried) {
    const arrived = new Set((await P.store.outbox(person)).filter((i) => i.state === "sent").map((i) => i.key));
    return (await P.store.photos(person)).find((p) => arrived.has(p.visit) && p.state === "waiting" && !tried.has(p.key));
  }

  async function sendItem(item, who) {
    const going = await P.store.changeItem(item.key, (row) =>
      row?.state === "waiting" ? { ...row, state: "sending", tries: (row.tries ?? 0) + 1 } : undefined);
    if (!going) return true;
    P.changed();
    const content = { client_key: going.key, kind: going.kind, made_at: going.made_at, sent_at: new Date().toISOString(), device: await P.keeping.deviceOf(who.person), body: going.body };
    const settle = (more) => P.store.changeItem(item.key, (row) => row && { ...row, ...more });
    let answer;
    try {
      answer = await ask("/phone/sync", await asJson(who, content));
    } catch (error) {
      await settle({ state: "waiting", why: "lost" });
      throw error;
    }
    return settleItem(answer, who, settle);
  }

  async function settleItem({ status, content }, who, settle) {
    if (status === 200 || status === 201) {
      await settle({ state: "sent", sent_at: Date.now(), url: content.url, message: content.message ?? "", body: undefined, why: "", now: undefined, fields: undefined });
      if (content.clock_off_minutes != null) await P.store.setMeta("clock_off", content.clock_off_minutes);
      else await P.store.setMeta("clock_off", null);
      if (content.conflicts?.length) await noteConflicts(who.person, content.conflicts);
      return true;
    }
    if ([401, 410].includes(status) || content.why === "other_person") {
      await settle({ state: "waiting", why: "login" });
      await stopOn(status, content, who);
    }
    const isTheirs = status === 413 || ([400, 403, 404, 409, 422].includes(status) && !content.unread);
    if (isTheirs) await settle({ state: "needs", status, why: content.error ?? "", fields: content.fields, now: content.now, reason: content.why });
    else await settle({ state: "waiting", why: "busy" });
    return isTheirs;
  }

  async function noteConflicts(person, found) {
    const pack = await P.store.pack(person);
    if (!pack) return;
    const known = new Set(found.map((c) => c.id));
    pack.content.conflicts = [...pack.content.conflicts.filter((c) => !known.has(c.id)), ...found];
    await P.store.keepPack({ ...pack, etag: "" });
  }

  async function sendPhoto(photo, who) {
    const form = new FormData();
    form.append("visit", photo.visit);
    form.append("file", new Blob([photo.bytes], { type: "image/jpeg" }), "photo.jpg");
    const { status, content } = await ask(`/phone/files/${photo.key}`, { method: "POST", headers: await headers(who), body: form }, PATIENCE_PHOTO_MS);
    if (status === 200 || status === 201) {
      await P.store.drop("photos", photo.key);
      await P.store.changeItem(photo.visit, (row) => row && { ...row, photos_sent: (row.photos_sent ?? 0) + 1 });
      return true;
    }
    await stopOn(status, content, who);
    const waitsForVisit = status === 409 && content.why === "visit_missing";
    if (status === 413 || ([403, 404, 409, 422].includes(status) && !content.unread && !waitsForVisit)) {
      await P.store.keepPhoto({ ...photo, state: "needs", why: content.error ?? "" });
      return true;
    }
    return false;
  }

  // ── The pack anew
  async function pull(who) {
    const before = await P.store.pack(who.person);
    const same = before?.etag ? { "If-None-Match": before.etag } : {};
    const { status, headers: said, content } = await ask("/phone/pack.json", { headers: { ...(await headers(who)), ...same } });
    await stopOn(status, content, who);
    if (status !== 200 && status !== 304) return;
    if ((await P.store.meta("person")) !== who.person) return; // logged out meanwhile
    const at = Date.parse(said.get("X-Server-Time") ?? content.server_time) || Date.now();
    await P.keeping.noteServerTime(new Date(at).toISOString());
    const fresh = status === 304 ? before : { content, etag: said.get("ETag") };
    await P.store.keepPack({ ...fresh, person: who.person, by_server: at, by_phone: Date.now() });
    await P.keeping.forgetSent(who.person);
  }

  async function settleConflict(id, take) {
    const who = await whoIsThere();
    await needsOfficer(who);
    const { status, content } = await ask(`/phone/conflicts/${id}`, await asJson(who, { take }));
    await stopOn(status, content, who);
    await pull(who);
    return { done: status === 200, error: content.error ?? "" };
  }

  P.sending = { run, settleConflict, whoIsThere, pause: () => PAUSES_MS[Math.min(P.signal.tries, PAUSES_MS.length) - 1] ?? PAUSES_MS[0] };
})((self.Phone ??= {}));
