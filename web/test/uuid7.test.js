import { describe, expect, it } from 'vitest';
import { uuid7 } from '../src/phone/uuid7.js';

const time = (id) => Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);

describe('uuid7', () => {
  it('has the shape of RFC 9562: version 7, variant 10', () => {
    for (let i = 0; i < 500; i++)
      expect(uuid7()).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('carries the moment in its first 48 bits', () => {
    const ms = Date.UTC(2027, 0, 2, 3, 4, 5, 678);
    expect(time(uuid7(ms))).toBe(ms);
  });

  it('sorts in the order of making, also within one millisecond and past its counter', () => {
    const ms = Date.UTC(2028, 0, 1);
    const ids = Array.from({ length: 10_000 }, () => uuid7(ms));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not go back when the clock does', () => {
    const ms = Date.UTC(2029, 0, 1);
    const first = uuid7(ms);
    expect(uuid7(ms - 60_000) > first).toBe(true);
  });
});
