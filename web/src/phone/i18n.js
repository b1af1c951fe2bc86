// Three catalogues, one function; a key with .one is said of exactly one. A missing key shows itself; a test holds the catalogues to the same keys.
import { reactive } from 'vue';
import en from './words/en.json';
import hans from './words/zh-Hans.json';
import hant from './words/zh-Hant.json';

export const CATALOGUES = { 'zh-Hans': hans, 'zh-Hant': hant, en };
export const NAMES = { 'zh-Hans': '简体中文', 'zh-Hant': '繁體中文', en: 'English' };
export const locale = reactive({ lang: 'zh-Hans' });

export function t(key, facts = {}) {
  const words = CATALOGUES[locale.lang];
  const text = (facts.n === 1 && words[`${key}.one`]) || (words[key] ?? key);
  return text.replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
}

// A code's name: our short word where we have one, else the server's, else the code itself.
export function codeWord(group, entry) {
  const own = CATALOGUES[locale.lang][`${group}.${entry.code}`];
  return own ?? entry[locale.lang.toLowerCase()] ?? entry['zh-hans'] ?? entry.code;
}

export function useLang(tag) {
  const key = Object.keys(CATALOGUES).find((k) => k.toLowerCase() === String(tag).toLowerCase());
  locale.lang = key ?? 'zh-Hans';
  if (typeof document !== 'undefined') document.documentElement.lang = locale.lang;
}

// The server answers in the language of Django's cookie: the same choice serves both.
export function chooseLang(tag) {
  useLang(tag);
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in older phones
  document.cookie = `django_language=${locale.lang.toLowerCase()}; path=/; max-age=31536000; samesite=lax`;
}
