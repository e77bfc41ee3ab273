/** UTF-16 units of a question at most: enough for a regular expression with the names of all nodes. */
export const LONGEST_TEXT = 1024 * 1024;

/** Words of a question at most, where a text in quotation marks is one. What they become takes a few hundred bytes each. */
export const MOST_WORDS = 50_000;

/** How deep an expression may be nested, each operation of a chain such as `a + b + c` being a level: all who walk over it recur. */
export const DEEPEST = 500;

/**
 * The same of the grammar's tree, which has some levels more. Twice as many still fit on the stack of a thread when the tree is made, and
 * from 2500 on lezer does not keep the levels apart (@lezer/common, CutOff.Depth).
 */
export const DEEPEST_SYNTAX = 1000;

/** Instructions that all regular expressions of a question compile to at most; this many take a second. */
export const LARGEST_REGEXES = 100_000;
