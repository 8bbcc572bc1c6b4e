// Arrow keys move through what was found; the page works without this file.
(() => {
  "use strict";
  const hits = [...document.querySelectorAll("[data-hit]")];
  const field = document.querySelector("main [type=search]");
  if (!hits.length || !field) return;
  document.addEventListener("keydown", (e) => {
    if (e.key !== "ArrowDown" && e.key !== "ArrowUp") return;
    const at = hits.indexOf(document.activeElement);
    if (at < 0 && document.activeElement !== field && document.activeElement !== document.body) return;
    const next = at + (e.key === "ArrowDown" ? 1 : -1);
    e.preventDefault();
    (next < 0 ? field : hits[Math.min(next, hits.length - 1)]).focus();
  });
})();
