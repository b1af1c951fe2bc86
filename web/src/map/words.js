// The map's few words, in the page's language (the page itself is translated by the server).
const WORDS = {
  'zh-Hans': {
    title: '按网格的核实覆盖',
    full: '全部核实',
    most: '95 % 至未满',
    good: '80 % 至 95 %',
    half: '50 % 至 80 %',
    low: '不足 50 %',
    unknown: '未知（没有底数）',
    grids: '{n} 格',
    confirmed: '已核实',
    open: '未结',
    overdue: '逾期',
    households: '户',
    openPage: '打开网格',
    keys: '地图：方向键移动，加减号缩放，N 和 P 逐格查看，回车打开。旁边的表格列出同样的数字。',
    failed: '地图没有打开，请看旁边的表格。',
    none: '没有网格可显示。',
    zoomIn: '放大',
    zoomOut: '缩小',
  },
  'zh-Hant': {
    title: '按網格的核實覆蓋',
    full: '全部核實',
    most: '95 % 至未滿',
    good: '80 % 至 95 %',
    half: '50 % 至 80 %',
    low: '不足 50 %',
    unknown: '未知（沒有底數）',
    grids: '{n} 格',
    confirmed: '已核實',
    open: '未結',
    overdue: '逾期',
    households: '戶',
    openPage: '開啟網格',
    keys: '地圖：方向鍵移動，加減號縮放，N 和 P 逐格檢視，Enter 開啟。旁邊的表格列出同樣的數字。',
    failed: '地圖沒有開啟，請看旁邊的表格。',
    none: '沒有網格可顯示。',
    zoomIn: '放大',
    zoomOut: '縮小',
  },
  en: {
    title: 'Verified coverage by grid',
    full: 'All verified',
    most: '95 % to under all',
    good: '80 % to 95 %',
    half: '50 % to 80 %',
    low: 'Under 50 %',
    unknown: 'Unknown (no frame)',
    grids: '{n} grids',
    confirmed: 'Confirmed',
    open: 'Open',
    overdue: 'Overdue',
    households: 'households',
    openPage: 'Open the grid',
    keys: 'Map: arrows move, plus and minus zoom, N and P step through the grids, Enter opens. The table beside it holds the same figures.',
    failed: 'The map did not open; see the table beside it.',
    none: 'No grids to show.',
    zoomIn: 'Zoom in',
    zoomOut: 'Zoom out',
  },
};

export const LANGS = Object.keys(WORDS);

export function words(lang = document.documentElement.lang) {
  return WORDS[lang] ?? WORDS['zh-Hans'];
}

export { WORDS };
