// Addresses after the hash, so that the phone's own back key works and nothing is asked of the server.
import { reactive } from 'vue';

export const route = reactive({ name: '', id: '' });

function read() {
  const [, name = '', id = ''] = location.hash.split('/');
  Object.assign(route, { name, id: decodeURIComponent(id) });
  scrollTo(0, 0);
}

addEventListener('hashchange', read);
read();

export const go = (name, id = '') => {
  location.hash = id ? `#/${name}/${encodeURIComponent(id)}` : `#/${name}`;
};
export const back = (fallback) => (history.length > 1 ? history.back() : go(fallback));
