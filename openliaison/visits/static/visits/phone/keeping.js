// How long what is kept on the phone, and whose it is. Unsent visits outlive everything but a revoked phone.
((P) => {
  "use strict";

  const DAY = 86_400_000;
  const DAYS_KEPT = 7; // before the server has said how many
  const SENT_KEPT = DAY;
  const inPage = typeof document !== "undefined";

  // ── Clocks: the phone's may be wrong or set back; the server's is known only when it answers
  async function noteServerTime(iso) {
    const at = Date.parse(iso);
    if (Number.isNaN(at)) return;
    await P.store.setMeta("server_seen", Math.max(at, (await P.store.meta("server_seen")) ?? 0));
    await P.store.setMeta("offset", at - Date.now());
  }

  // How old a pack is: by the phone's clock (never before the latest hour it has shown) and by the server's; the later counts.
  async function ageOf(pack) {
    const high = Math.max(Date.now(), (await P.store.meta("phone_high")) ?? 0);
    const server = (await P.store.meta("server_seen")) ?? 0;
    return Math.max(high - pack.by_phone, server - pack.by_server);
  }

  async function forgetOld() {
    let forgot = false;
    for (const pack of await P.store.packs()) {
      if ((await ageOf(pack)) > (pack.content.keep_days ?? DAYS_KEPT) * DAY) {
        await leave(pack.person);
        forgot = true;
      }
    }
    await P.store.setMeta("phone_high", Math.max(Date.now(), (await P.store.meta("phone_high")) ?? 0));
    return forgot;
  }

  async function forgetSent(person) {
    const owed = new Set((await unsent(person)).map((item) => item.key));
    for (const item of await P.store.outbox(person)) {
      if (!owed.has(item.key) && Date.now() - item.sent_at > SENT_KEPT) await P.store.dropItem(item.key, person);
    }
  }

  // ── Persons
  const isUnsent = (item) => item.state !== "sent";

  // What the office does not have yet: items, and those of which a picture is still to go.
  async function unsent(person) {
    if (!person) return [];
    const pictured = new Set((await P.store.photos(person)).map((photo) => photo.visit));
    return (await P.store.outbox(person)).filter((item) => isUnsent(item) || pictured.has(item.key));
  }

  // The person leaves, or has been away too long: all goes but what has not been sent.
  async function leave(person) {
    const items = await P.store.outbox(person);
    const kept = new Set((await unsent(person)).map((item) => item.key));
    for (const item of items) if (!kept.has(item.key)) await P.store.dropItem(item.key, person);
    for (const photo of await P.store.photos(person)) if (!kept.has(photo.visit)) await P.store.drop("photos", photo.key);
    await P.store.dropPack(person);
    if (inPage) P.dropDrafts(person);
    if ((await P.store.meta("person")) === person) await setPerson(null);
  }

  async function setPerson(person) {
    await P.store.setMeta("person", person);
    if (!inPage) return;
    try { person ? localStorage.setItem("phone-person", person) : localStorage.removeItem("phone-person"); } catch { /* forbidden: the page asks the store */ }
  }

  // Somebody has logged in: what the others left goes; their unsent visits wait for them, unseen.
  async function meet(person, isOfficer) {
    for (const pack of await P.store.packs()) if (pack.person !== person) await leave(pack.person);
    const before = await P.store.meta("person");
    if (before && before !== person) await leave(before);
    if (isOfficer && before !== person) await setPerson(person);
  }

  async function deviceOf(person) {
    const name = `device:${person}`;
    let device = await P.store.meta(name);
    if (!device) await P.store.setMeta(name, (device = P.uuid()));
    return device;
  }

  // While somebody logs out nothing is fetched anew; a page opened by whoever is logged in ends that.
  const LEAVING_MS = 30_000;
  const isLeaving = async () => Date.now() - ((await P.store.meta("leaving")) ?? 0) < LEAVING_MS;
  const setLeaving = (is) => P.store.setMeta("leaving", is ? Date.now() : 0);

  async function logOut(person) {
    await setLeaving(true);
    await leave(person);
  }

  // The coordinator revoked this phone: nothing stays, not even what was not sent.
  async function wipe(why) {
    await P.store.dropAll();
    await setPerson(null);
    if (inPage) P.dropDrafts();
    await P.store.setMeta("revoked", { at: Date.now(), why });
  }

  P.dropDrafts = (person) => {
    const mine = person ? `phone-draft:${person}:` : "phone-draft:";
    try { Object.keys(localStorage).filter((k) => k.startsWith(mine)).forEach((k) => localStorage.removeItem(k)); } catch { /* nothing could be kept there */ }
  };

  P.keeping = { ageOf, deviceOf, forgetOld, forgetSent, isLeaving, isUnsent, leave, logOut, meet, noteServerTime, setLeaving, unsent, wipe };
})((self.Phone ??= {}));
