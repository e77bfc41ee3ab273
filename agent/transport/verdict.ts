import { Permanent, Transient } from '../contract/errors.ts';
import type { Answer } from './post.ts';

/** A batch of which the collector stored a part and refused the rest for good. */
export class PartlyStored extends Error {
  override readonly name = 'PartlyStored';
}

/**
 * What an answer to a batch means: undefined where it is stored; Permanent where it never will be; PartlyStored; Transient for
 * everything else, a wrong token or address included, because an operator can mend that and the batch is still good.
 */
export function verdict({ status, text, retryAfterMs }: Answer): Permanent | PartlyStored | Transient | undefined {
  if (status === 204) return undefined;
  const reason = `${status}${text === '' ? '' : ` ${text}`}`;
  // InfluxDB's words for "the rest is stored": docs.influxdata.com/influxdb/v1/tools/api, /write.
  if (status === 400 && text.includes('partial write')) return new PartlyStored(reason);
  if (status === 400 || status === 413 || status === 422) return new Permanent(reason);
  return new Transient(reason, { retryAfterMs });
}
