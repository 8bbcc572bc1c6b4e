// What the phone keeps, in IndexedDB. Everything personal bears its person.
((P) => {
  "use strict";

  const NAME = "openliaison-phone";
  let opened;

  const open = () => {
    opened ??= idb.openDB(NAME, 1, {
      upgrade(db) {
        db.createObjectStore("meta");
        db.createObjectStore("packs", { keyPath: "person" });
        for (const name of ["outbox", "photos"]) db.createObjectStore(name, { keyPath: "key" }).createIndex("person", "person");
      },
      blocking: () => { opened?.then((db) => db.close()); opened = undefined; },
      terminated: () => { opened = undefined; },
    }).catch((error) => { opened = undefined; throw error; });
    return opened;
  };

  const byOrder = (a, b) => a.order - b.order || (a.key < b.key ? -1 : 1);
  const of = async (store, person) => (await (await open()).getAllFromIndex(store, "person", person)).sort(byOrder);

  P.store = {
    meta: async (key) => (await open()).get("meta", key),
    setMeta: async (key, value) => (await open()).put("meta", value, key),
    pack: async (person) => (person ? (await open()).get("packs", person) : undefined),
    packs: async () => (await open()).getAll("packs"),
    keepPack: async (row) => (await open()).put("packs", row),
    outbox: (person) => of("outbox", person),
    item: async (key) => (await open()).get("outbox", key),
    photos: (person) => of("photos", person),
    photosOf: async (person, visit) => (await of("photos", person)).filter((p) => p.visit === visit),
    keepPhoto: async (row) => (await open()).put("photos", row),

    // Reads and writes in one transaction: two tabs never undo each other's change. `change` returns the row,
    // null to throw it away, or nothing to leave it.
    async changeItem(key, change) {
      const tx = (await open()).transaction("outbox", "readwrite");
      const row = await tx.store.get(key);
      const next = change(row);
      if (next === null) await tx.store.delete(key);
      else if (next) await tx.store.put(next);
      await tx.done;
      return next;
    },

    async drop(store, key) { await (await open()).delete(store, key); },

    // An item and its photos, both or none.
    async dropItem(key, person) {
      const photos = (await of("photos", person)).filter((p) => p.visit === key);
      const tx = (await open()).transaction(["outbox", "photos"], "readwrite");
      await Promise.all([tx.objectStore("outbox").delete(key), ...photos.map((p) => tx.objectStore("photos").delete(p.key)), tx.done]);
    },

    async dropPack(person) { await (await open()).delete("packs", person); },

    // All of it, whoever's it is; the device is as new.
    async dropAll() {
      const tx = (await open()).transaction(["meta", "packs", "outbox", "photos"], "readwrite");
      await Promise.all([...[...tx.objectStoreNames].map((name) => tx.objectStore(name).clear()), tx.done]);
    },
  };

  // ── Other tabs and the service worker hear of changes
  const channel = "BroadcastChannel" in self ? new BroadcastChannel(NAME) : null;
  const listeners = [];
  P.listen = (listener) => listeners.push(listener);
  P.changed = (what = {}) => { listeners.forEach((listener) => listener(what)); channel?.postMessage(what); };
  if (channel) channel.onmessage = (event) => listeners.forEach((listener) => listener(event.data));

  // As RFC 4122 wants it; crypto.randomUUID is missing where the page is not served safely.
  P.uuid = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    const hex = [...bytes].map((b) => b.toString(16).padStart(2, "0")).join("");
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
  };
})((self.Phone ??= {}));
