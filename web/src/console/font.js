// Font size and 长辈版: a cookie the templates read, so that the next page is right before any script runs.
const YEAR = 365 * 24 * 3600;

export function setFont(root, size) {
  if (size) root.dataset.font = size;
  else delete root.dataset.font;
  // biome-ignore lint/suspicious/noDocumentCookie: the Cookie Store API is missing in the phones' browsers
  document.cookie = `wg_font=${size}; path=/; max-age=${size ? YEAR : 0}; samesite=lax`;
}

export function bindFont(doc) {
  doc.addEventListener('click', (event) => {
    const button = event.target.closest('[data-font][type=button]');
    if (!button) return;
    setFont(doc.documentElement, button.dataset.font);
    for (const other of button.parentElement.querySelectorAll('[data-font]')) {
      if (other === button) other.setAttribute('aria-current', 'true');
      else other.removeAttribute('aria-current');
    }
  });
}
