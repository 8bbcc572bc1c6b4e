// The service worker: keeps the shell and nothing of anybody's. Pages come from the net; where there is none, an
// officer's phone opens the shell and everybody else is told so.
((P) => {
  "use strict";

  const { version, kept } = self.PHONE;
  const CACHE = `phone-${version}`;
  const MINE = /^phone-/;
  const PATIENCE_MS = 12_000; // a page that has not begun by then counts as no signal
  const SHELL = "/phone/";
  const SHELL_FILES = new Set(kept);

  self.addEventListener("install", (event) => {
    event.waitUntil((async () => {
      const cache = await caches.open(CACHE);
      await cache.addAll(kept.map((address) => new Request(address, { cache: "reload", credentials: "omit" })));
      await self.skipWaiting();
    })());
  });

  self.addEventListener("activate", (event) => {
    event.waitUntil((async () => {
      for (const name of await caches.keys()) if (MINE.test(name) && name !== CACHE) await caches.delete(name);
      await self.clients.claim();
    })());
  });

  self.addEventListener("fetch", (event) => {
    const { request } = event;
    const { origin, pathname } = new URL(request.url);
    if (request.method !== "GET" || origin !== self.location.origin) return;
    if (SHELL_FILES.has(pathname)) event.respondWith(fromShell(pathname, request));
    else if (request.mode === "navigate" && pathname !== "/healthz" && !pathname.startsWith("/account/log-out")) event.respondWith(page(request, pathname));
  });

  async function fromShell(pathname, request) {
    return (await (await caches.open(CACHE)).match(pathname)) ?? fetch(request);
  }

  async function page(request, pathname) {
    const query = new URL(request.url).searchParams;
    const answer = fetch(request);
    const late = new Promise((resolve) => { setTimeout(resolve, PATIENCE_MS); });
    try {
      return (await Promise.race([answer, late])) ?? (await isOfficers() ? without(pathname, query) : await answer);
    } catch {
      return without(pathname, query);
    }
  }

  const isOfficers = async () => Boolean(await P.store.pack(await P.store.meta("person")));

  // The same place in the shell, where there is one.
  const PLACES = [
    [/^\/briefing\/(\d+)\/$/, (id) => `#/e/${id}`],
    [/^\/enterprises\/(\d+)\/$/, (id) => `#/e/${id}`],
    [/^\/enterprises\/$/, () => "#/all"],
  ];

  async function without(pathname, query) {
    await P.keeping.forgetOld();
    if (!(await isOfficers())) return (await caches.open(CACHE)).match("/phone/no-signal");
    if (pathname === "/visits/record/" && /^\d+$/.test(query.get("enterprise") ?? "")) return Response.redirect(`${SHELL}#/e/${query.get("enterprise")}/visit`);
    if (pathname === "/visits/record/") return Response.redirect(`${SHELL}#/all`);
    const place = PLACES.find(([pattern]) => pattern.test(pathname));
    return Response.redirect(SHELL + (place ? place[1](pathname.match(place[0])[1]) : "#/"));
  }

  // An ordinary page says who is logged in. What others left is deleted, what waits is sent; the answer is how much still waits.
  self.addEventListener("message", (event) => event.waitUntil((async () => {
    const { person, is_officer: isOfficer, leave, send } = event.data ?? {};
    await P.keeping.forgetOld();
    if (person) await P.keeping.meet(person, isOfficer);
    if (person) await P.keeping.setLeaving(false);
    const tell = async (isLast) => event.ports[0]?.postMessage({ unsent: person ? (await P.keeping.unsent(person)).length : 0, isLast });
    await tell(false);
    if (leave) await P.keeping.logOut(person);
    else if (send && await isWorthIt(person)) await P.sending.run();
    await tell(true);
  })()));

  // Not at every page that is opened: when something waits, or the briefings have grown old.
  const FRESH_MS = 600_000;
  const isWorthIt = async (person) => (await P.keeping.unsent(person)).length > 0 || Date.now() - ((await P.store.pack(person))?.by_phone ?? 0) > FRESH_MS;

  // Browsers that can, wake this when the signal is back, also with every window closed.
  self.addEventListener("sync", (event) => { if (event.tag === "outbox") event.waitUntil(sendOrAgain()); });

  async function sendOrAgain() {
    await P.sending.run();
    if (!P.signal.on) throw new Error("Still no signal: wake me again.");
  }
})((self.Phone ??= {}));
