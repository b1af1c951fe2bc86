// The legend: a swatch, a word and how many grids, for each class that can occur.
import { CLASSES, tally } from './classes.js';

export function legend(features, w) {
  const counts = tally(features);
  const box = document.createElement('details');
  box.className = 'wg-legend';
  box.open = innerWidth > 640;
  const title = document.createElement('summary');
  title.textContent = w.title;
  const list = document.createElement('ul');
  for (const { key, colour } of [...CLASSES, { key: 'unknown' }]) {
    const n = counts[key] ?? 0;
    const item = document.createElement('li');
    const swatch = document.createElement('i');
    swatch.className = `wg-swatch is-${key}`;
    if (colour) swatch.style.background = colour;
    const count = document.createElement('span');
    count.textContent = w.grids.replace('{n}', n);
    item.append(swatch, w[key], count);
    list.append(item);
  }
  box.append(title, list);
  return box;
}
