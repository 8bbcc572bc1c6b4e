// Tick all rows of the page at once; without this each is ticked by itself.
(() => {
  "use strict";
  const start = () => {
    const all = document.querySelector("[data-tick-all]");
    if (!all) return;
    all.hidden = false;
    const box = all.querySelector("input");
    const rows = () => [...document.querySelectorAll("[data-tick]")];
    box.addEventListener("change", () => rows().forEach((r) => { r.checked = box.checked; }));
    document.addEventListener("change", (e) => {
      if (e.target.matches("[data-tick]")) box.checked = rows().every((r) => r.checked);
    });
  };
  start();
  document.addEventListener("htmx:afterSettle", start);
})();
