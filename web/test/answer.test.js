import { describe, expect, it } from 'vitest';
import { classOf, tally } from '../src/map/classes.js';
import {
  blank,
  ends,
  isFull,
  missing,
  personOptions,
  temperatureOk,
  tidy,
  toAnswer,
  toDraft,
  toggled,
} from '../src/phone/answer.js';
import { dueWords } from '../src/phone/due.js';
import { t } from '../src/phone/i18n.js';

const whole = { ...blank(), person: 'seen', residence: 'door', status: 'assessed' };
const codes = (...list) => list.map((code) => ({ code }));
const door = {
  person: codes('seen', 'video', 'proxy', 'not_seen'),
  result: [
    { code: 'visited', closes: 'full', person: ['seen', 'video', 'proxy', 'not_seen'] },
    { code: 'not_found', closes: 'attempts', person: ['not_seen'] },
    { code: 'moved', closes: 'always', person: ['proxy', 'not_seen', 'video'] },
    { code: 'data_error', closes: 'always', needs: ['note'], person: ['seen', 'not_seen'] },
  ],
};
const moved = { ...blank(), result: 'moved', person: 'proxy', residence: 'door' };

describe('an answer', () => {
  it.each([
    [blank(), ['person', 'residence', 'status']],
    [{ ...whole, status: '' }, ['status']],
    [whole, []],
    [{ ...blank(), result: 'moved' }, ['person', 'residence']],
    [moved, []],
    [{ ...moved, result: 'data_error', person: 'seen' }, ['note']],
    [{ ...moved, result: 'data_error', person: 'seen', note: ' ' }, ['note']],
    [{ ...whole, temperature: '366' }, ['temperature']],
    [{ ...whole, temperature: '36.6' }, []],
    [{ ...whole, residence: 'not_seen' }, ['residence']],
    [{ ...whole, note: 'call 13800005678' }, ['note_number']],
    [{ ...whole, note: 'unit 3, door 1204' }, []],
  ])('%j lacks %j', (draft, lacks) => expect(missing(draft, door)).toEqual(lacks));

  it.each([
    ['seen', 'inside', true],
    ['seen', 'door', true],
    ['seen', 'building', false],
    ['video', 'inside', false],
    ['proxy', 'door', false],
  ])('%s and %s: verified is %s', (person, residence, full) =>
    expect(isFull({ ...whole, person, residence })).toBe(full),
  );

  it('is not verified without asking, nor under another result', () => {
    expect(isFull({ ...whole, status: 'not_assessed' })).toBe(false);
    expect(isFull({ ...whole, result: 'moved' })).toBe(false);
  });

  it.each([
    [whole, 'full'],
    [{ ...whole, person: 'video' }, 'video'],
    [{ ...whole, person: 'proxy' }, ''],
    [{ ...whole, residence: 'building' }, ''],
    [moved, 'moved'],
    [{ ...moved, result: 'not_found', person: 'not_seen' }, ''],
  ])('%j ends the lead as %j', (draft, outcome) => expect(ends(draft, door)).toBe(outcome));

  it('rules out what contradicts: nobody seen, nothing asked; a result narrows the person', () => {
    expect(tidy({ ...whole, person: 'not_seen' }, door).status).toBe('not_assessed');
    expect(tidy({ ...whole, result: 'moved' }, door).person).toBe('');
    expect(tidy({ ...blank(), result: 'not_found' }, door).person).toBe('not_seen');
    expect(personOptions({ ...blank(), result: 'moved' }, door).map((o) => o.code)).toEqual([
      'video',
      'proxy',
      'not_seen',
    ]);
  });

  it('"none" and a symptom exclude each other', () => {
    expect(toggled(['none'], 'fever')).toEqual(['fever']);
    expect(toggled(['fever', 'cough'], 'none')).toEqual(['none']);
    expect(toggled(['fever', 'cough'], 'fever')).toEqual(['cough']);
  });

  it('sends a gap as a gap: no temperature is null', () =>
    expect(toAnswer(whole, 'L1', 'now')).toMatchObject({
      temperature: null,
      result: 'visited',
      lead_id: 'L1',
      observed_at: 'now',
    }));

  it.each(['status', 'result'])('does not send what was filled in before the %s was changed', (key) => {
    const change = key === 'status' ? { status: 'not_assessed' } : { result: 'refused' };
    const draft = { ...whole, temperature: '38', symptoms: ['fever'], ...change };
    expect(toAnswer(draft, 'L1', 'now')).toMatchObject({ temperature: null, symptoms: [], status: 'not_assessed' });
  });

  it('comes back whole from what was sent', () => {
    const draft = { ...whole, temperature: '36.6', symptoms: ['cough'], needs: ['food'], note: 'x' };
    expect(toDraft(toAnswer(draft, 'L1', 'now'))).toEqual(draft);
    expect(toDraft(toAnswer(moved, 'L1', 'now'))).toEqual({ ...moved, status: 'not_assessed' });
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
