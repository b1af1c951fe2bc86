// <details> as menus: one open at a time, closed by Escape and by a click elsewhere; the side menu of narrow screens.
export function bindMenus(doc) {
  const open = () => [...doc.querySelectorAll('details[data-menu][open]')];
  doc.addEventListener('click', (event) => {
    for (const menu of open()) if (!menu.contains(event.target)) menu.open = false;
    const burger = event.target.closest('[data-toggle-menu]');
    if (burger) burger.setAttribute('aria-expanded', String(doc.body.classList.toggle('is-menu-open')));
    else if (!event.target.closest('.wg-side')) closeSide(doc);
  });
  doc.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    closeSide(doc);
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector('summary').focus();
    }
  });
}

function closeSide(doc) {
  if (!doc.body.classList.contains('is-menu-open')) return;
  doc.body.classList.remove('is-menu-open');
  const burger = doc.querySelector('[data-toggle-menu]');
  burger?.setAttribute('aria-expanded', 'false');
}
