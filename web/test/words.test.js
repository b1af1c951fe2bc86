import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { WORDS } from '../src/map/words.js';
import { CATALOGUES } from '../src/phone/i18n.js';
import { WORDS as FORM_WORDS } from '../src/xform/words.js';

const facts = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
const sources = readdirSync(new URL('../src/phone', import.meta.url), { recursive: true })
  .filter((name) => /\.(vue|js)$/.test(name))
  .map((name) => readFileSync(new URL(`../src/phone/${name}`, import.meta.url), 'utf8'));

for (const [place, catalogues] of Object.entries({ phone: CATALOGUES, map: WORDS, form: FORM_WORDS })) {
  describe(`${place} words`, () => {
    const all = Object.keys(catalogues['zh-Hans']);
    for (const lang of ['zh-Hant', 'en']) {
      it(`${lang} is complete, says something, and keeps the facts`, () => {
        expect(Object.keys(catalogues[lang])).toEqual(all);
        for (const key of all) {
          expect(catalogues[lang][key].trim(), key).not.toBe('');
          expect(facts(catalogues[lang][key]), key).toEqual(facts(catalogues['zh-Hans'][key]));
        }
      });
    }
    it('the English holds no Chinese', () => {
      for (const [key, text] of Object.entries(catalogues.en)) expect(text, key).not.toMatch(/[\u4e00-\u9fff]/);
    });
  });
}

describe('what the phone says', () => {
  it('every key that is written out in the code is in the catalogues', () => {
    const used = sources.flatMap((s) => [...s.matchAll(/\bt\('([\w.]+)'/g)].map((m) => m[1]));
    expect(used.length).toBeGreaterThan(40);
    expect(used.filter((key) => !(key in CATALOGUES['zh-Hans']))).toEqual([]);
  });

  it('no Chinese stands in the code itself', () => {
    const visible = sources.flatMap((s) =>
      s.split('\n').filter((l) => !/^\s*(\/\/|\*|<!--)/.test(l) && /[\u4e00-\u9fff]/.test(l)),
    );
    expect(visible.filter((l) => !/简体中文/.test(l))).toEqual([]);
  });
});
