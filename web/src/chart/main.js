// Charts: ECharts in parts, drawn as SVG. The figures come in the element's data-chart; a table beside it holds them too.
import { BarChart, CustomChart, LineChart } from 'echarts/charts';
import { AriaComponent, GridComponent, LegendComponent, TooltipComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { option } from './option.js';

echarts.use([
  BarChart,
  LineChart,
  CustomChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  AriaComponent,
  SVGRenderer,
]);

export function mount(el) {
  const look = getComputedStyle(el);
  const ink = (name) => look.getPropertyValue(name).trim();
  const chart = echarts.init(el, null, { renderer: 'svg' });
  chart.setOption(
    option(JSON.parse(el.dataset.chart), {
      ink: ink('--wg-ink'),
      muted: ink('--wg-muted'),
      line: ink('--wg-line'),
      accent: ink('--wg-accent'),
      font: look.fontFamily,
      narrow: el.clientWidth < 480,
    }),
  );
  new ResizeObserver(() => chart.resize()).observe(el);
  el.dataset.ready = 'yes';
}

for (const el of document.querySelectorAll('[data-chart]:not([data-mounted])')) {
  el.dataset.mounted = 'yes';
  mount(el);
}
