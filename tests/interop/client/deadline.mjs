// When a person at the recipient must have acknowledged: docs/policy.md, "Deadlines", and docs/protocol.md, section 14.

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ON_SITE = 7 * HOUR;
const SEARCH = 150;  // Days.

function isZone(name) {
  try {
    return Boolean(new Intl.DateTimeFormat('en-GB', { timeZone: name }));
  } catch {
    return false;
  }
}

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
    timeZone: zone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric',
    minute: 'numeric', second: 'numeric',
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

/** What counts at `now`: an hour from now while children are on site, else the next ready-by, if there is any. */
function readyBy(calendar, now) {
  const today = localDay(now, calendar.zone);
  for (let day = today; day <= today + SEARCH; ++day) {
    if (!opens(calendar, day)) continue;
    const ready = instantOf(day, calendar.readyBy, calendar.zone);
    if (ready > now) return ready;
    if (now < ready + ON_SITE) return now + HOUR;
  }
  return null;
}

/**
 * @param {Record<string, any> | undefined} deadline a policy's; none: 0
 * @param {{ zone: string, readyBy: number, weekdays: number, terms: any[], closures: any[] }} calendar as stated
 * @param {number} now
 */
export function acknowledgeBy(deadline, calendar, now) {
  if (!deadline) return 0;
  const earliest = now + (deadline['at-least-minutes'] ?? 0) * MINUTE;
  if (deadline.due === 'after') return Math.max(earliest, now + deadline.minutes * MINUTE);
  const zone = isZone(calendar.zone) ? calendar.zone : 'Europe/London';
  const usual = readyBy({
    zone, readyBy: deadline['default-ready-minute-of-day'] ?? 495, weekdays: 31, terms: [], closures: [],
  }, now);
  const latest = usual + (deadline['calendar-days-max'] ?? 0) * DAY;
  return Math.max(earliest, Math.min(readyBy({ ...calendar, zone }, now) ?? latest, latest));
}
