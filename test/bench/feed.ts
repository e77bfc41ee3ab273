import { setTimeout as pause } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { post } from '../collector.ts';
import { ownMetric } from './ours.ts';

/** Posts bodies one after the other; throws where one is not stored. */
export async function feed(url: string, bodies: Iterable<Uint8Array>, path?: string): Promise<void> {
  for (const body of bodies) {
    const { status, text } = await post(url, gzipSync(body, { level: 1 }), {
      headers: { 'content-encoding': 'gzip' },
      ...(path === undefined ? {} : { path }),
    });
    if (status !== 204) throw new Error(`${url} answered ${status}: ${text}`);
  }
}

/** Resolves once everything that a collector has acknowledged is in its day's file. */
export async function committed(url: string): Promise<void> {
  do await pause(500);
  while ((await ownMetric(url, 'vigie_collector_pending_samples')) > 0);
}
