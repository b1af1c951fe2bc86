// Prints what each entry costs at first load, gzipped; fails where the phone passes its limit.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const DIST = new URL('../src/wangge_server/ui/static/dist/', import.meta.url);
const LIMIT_KB = { phone: 500 };
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', DIST)));
const zipped = (file) => gzipSync(readFileSync(new URL(file, DIST))).length / 1024;

function filesOf(chunk, seen = new Set()) {
  seen.add(chunk.file);
  for (const css of chunk.css ?? []) seen.add(css);
  for (const name of chunk.imports ?? []) if (!seen.has(manifest[name].file)) filesOf(manifest[name], seen);
  return seen;
}

let over = false;
for (const chunk of Object.values(manifest).filter((c) => c.isEntry)) {
  const total = [...filesOf(chunk)].reduce((sum, file) => sum + zipped(file), 0);
  const limit = LIMIT_KB[chunk.name];
  over ||= limit !== undefined && total > limit;
  console.log(`${chunk.name.padEnd(8)} ${total.toFixed(1).padStart(7)} KB gz${limit ? ` (limit ${limit})` : ''}`);
}
process.exit(over ? 1 : 0);
