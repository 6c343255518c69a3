// Durations, ages and dates. Seconds for durations, milliseconds since 1970 for moments.
import { fixed, type Value } from './number.ts';

const [minute, hour, day] = [60, 3600, 86_400];

const two = (value: number): string => String(value).padStart(2, '0');

/** `35 ms`, `7.4 s`, `46 s`, `3 m 42 s`, `1 h 28 m`, `2 d 03 h`. */
export function duration(seconds: Value): string {
  if (seconds == null) return '';
  if (seconds < 0.0995) return `${fixed(seconds * 1000, 0)} ms`;
  if (seconds < 9.95) return `${fixed(seconds, 1)} s`;
  if (seconds < 59.5) return `${fixed(seconds, 0)} s`;
  return runTime(seconds);
}

/** Durations of a column, from minutes on: `0 m 21 s`, `3 m 42 s`, `1 h 28 m`. */
export function runTime(seconds: Value): string {
  if (seconds == null) return '';
  if (!Number.isFinite(seconds)) return fixed(seconds, 0);
  const whole = Math.round(seconds);
  if (whole < hour) return `${Math.floor(whole / minute)} m ${two(whole % minute)} s`;
  const minutes = Math.round(seconds / minute);
  if (minutes < day / minute) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(seconds / hour);
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** One unit, rounded down: `31 s`, `4 m`, `5 h`, `2 d`. For estimates and ages. */
export function roughly(seconds: Value): string {
  if (seconds == null) return '';
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < minute) return `${whole} s`;
  if (whole < hour) return `${Math.floor(whole / minute)} m`;
  if (whole < day) return `${Math.floor(whole / hour)} h`;
  return `${Math.floor(whole / day)} d`;
}

/** How long ago, `4 m`; a moment in the future is `0 s`. */
export const age = (moment: number, now: number): string => roughly((now - moment) / 1000);

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

interface Calendar {
  day: string;
  month: string;
  year: string;
  clock: string;
}

/** In the time zone of this machine unless another is named. */
const calendar = (moment: number, timeZone?: string): Calendar => (timeZone === undefined ? here(moment) : inZone(moment, timeZone));

/** Without Intl, whose formats take a third of a millisecond to make, and a page shows a time in each of its rows. */
function here(moment: number): Calendar {
  const date = new Date(moment);
  const clock = [date.getHours(), date.getMinutes(), date.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':');
  return { day: String(date.getDate()), month: months[date.getMonth()]!, year: String(date.getFullYear()), clock };
}

function inZone(moment: number, timeZone: string): Calendar {
  const format = new Intl.DateTimeFormat('en', {
    day: 'numeric',
    month: 'numeric',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZone,
  });
  const part = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, value]));
  return {
    day: part.day!,
    month: months[Number(part.month) - 1]!,
    year: part.year!,
    clock: `${part.hour}:${part.minute}:${part.second}`,
  };
}

/** `12 Mar`. */
export function dayAndMonth(moment: number, timeZone?: string): string {
  const at = calendar(moment, timeZone);
  return `${at.day} ${at.month}`;
}

/** `14 Mar 2026, 14:01:50`: what stands in a title. */
export function exactTime(moment: number, timeZone?: string): string {
  const at = calendar(moment, timeZone);
  return `${at.day} ${at.month} ${at.year}, ${at.clock}`;
}
