import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readOnce } from '../conformance/read-once.ts';

process.env['TZ'] = 'UTC';
const here = new URL('.', import.meta.url).pathname;
const machines = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

// A recorded machine has no disks: what the folder's own file system answers is that of whoever runs the test.
const OWN_DISK = /^(# (HELP|TYPE) )?node_filesystem_(size|free|avail|files)\w*[ {].*\n/gm;

describe.each(machines)('the machine $name', ({ name }) => {
  test('reads as it did', async () => {
    const { text } = await readOnce(`${here}${name}`, { now: () => AT });
    const expected = `${here}${name}/expected.prom`;
    const read = text.replace(OWN_DISK, '');
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, read);
    expect(read).toBe(readFileSync(expected, 'utf8'));
  });
});
