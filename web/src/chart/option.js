// From our small specification {kind, labels, unit, series: [{name, values, low, high}]} to what ECharts wants. Pure.
const MORE = ['#5b6b7d', '#1b7837', '#9b6fb0', '#b5651d'];

export function option(spec, look) {
  const across = spec.kind === 'bars';
  const category = {
    type: 'category',
    data: spec.labels,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: look.line } },
    axisLabel: { color: look.muted },
    ...(across ? { inverse: true } : {}),
  };
  const value = {
    type: 'value',
    axisLabel: { color: look.muted, formatter: spaced },
    splitLine: { lineStyle: { color: look.line } },
    name: spec.unit,
    nameGap: 8,
    nameTextStyle: { color: look.muted, align: 'right' },
  };
  return {
    aria: { enabled: true },
    animation: false,
    color: [look.accent, ...MORE],
    textStyle: { fontFamily: look.font, color: look.ink },
    grid: {
      left: 4,
      right: across ? 56 : 16,
      top: spec.series.length > 1 ? 32 : 4,
      bottom: 0,
      outerBoundsMode: 'same',
    },
    legend: {
      show: spec.series.length > 1,
      right: 0,
      top: 0,
      textStyle: { color: look.ink },
      itemHeight: 8,
      itemWidth: 16,
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      renderMode: 'richText',
      axisPointer: { type: across ? 'shadow' : 'line' },
    },
    xAxis: across ? value : category,
    yAxis: across ? category : value,
    series: spec.series.flatMap((s, i) => drawn(s, spec.kind, i, look)),
  };
}

function drawn(s, kind, index, look) {
  const color = [look.accent, ...MORE][index % (MORE.length + 1)];
  const main =
    kind === 'bars' || kind === 'stack'
      ? {
          type: 'bar',
          color,
          name: s.name,
          data: s.values,
          barMaxWidth: 20,
          stack: kind === 'stack' ? 'all' : undefined,
          label: { show: kind === 'bars', position: 'right', color: look.ink },
        }
      : {
          type: 'line',
          color,
          name: s.name,
          data: s.values,
          connectNulls: false,
          symbolSize: 6,
          lineStyle: { type: index ? 'dashed' : 'solid', width: 2 },
        };
  return s.low && kind === 'line' ? [...band(s, look), main] : [main];
}

// An interval is the difference stacked on its lower end, faint, and left out of the legend's names.
function band(s, look) {
  const quiet = {
    type: 'line',
    symbol: 'none',
    lineStyle: { opacity: 0 },
    stack: `band-${s.name}`,
    silent: true,
    tooltip: { show: false },
  };
  return [
    { ...quiet, data: s.low },
    {
      ...quiet,
      data: s.high.map((h, i) => (h === null || s.low[i] === null ? null : h - s.low[i])),
      areaStyle: { color: look.accent, opacity: 0.15 },
    },
  ];
}

// 21000 as 21 000, with the thin space the tables use.
export const spaced = (n) => String(n).replace(/\B(?=(\d{3})+$)/g, '\u2009');
