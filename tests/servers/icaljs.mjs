// Reads a calendar as Thunderbird does, with its own parser: octets on standard input, first and
// last year as arguments, one JSON document as calendars.py describes it on standard output.
// The module's place is the first argument: it lies in build/.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [place, first, last] = process.argv.slice(2);
const ICAL = (await import(pathToFileURL(place).href)).default;
const warnings = [];
const entries = [];

// Thunderbird decodes the whole body before it unfolds (CalICSCalendar.sys.mjs): a character that
// a fold splits is lost. `fatal` tells of it.
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(0));
const parsed = ICAL.parse(text); // throws where a line is none
if (typeof parsed[0] !== "string") warnings.push(`${parsed.length} calendars in one body`);
const calendar = new ICAL.Component(parsed);
if (calendar.name !== "vcalendar") warnings.push(`the calendar is a ${calendar.name}`);

const end = ICAL.Time.fromData({ year: Number(last) + 1, month: 1, day: 1, isDate: true });
const begin = ICAL.Time.fromData({ year: Number(first), month: 1, day: 1, isDate: true });
const uids = new Set();

for (const component of calendar.getAllSubcomponents()) {
  if (component.name !== "vevent") {
    warnings.push(`a ${component.name} between the events`);
    continue;
  }
  // Exceptions are passed since it else looks for them among all its siblings, each time.
  const event = new ICAL.Event(component, { exceptions: [] });
  if (!event.uid) warnings.push("an event without UID");
  if (uids.has(event.uid)) warnings.push(`UID ${event.uid} twice`);
  uids.add(event.uid);
  for (const property of component.getAllProperties()) {
    if (property.type === "unknown" && !property.name.startsWith("x-")) {
      warnings.push(`${property.name} is unknown`);
    }
  }
  if (!event.startDate?.isDate || !event.endDate?.isDate) {
    warnings.push(`${event.uid} isn't all day`);
    continue;
  }
  const length = event.endDate.subtractDate(event.startDate);
  const tell = (start) => {
    const until = start.clone();
    until.addDuration(length);
    if (start.compare(begin) < 0 || start.compare(end) >= 0) return;
    entries.push([
      event.uid,
      start.toString(),
      until.toString(),
      event.summary ?? "",
      event.description ?? "",
      component.getAllProperties("categories").flatMap((property) => property.getValues()),
    ]);
  };
  if (!event.isRecurring()) {
    tell(event.startDate);
    continue;
  }
  const iterator = event.iterator();
  for (let next = iterator.next(); next && next.compare(end) < 0; next = iterator.next()) tell(next);
}

process.stdout.write(JSON.stringify({ entries, warnings }));
