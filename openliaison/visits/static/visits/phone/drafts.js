// Half-written forms. They are kept with every key that is pressed, and outlive a closed browser.
((P) => {
  "use strict";

  const prefix = (person) => `phone-draft:${person}:`;
  const name = (person, id) => prefix(person) + id;

  function read(person, id) {
    try { return JSON.parse(localStorage.getItem(name(person, id))); } catch { return null; }
  }

  // False where the phone has no room or forbids it: the form says so.
  function keep(person, id, draft) {
    try { localStorage.setItem(name(person, id), JSON.stringify({ ...draft, typed_at: Date.now() })); return true; } catch { return false; }
  }

  function drop(person, id) { try { localStorage.removeItem(name(person, id)); } catch { /* none is there */ } }

  function list(person) {
    try {
      const ids = Object.keys(localStorage).filter((k) => k.startsWith(prefix(person))).map((k) => k.slice(prefix(person).length));
      return ids.map((id) => ({ id, ...read(person, id) })).sort((a, b) => b.typed_at - a.typed_at);
    } catch { return []; }
  }

  // Those of people whose briefings are no longer here.
  function forgetOthers(persons) {
    const kept = persons.map(prefix);
    try {
      Object.keys(localStorage).filter((k) => k.startsWith("phone-draft:") && !kept.some((p) => k.startsWith(p))).forEach((k) => localStorage.removeItem(k));
    } catch { /* nothing could be kept there */ }
  }

  P.drafts = { drop, forgetOthers, keep, list, read };
})((self.Phone ??= {}));
