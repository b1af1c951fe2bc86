import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vite';

// Vant's icon font names a CDN as its second source: a strict CSP logs it as an error, a closed network waits for it.
const noCdnFont = {
  name: 'no-cdn-font',
  enforce: 'pre',
  transform(code, id) {
    if (!/\.css($|\?)/.test(id) || !code.includes('at.alicdn.com')) return null;
    return {
      code: code.replace(/,\s*url\((['"]?)(?:https?:)?\/\/at\.alicdn\.com[^)]*\)\s*format\((['"])woff\2\)/g, ''),
      map: null,
    };
  },
};

export default defineConfig({
  base: '/static/dist/',
  plugins: [noCdnFont, vue()],
  define: { __VUE_OPTIONS_API__: false, __VUE_PROD_DEVTOOLS__: false },
  build: {
    target: 'es2022',
    outDir: '../src/wangge_server/ui/static/dist',
    emptyOutDir: true,
    manifest: true,
    // A strict CSP forbids nothing here, but an inlined worker or script would break it.
    assetsInlineLimit: (file) => (/\.(svg|woff2?)$/.test(file) ? undefined : false),
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: {
        console: 'src/console/main.js',
        map: 'src/map/main.js',
        chart: 'src/chart/main.js',
        phone: 'src/phone/main.js',
        xform: 'src/xform/main.js',
      },
    },
  },
  test: { environment: 'node', include: ['test/**/*.test.js'] },
});
