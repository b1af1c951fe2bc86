// The map island: grids by coverage from the site's own GeoJSON, tied to the table beside it.
import 'maplibre-gl/dist/maplibre-gl.css';
import './map.css';
import * as maplibre from 'maplibre-gl';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { classOf } from './classes.js';
import { legend } from './legend.js';
import { link } from './link.js';
import { hatch, style } from './style.js';
import { words } from './words.js';

maplibre.setWorkerUrl(workerUrl);

export async function mount(el) {
  const w = words();
  try {
    const grids = await json(el.dataset.grids);
    el.replaceChildren();
    if (!grids.features.length) return say(el, w.none);
    for (const f of grids.features) f.properties.class = classOf(f.properties.share);
    draw(el, grids, w);
  } catch (error) {
    console.error(error);
    say(el, w.failed);
  }
}

function draw(el, grids, w) {
  const dark = document.documentElement.dataset.bsTheme === 'dark';
  const map = new maplibre.Map({
    container: el,
    style: style(grids, namesOf(grids), dark),
    bounds: boundsOf(grids.features),
    fitBoundsOptions: { padding: { top: 16, right: 48, bottom: 32, left: el.clientWidth > 640 ? 232 : 16 } },
    attributionControl: { compact: false },
    dragRotate: false,
    pitchWithRotate: false,
    cooperativeGestures: false,
    locale: { 'NavigationControl.ZoomIn': w.zoomIn, 'NavigationControl.ZoomOut': w.zoomOut, 'Map.Title': w.keys },
  });
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), 'top-right');
  map.touchZoomRotate.disableRotation();
  map.setMissingStyleImageResolver((id) => {
    if (id === 'hatch') map.addImage('hatch', hatch());
  });
  map.on('error', (e) => console.error(e.error ?? e));
  map.once('idle', () => {
    el.dataset.ready = 'yes';
  });
  map.once('load', () => base(map, el.dataset.base));
  el.append(legend(grids.features, w));
  link(map, maplibre, el, grids, w);
}

// Buildings and roads come after the answer: the coverage is on screen before the ground under it.
async function base(map, url) {
  if (!url) return;
  const data = await json(url);
  map.getSource('base').setData(data);
}

async function json(url) {
  const res = await fetch(url, { credentials: 'same-origin' });
  if (!res.ok) throw new Error(`${res.status} ${url}`);
  return res.json();
}

function say(el, text) {
  const p = document.createElement('p');
  p.className = 'wg-empty-text';
  p.textContent = text;
  el.replaceChildren(p);
}

export function* points(geometry) {
  const walk = function* (c) {
    if (typeof c[0] === 'number') yield c;
    else for (const part of c) yield* walk(part);
  };
  if (geometry) yield* walk(geometry.coordinates);
}

export function boundsOf(features) {
  let [w, s, e, n] = [180, 90, -180, -90];
  for (const f of features)
    for (const [x, y] of points(f.geometry)) {
      if (x < w) w = x;
      if (x > e) e = x;
      if (y < s) s = y;
      if (y > n) n = y;
    }
  return [w, s, e, n];
}

// One name a grid, in the middle of its box: a polygon drawn in tiles would carry its name once a tile.
function namesOf(grids) {
  const features = grids.features.map((f) => {
    const [w, s, e, n] = boundsOf([f]);
    return {
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [(w + e) / 2, (s + n) / 2] },
      properties: { label: f.properties.label ?? f.properties.code },
    };
  });
  return { type: 'FeatureCollection', features };
}

for (const el of document.querySelectorAll('[data-map]:not([data-mounted])')) {
  el.dataset.mounted = 'yes';
  mount(el);
}
