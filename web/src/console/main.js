// The console: server-rendered pages made comfortable. Everything here is an addition; each page works without it.
import '@tabler/core/dist/css/tabler.min.css';
import './console.css';
import 'htmx.org';
import { bindFont } from './font.js';
import { islands } from './islands.js';
import { bindKeys } from './keys.js';
import { bindMenus } from './menus.js';

bindMenus(document);
bindFont(document);
bindKeys(document);
islands(document);
document.addEventListener('htmx:after:swap', () => islands(document));
document.addEventListener('click', (event) => {
  if (event.target.closest('[data-print]')) window.print();
});
