import { describe, expect, it } from 'vitest';
import { judge, reasonOf, retryAfterMs } from './judge.ts';

const answer = (status: number, text = '', headers = {}) => ({ status, text, headers });

function verdict(status: number, text = ''): string {
  try {
    judge(answer(status, text), 'the server');
    return 'stored';
  } catch (error) {
    return error instanceof Error ? error.name : 'not an error';
  }
}

describe('the answer to a write', () => {
  it('is final only where the server judged the lines', () => {
    expect([200, 204].map((status) => verdict(status))).toEqual(['stored', 'stored']);
    expect([400, 413, 422].map((status) => verdict(status, '{"error":"partial write"}'))).toEqual(['Permanent', 'Permanent', 'Permanent']);
    expect([301, 401, 403, 404, 408, 429, 500, 502, 503].map((status) => verdict(status)).every((name) => name === 'Transient')).toBe(true);
    expect(verdict(400, ' <html>')).toBe('Transient');
  });

  it('gives its reason on one line', () => {
    expect(reasonOf(answer(400, '{"error":"partial\\nwrite"}'))).toBe('partial write');
    expect(reasonOf(answer(401, '{"code":"unauthorized","message":"unauthorized access"}'))).toBe('unauthorized access');
    expect(reasonOf(answer(500, 'out of memory\n'))).toBe('out of memory');
    expect(reasonOf(answer(502))).toBe('no reason given');
  });

  it('may say when to come again, in seconds or as a date', () => {
    const now = Date.parse('Fri, 20 Nov 2026 10:00:00 GMT');
    expect(retryAfterMs('120', now)).toBe(120_000);
    expect(retryAfterMs('Fri, 20 Nov 2026 10:00:05 GMT', now)).toBe(5000);
    expect(retryAfterMs('Fri, 20 Nov 2026 09:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(undefined, now)).toBeUndefined();
  });
});
