// Hover, keyboard and click: a popup with the figures, the row of the table beside the map, and the grid's page.

export function link(map, maplibre, el, grids, w) {
  const table = el.dataset.table ? document.querySelector(el.dataset.table) : null;
  const popup = new maplibre.Popup({
    closeButton: false,
    closeOnClick: false,
    maxWidth: '280px',
    focusAfterOpen: false,
  });
  const state = { hovered: null, picked: null };
  const set = (name, id) => {
    if (state[name] === id) return;
    if (state[name] !== null) map.setFeatureState({ source: 'grids', id: state[name] }, { [name]: false });
    state[name] = id;
    if (id !== null) map.setFeatureState({ source: 'grids', id }, { [name]: true });
  };
  const show = (index, lngLat) => {
    popup.setLngLat(lngLat).setDOMContent(card(grids.features[index].properties, w)).addTo(map);
  };
  const pick = (index, move) => {
    set('picked', index);
    const at = middle(grids.features[index]);
    if (move && !map.getBounds().contains(at)) map.easeTo({ center: at, duration: 200 });
    show(index, at);
    pickRow(table, grids.features[index].properties.code, !move);
  };
  pointer(map, { set, show, pick, popup, state, grids });
  keyboard(map, { pick, state, grids });
  if (table) rows(table, grids, (index) => pick(index, false), map);
}

function pointer(map, { set, show, pick, popup, state, grids }) {
  for (const layer of ['fill', 'unknown']) {
    map.on('mousemove', layer, (e) => {
      map.getCanvas().style.cursor = 'pointer';
      set('hovered', e.features[0].id);
      show(e.features[0].id, e.lngLat);
    });
    map.on('mouseleave', layer, () => {
      map.getCanvas().style.cursor = '';
      set('hovered', null);
      if (state.picked === null) popup.remove();
    });
    map.on('click', layer, (e) => {
      const { id } = e.features[0];
      // The first click shows and finds the row; the second on the same grid opens its page. A mouse has seen it already.
      const seen = state.picked === id;
      pick(id, false);
      if (seen) go(grids.features[id].properties.url);
    });
  }
}

function keyboard(map, { pick, state, grids }) {
  map.getCanvas().addEventListener('keydown', (e) => {
    const n = grids.features.length;
    const step = { n: 1, N: 1, p: -1, P: -1 }[e.key];
    if (step) pick(state.picked === null ? 0 : (state.picked + step + n) % n, true);
    if (e.key === 'Enter' && state.picked !== null) go(grids.features[state.picked].properties.url);
  });
}

function rows(table, grids, pick, map) {
  const byCode = new Map(grids.features.map((f, i) => [String(f.properties.code), i]));
  const on = (event) => {
    const key = event.target.closest('tr[data-key]')?.dataset.key;
    if (byCode.has(key) && map.isStyleLoaded()) pick(byCode.get(key));
  };
  table.addEventListener('focusin', on);
  table.addEventListener('mouseover', on);
}

function pickRow(table, code, still) {
  if (!table) return;
  for (const row of table.querySelectorAll('tr.is-picked')) row.classList.remove('is-picked');
  const row = table.querySelector(`tr[data-key="${CSS.escape(String(code))}"]`);
  row?.classList.add('is-picked');
  if (!still) row?.scrollIntoView({ block: 'nearest' });
}

function card(p, w) {
  const box = document.createElement('div');
  box.className = 'wg-pop';
  const name = document.createElement('b');
  name.textContent = p.label ?? p.code;
  const list = document.createElement('dl');
  const line = (label, value) => {
    const dt = document.createElement('dt');
    const dd = document.createElement('dd');
    dt.textContent = label;
    dd.textContent = value;
    list.append(dt, dd);
  };
  const known = (v) => (v === null || v === undefined ? w.unknown : String(v));
  line(
    w.confirmed,
    p.frame === null || p.frame === undefined ? w.unknown : `${known(p.confirmed)} / ${p.frame} ${w.households}`,
  );
  if (p.open !== undefined) line(w.open, known(p.open));
  if (p.overdue !== undefined) line(w.overdue, known(p.overdue));
  box.append(name, list);
  if (p.url) {
    const a = document.createElement('a');
    a.href = p.url;
    a.textContent = w.openPage;
    box.append(a);
  }
  return box;
}

function middle(feature) {
  const ring =
    feature.geometry.type === 'MultiPolygon' ? feature.geometry.coordinates[0][0] : feature.geometry.coordinates[0];
  const xs = ring.map((p) => p[0]);
  const ys = ring.map((p) => p[1]);
  return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
}

function go(url) {
  if (url) location.assign(url);
}
