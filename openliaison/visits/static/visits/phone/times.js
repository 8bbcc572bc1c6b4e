// Days and hours in the place's zone, as the reader's language says them.
((P) => {
  "use strict";

  const made = new Map();
  const zone = () => P.here?.pack?.content.person.timezone;
  const format = (name, options) => {
    const key = `${P.language}|${zone()}|${name}`;
    if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(P.language === "en" ? "en-GB" : "zh-CN", { timeZone: zone(), ...options }));
    return made.get(key);
  };
  const iso = (at) => format("iso", {}) && new Intl.DateTimeFormat("sv-SE", { timeZone: zone() }).format(at);

  // The server's time as far as the phone knows it.
  const serverNow = () => Date.now() + (P.here?.offset ?? 0);
  const today = () => iso(serverNow());
  const hour = (at) => format("hour", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
  const dayOf = (at) => format("day", { month: "short", day: "numeric" }).format(at);
  const longDay = (at) => format("long", { month: "long", day: "numeric", weekday: "long" }).format(at);
  const date = (text) => dayOf(Date.parse(`${text}T12:00:00Z`));

  // 10:12 of today, or the day and the hour.
  const near = (at) => {
    const instant = typeof at === "number" ? at : Date.parse(at);
    const shown = iso(instant) === today() ? P.t("today_at", { at: hour(instant) }) : `${dayOf(instant)} ${hour(instant)}`;
    return shown;
  };
  const daysSince = (at) => Math.round((Date.parse(today()) - Date.parse(iso(Date.parse(at)))) / 86_400_000);

  P.times = { date, dayOf, daysSince, hour, iso, longDay, near, serverNow, today };
})((self.Phone ??= {}));
