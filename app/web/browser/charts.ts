// Makes the charts of a page interactive in place. The server's picture stays until a pointer or the keyboard comes near; then
// echarts is loaded once, the option is fetched, and the chart is drawn over the picture at its true size.
import { revive } from './formats.ts';

interface EChart {
  setOption(option: unknown): void;
  dispose(): void;
}
interface ECharts {
  init(element: HTMLElement, theme: unknown, options: { renderer: 'canvas'; width: number; height: number }): EChart;
}
interface ChartData {
  theme: unknown;
  option: unknown;
}

const library = new URL('../vendor/echarts.js', import.meta.url).href;
let loading: Promise<ECharts> | undefined;
const alive = new Map<HTMLElement, EChart>();
const coming = new Set<HTMLElement>();

function loadLibrary(): Promise<ECharts> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = library;
    script.onload = () => resolve((window as unknown as { echarts: ECharts }).echarts);
    script.onerror = () => reject(new Error(`${library} could not be loaded`));
    document.head.append(script);
  });
  return loading;
}

/** Colours as the page has them now, for a canvas that knows no custom properties. */
function withColours<T>(value: T, styles: CSSStyleDeclaration): T {
  if (typeof value === 'string') return value.replace(/var\((--[a-z0-9-]+)\)/g, (_, name) => resolveColour(styles, name)) as T;
  if (Array.isArray(value)) return value.map((part) => withColours(part, styles)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withColours(part, styles)])) as T;
}

const probe = document.createElement('span');

/** A token may be a light-dark() pair: the browser resolves it when it is the colour of an element. */
function resolveColour(styles: CSSStyleDeclaration, name: string): string {
  if (!probe.isConnected) {
    probe.hidden = true;
    document.body.append(probe);
  }
  probe.style.color = `var(${name})`;
  return getComputedStyle(probe).color || styles.getPropertyValue(name);
}

async function enliven(drawing: HTMLElement): Promise<void> {
  const address = drawing.dataset.chart;
  if (address === undefined || alive.has(drawing)) return;
  const picture = [...drawing.querySelectorAll<SVGElement>('svg.chart')].find((svg) => svg.getBoundingClientRect().width > 0);
  if (picture === undefined) return;
  const { width, height } = picture.getBoundingClientRect();
  const size = `width=${Math.round(width)}&height=${Math.round(height)}`;
  const [echarts, response] = await Promise.all([loadLibrary(), fetch(`${address}${address.includes('?') ? '&' : '?'}${size}`)]);
  if (!response.ok) return;
  const data = (await response.json()) as ChartData;
  const styles = getComputedStyle(document.documentElement);

  const canvas = document.createElement('div');
  canvas.className = 'canvas';
  canvas.setAttribute('aria-hidden', 'true');
  drawing.append(canvas);
  drawing.classList.add('live-chart');
  const chart = echarts.init(canvas, withColours(data.theme, styles), { renderer: 'canvas', width, height });
  chart.setOption(revive(withColours(data.option, styles)));
  alive.set(drawing, chart);
}

function release(drawing: HTMLElement): void {
  alive.get(drawing)?.dispose();
  alive.delete(drawing);
  drawing.classList.remove('live-chart');
  for (const canvas of drawing.querySelectorAll('.canvas')) canvas.remove();
}

function releaseAll(): void {
  for (const drawing of [...alive.keys()]) release(drawing);
}

function near(event: Event): void {
  const drawing = (event.target as Element | null)?.closest?.('figure.frame')?.querySelector<HTMLElement>('.drawing');
  if (!drawing || coming.has(drawing)) return;
  coming.add(drawing);
  enliven(drawing)
    .catch(() => release(drawing))
    .finally(() => coming.delete(drawing));
}

document.addEventListener('pointerover', near);
document.addEventListener('focusin', near);
// What the server sends anew is newer than what is drawn, and another width or theme asks for another drawing.
document.addEventListener('htmx:after:swap', releaseAll);
window.addEventListener('resize', releaseAll);
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', releaseAll);
