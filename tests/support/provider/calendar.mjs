// Reads an entry for a diary on its input with ical.js, the reader of several diaries, and writes what it understood as JSON.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const entry = calendar.getFirstSubcomponent("vevent");
const event = new ICAL.Event(entry);
console.log(JSON.stringify({
  method: calendar.getFirstPropertyValue("method"),
  uid: event.uid,
  sequence: event.sequence,
  starts: event.startDate.toJSDate().toISOString(),
  summary: event.summary,
  place: event.location,
  status: entry.getFirstPropertyValue("status"),
  attendees: event.attendees.map((attendee) => attendee.getFirstValue()),
}));
