import { describe, expect, it } from 'vitest';
import { classOf, tally } from '../src/map/classes.js';
import { blank, isFull, missing, temperatureOk, toAnswer } from '../src/phone/answer.js';
import { dueWords } from '../src/phone/due.js';
import { t } from '../src/phone/i18n.js';

const whole = { ...blank(), person: 'seen', residence: 'door', status: 'assessed' };

describe('an answer', () => {
  it.each([
    [blank(), ['person', 'residence', 'status']],
    [{ ...whole, status: '' }, ['status']],
    [whole, []],
    [{ ...blank(), result: 'moved' }, []],
    [{ ...whole, temperature: '366' }, ['temperature']],
    [{ ...whole, temperature: '36.6' }, []],
  ])('%j lacks %j', (draft, lacks) => expect(missing(draft)).toEqual(lacks));

  it.each([
    ['seen', 'inside', true],
    ['seen', 'door', true],
    ['seen', 'building', false],
    ['video', 'inside', false],
    ['proxy', 'door', false],
  ])('%s and %s: verified is %s', (person, residence, full) =>
    expect(isFull({ ...whole, person, residence })).toBe(full),
  );

  it('is not verified without asking', () => expect(isFull({ ...whole, status: 'not_assessed' })).toBe(false));

  it('sends a gap as a gap: no temperature is null, another result says not seen', () => {
    expect(toAnswer(whole, 'L1', 'now')).toMatchObject({
      temperature: null,
      result: 'visited',
      lead_id: 'L1',
      observed_at: 'now',
    });
    expect(toAnswer({ ...blank(), result: 'refused' }, 'L1', 'now')).toMatchObject({
      person: 'not_seen',
      residence: 'not_seen',
      status: 'not_assessed',
    });
  });

  it('does not send what was filled in before the status was taken back', () => {
    const draft = { ...whole, status: 'not_assessed', temperature: '38', symptoms: ['fever'] };
    expect(toAnswer(draft, 'L1', 'now')).toMatchObject({ temperature: null, symptoms: [] });
  });

  it.each([
    ['', true],
    ['34', true],
    ['43', true],
    ['33.9', false],
    ['43.1', false],
    ['x', false],
  ])('temperature %s: %s', (text, ok) => expect(temperatureOk(text)).toBe(ok));
});

describe('due in words', () => {
  const now = new Date(2026, 10, 23, 14, 5);
  it.each([
    [null, '没有期限'],
    [new Date(2026, 10, 23, 11, 0), '已逾期 3 小时'],
    [new Date(2026, 10, 21, 11, 0), '已逾期 2 天'],
    [new Date(2026, 10, 23, 14, 50), '还剩 45 分钟'],
    [new Date(2026, 10, 23, 18, 0), '今天 18:00 前'],
    [new Date(2026, 10, 24, 9, 0), '明天 09:00 前'],
    [new Date(2026, 11, 1, 9, 0), '12-1 09:00 前'],
  ])('%s is %s', (due, words) => expect(dueWords(due, now, t)).toBe(words));
});

describe('coverage classes', () => {
  it.each([
    [null, 'unknown'],
    [undefined, 'unknown'],
    [0, 'low'],
    [0.4999, 'low'],
    [0.5, 'half'],
    [0.8, 'good'],
    [0.95, 'most'],
    [0.9999, 'most'],
    [1, 'full'],
  ])('%s is %s', (share, key) => expect(classOf(share)).toBe(key));
  it('counts every grid once', () => {
    const features = [null, 0, 0.6, 1, 1].map((share) => ({ properties: { share } }));
    expect(tally(features)).toEqual({ unknown: 1, low: 1, half: 1, full: 2 });
  });
});
