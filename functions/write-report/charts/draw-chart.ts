import { LineChart, ScatterChart } from 'echarts/charts';
import { GridComponent, MarkLineComponent } from 'echarts/components';
import { type EChartsCoreOption, init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { type Html, html, trusted } from '../html.ts';

use([LineChart, ScatterChart, GridComponent, MarkLineComponent, SVGRenderer]);

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Twice the same chart, for a wide and a narrow page: scaling one drawing would make its text too small to read. */
export function chartForEveryWidth(says: string, option: (size: Size) => EChartsCoreOption): Html {
  const wide = { width: 520, height: 300 };
  const narrow = { width: 330, height: 250 };
  return html`<div class="wide-only">${drawChart(says, wide, option(wide))}</div>
<div class="narrow-only">${drawChart(says, narrow, option(narrow))}</div>`;
}

/** A chart as an SVG without script, style or ids, whose colors are the page's variables; `says` is its text alternative. */
export function drawChart(says: string, { width, height }: Size, option: EChartsCoreOption): Html {
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption({ animation: false, textStyle: { fontFamily: 'inherit' }, ...option });
  const drawn = chart.renderToSVGString();
  chart.dispose();
  return html`<svg role="img" aria-label="${says}" viewBox="0 0 ${width} ${height}">${trusted(withoutExtras(drawn))}</svg>`;
}

/** ECharts numbers classes and clips through the life of the process, so that equal reports would differ; we need neither. */
function withoutExtras(svg: string): string {
  return svg
    .replace(/^<svg[^>]*>/, '')
    .replace(/<style[\s\S]*<\/style>/, '')
    .replace(/<\/svg>\s*$/, '')
    .replaceAll(/<defs[\s\S]*?<\/defs>/g, '')
    .replaceAll(/ (?:class|clip-path|pointer-events|ecmeta_\w+)="[^"]*"/g, '');
}
