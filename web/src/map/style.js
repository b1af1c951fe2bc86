// The style: grids filled by coverage at the bottom, quiet buildings and roads above, then lines and names.
// No `glyphs`: names are drawn from the machine's own fonts. No outside source of any kind.
import { CLASSES } from './classes.js';

const EMPTY = { type: 'FeatureCollection', features: [] };
const FONT = ['Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', 'sans-serif'];
const colour = ['match', ['get', 'class'], ...CLASSES.flatMap((c) => [c.key, c.colour]), '#e3e7ec'];
const picked = ['boolean', ['feature-state', 'picked'], false];
const hovered = ['boolean', ['feature-state', 'hovered'], false];

export function style(grids, names, dark) {
  return {
    version: 8,
    sources: {
      grids: { type: 'geojson', data: grids, generateId: true, attribution: '© OpenStreetMap contributors (ODbL)' },
      names: { type: 'geojson', data: names },
      base: { type: 'geojson', data: EMPTY },
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': dark ? '#0b1728' : '#eef1f4' } },
      area('water', 'water', dark ? '#12304f' : '#d5e0ea', 1),
      area('green', 'green', dark ? '#14302a' : '#e4ebe2', 1),
      {
        id: 'fill',
        type: 'fill',
        source: 'grids',
        filter: ['!=', ['get', 'class'], 'unknown'],
        paint: { 'fill-color': colour, 'fill-opacity': 0.88 },
      },
      {
        id: 'unknown',
        type: 'fill',
        source: 'grids',
        filter: ['==', ['get', 'class'], 'unknown'],
        paint: { 'fill-pattern': 'hatch' },
      },
      area('buildings', 'building', '#1c2a3a', ['interpolate', ['linear'], ['zoom'], 12, 0.08, 16, 0.22]),
      {
        id: 'roads',
        type: 'line',
        source: 'base',
        filter: ['==', ['get', 'kind'], 'road'],
        paint: {
          'line-color': '#ffffff',
          'line-opacity': 0.75,
          'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.4, 16, 3],
        },
      },
      {
        id: 'edge',
        type: 'line',
        source: 'grids',
        paint: {
          'line-color': '#3f4d5e',
          'line-width': ['interpolate', ['linear'], ['zoom'], 11, 0.4, 15, 1.4],
          'line-opacity': 0.7,
        },
      },
      {
        id: 'mark',
        type: 'line',
        source: 'grids',
        paint: { 'line-color': '#0b1f3a', 'line-width': ['case', picked, 4, hovered, 2.5, 0] },
      },
      {
        id: 'names',
        type: 'symbol',
        source: 'names',
        minzoom: 13.5,
        layout: {
          'text-field': ['get', 'label'],
          'text-font': FONT,
          'text-size': 12,
          'text-max-width': 8,
          'text-padding': 6,
        },
        paint: { 'text-color': '#0f2138', 'text-halo-color': '#ffffff', 'text-halo-width': 1.6 },
      },
    ],
  };
}

function area(id, kind, fill, opacity) {
  return {
    id,
    type: 'fill',
    source: 'base',
    filter: ['==', ['get', 'kind'], kind],
    paint: { 'fill-color': fill, 'fill-opacity': opacity },
  };
}

// Diagonal hatching for "unknown": the same sign in the legend.
export function hatch(size = 8) {
  const data = new Uint8Array(size * size * 4);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      const line = (x + y) % size < 2;
      data.set(line ? [138, 148, 162, 255] : [231, 234, 239, 255], (y * size + x) * 4);
    }
  return { width: size, height: size, data };
}
