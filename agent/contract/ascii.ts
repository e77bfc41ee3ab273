// ASCII codes, by the names that parsers of bytes use.

/** Stands between cells of kernel tables, beside the space. */
export const TAB = 0x09;
/** Ends a line, in kernel text as in line protocol. */
export const NEWLINE = 0x0a;
/** Stands before the newline in text that came through Windows. */
export const RETURN = 0x0d;
/** Parts words, and head, fields and time of a line. */
export const SPACE = 0x20;
/** Opens and closes a string field of line protocol. */
export const QUOTE = 0x22;
/** Starts a comment line. */
export const HASH = 0x23;
/** Parts tags, and fields. */
export const COMMA = 0x2c;
/** Starts a negative number. */
export const MINUS = 0x2d;
/** Parts a number from its fraction. */
export const DOT = 0x2e;
/** The first of the ten digits, which follow each other. */
export const ZERO = 0x30;
/** The last of the ten digits. */
export const NINE = 0x39;
/** Ends a key of /proc (`MemTotal:`). */
export const COLON = 0x3a;
/** Parts a key of line protocol from its value. */
export const EQUALS = 0x3d;
/** Takes the meaning from the special byte behind it. */
export const BACKSLASH = 0x5c;

/** Whether a byte is a space or a tab. */
export function isBlank(byte: number | undefined): boolean {
  return byte === SPACE || byte === TAB;
}
