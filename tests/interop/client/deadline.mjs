// When a person at the recipient must have acknowledged: docs/policy.md, "Deadlines", and docs/protocol.md, section 14.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ON_SITE = 7 * HOUR;

/** The local calendar day (days since 1970-01-01) at an instant. */
function localDay(instant, zone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, year: 'numeric', month: 'numeric', day: 'numeric',
  }).formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(parts.year, parts.month - 1, parts.day) / DAY;
}

/** How far local time is ahead of UTC at an instant. */
function offset(instant, zone) {
  const parts = Object.fromEntries(new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
  const local = Date.UTC(parts.year, parts.month - 1, parts.day, parts.hour, parts.minute, parts.second);
  return local - Math.floor(instant / 1000) * 1000;
}

/** The instant that is so many minutes after local midnight of a day. */
function instantOf(day, minutes, zone) {
  const local = day * DAY + minutes * MINUTE;
  const guess = local - offset(local, zone);
  return local - offset(guess, zone);
}

const within = (day, ranges) => ranges.some(({ first, last }) => first <= day && day <= last);
function opens({ weekdays, terms, closures }, day) {
  const weekday = (((day + 3) % 7) + 7) % 7;  // 1970-01-01 was a Thursday; bit 0 is Monday.
  return ((weekdays >> weekday) & 1) === 1 && (terms.length === 0 || within(day, terms)) && !within(day, closures);
}

/** The ready-by that counts at `now`: an hour from now while children are on site, else the next one. */
function readyBy(calendar, now, daysMost) {
  const today = localDay(now, calendar.zone);
  for (let day = today - 1; day <= today + daysMost; ++day) {
    if (!opens(calendar, day)) continue;
    const ready = instantOf(day, calendar.readyBy, calendar.zone);
    if (ready > now) return ready;
    if (now < ready + ON_SITE) return now + HOUR;
  }
  return null;
}

/**
 * @param {Record<string, any> | undefined} deadline a policy's; none: 0
 * @param {{ zone: string, readyBy: number, weekdays: number, terms: any[], closures: any[] }} calendar
 * @param {number} now
 */
export function acknowledgeBy(deadline, calendar, now) {
  if (!deadline) return 0;
  if (deadline.due === 'after') return now + deadline.minutes * MINUTE;
  const usual = readyBy({ ...calendar, weekdays: 31, terms: [], closures: [] }, now, 7);
  const most = usual + (deadline['calendar-days-max'] ?? 0) * DAY;
  const own = readyBy(calendar, now, 130) ?? most;
  return Math.max(Math.min(own, most), now + (deadline['at-least-minutes'] ?? 0) * MINUTE);
}
