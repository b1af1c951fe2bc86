import { describe, expect, it } from 'vitest';
import { languageFor, typed } from '../src/xform/typed.js';

describe('what is typed', () => {
  it.each([
    ['int', '３', 3n],
    ['int', ' -12 ', -12n],
    ['int', '3.5', undefined],
    ['int', '三', undefined],
    ['decimal', '36.5', 36.5],
    ['decimal', '36。5', undefined],
    ['decimal', '', null],
    ['string', ' 李 ', ' 李 '],
    ['time', '08:30', '08:30:00.000'],
    ['date', '2026-11-23', '2026-11-23'],
  ])('%s %s', (type, text, value) => expect(typed(type, text)).toBe(value));
});

describe('the language of a form', () => {
  const languages = [{ language: '简体中文 (zh-Hans)' }, { language: 'English (en)' }];
  it.each([
    ['zh-Hans', 0],
    ['zh-hant', 0],
    ['en', 1],
    ['en-GB', 1],
  ])('%s', (tag, at) => expect(languageFor(languages, tag)).toBe(languages[at]));
  it('has none for a form of one language', () =>
    expect(languageFor([{ language: '', isSyntheticDefault: true }], 'en')).toBeUndefined());
});
