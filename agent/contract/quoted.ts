/** Characters of somebody's text that a message repeats. */
const LONGEST = 60;

/** A text as a message repeats it: between quotes, without control characters, and only its beginning where it is long. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
