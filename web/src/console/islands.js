// Heavy parts are loaded only where a page has a place for them.
const ISLANDS = {
  '[data-map]': () => import('../map/main.js'),
  '[data-chart]': () => import('../chart/main.js'),
  '[data-form]': () => import('../xform/main.js'),
};

export function islands(root) {
  for (const [selector, load] of Object.entries(ISLANDS)) {
    const places = [...root.querySelectorAll(selector)].filter((el) => !el.dataset.mounted);
    if (!places.length) continue;
    for (const el of places) el.dataset.mounted = 'yes';
    load()
      .then(({ mount }) => {
        for (const el of places) mount(el);
      })
      .catch((error) => failed(places, error));
  }
}

function failed(places, error) {
  console.error(error);
  for (const el of places) {
    delete el.dataset.mounted;
    el.dataset.failed = 'yes';
  }
}
