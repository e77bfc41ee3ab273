import { join } from 'node:path';
import { expect, it } from 'vitest';
import { needsServer } from '../../test/services/needs-server.ts';
import { runPromtool } from '../../test/services/prometheus.ts';

needsServer('promtool')('the example for Prometheus', () => {
  it('is a configuration that Prometheus takes', async () => {
    const { code, output } = await runPromtool(['check', 'config', join(import.meta.dirname, 'prometheus.yml')]);
    expect(output).toContain('is valid prometheus config');
    expect(code).toBe(0);
  });
});
