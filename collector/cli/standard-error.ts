import { standardError as open } from '../../agent/contract/say.ts';

/** Where the collector's process says what a person should know; a reader that has gone ends nothing. */
export const standardError = open('vigie');
