// On the ordinary pages: says what waits on this phone, has it sent, and asks before a log-out would leave it behind.
// The work is the service worker's; a desk browser has none until its officer opens the phone's pages there.
(() => {
  "use strict";

  const { person: given, role } = document.body.dataset;
  const person = Number(given);
  const isOfficer = role === "ol_officer";
  const read = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
  const keeper = Number(read("phone-person"));
  const isPhone = matchMedia("(pointer: coarse)").matches || matchMedia("(max-width: 991px)").matches;
  const { serviceWorker } = navigator;

  if (!person) return;
  try { localStorage.setItem("phone-language", document.documentElement.lang === "en" ? "en" : "zh"); } catch { /* the phone's pages ask again */ }
  if (keeper && keeper !== person) forgetDrafts(keeper);

  function forgetDrafts(of) {
    Object.keys(localStorage).filter((k) => k.startsWith(`phone-draft:${of}:`)).forEach((k) => localStorage.removeItem(k));
    localStorage.removeItem("phone-person");
  }

  async function ask(what, hear = () => {}) {
    const { active } = await serviceWorker.ready;
    return new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = (event) => { hear(event.data); if (event.data.isLast) resolve(event.data); };
      active.postMessage({ person, is_officer: isOfficer, ...what }, [port2]);
    });
  }

  // The number stands beside the bell, and at the entry of the menu.
  function show(unsent) {
    document.querySelectorAll(".outbox-mark").forEach((mark) => mark.remove());
    const entry = document.querySelector(".ol-side a[href='/phone/']");
    if (!unsent || !entry) return;
    const mark = document.createElement("a");
    mark.className = "ph-icon bell outbox-mark";
    mark.href = "/phone/#/outbox";
    mark.setAttribute("aria-label", `${entry.textContent.trim()}: ${unsent}`);
    const number = document.createElement("span");
    number.className = "dotn";
    number.textContent = unsent;
    mark.append(entry.querySelector("svg").cloneNode(true), number);
    document.querySelector(".ol-top .bell, .ol-top .ol-menu")?.before(mark);
  }

  async function begin() {
    const known = await serviceWorker.getRegistration("/");
    if (!known && !(isOfficer && isPhone)) return;
    if (isOfficer) await serviceWorker.register("/sw.js");
    await ask({ send: isOfficer && navigator.onLine }, ({ unsent }) => show(unsent));
    try { if (isOfficer) localStorage.setItem("phone-person", person); } catch { /* the worker knows it too */ }
  }

  // ── Log-out
  let isSure = false;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!("logout" in form.dataset) || isSure || keeperNow() !== person) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    leave(form);
  }, true);
  const keeperNow = () => Number(read("phone-person"));

  async function leave(form) {
    const hasWorker = serviceWorker && (await serviceWorker.getRegistration("/"));
    const hasDraft = Object.keys(localStorage).some((k) => k.startsWith(`phone-draft:${person}:`));
    if (!hasWorker || hasDraft || (await ask({})).unsent) { location.href = "/phone/#/leave"; return; }
    await ask({ leave: true });
    forgetDrafts(person);
    isSure = true;
    form.requestSubmit();
  }

  if (serviceWorker) begin().catch(() => {});
})();
