// Files that pages load: our style sheets and browser scripts, and the vendors' scripts out of their packages. They are read once
// at start; a hash over all of them stands in every address, so that a browser may keep them for ever.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import { transformSync } from 'amaro';
import type { WebApp } from './deps.ts';

const root = join(import.meta.dirname, '..', '..');
const styles = join(root, 'views/styles');
/** In this order: tokens first, and what narrow pages and paper change last. */
const sheets = ['tokens', 'base', 'shell', 'forms', 'status', 'table', 'facts', 'notices', 'charts', 'sql', 'reports', 'narrow', 'print'];
const require = createRequire(import.meta.url);
const compress = promisify(brotliCompress);

const types: Record<string, string> = {
  css: 'text/css; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  ts: 'text/javascript; charset=utf-8',
  svg: 'image/svg+xml',
};

const vendorFiles: Record<string, string[]> = {
  // One file: htmx starts in a timer after its own script, and an extension that came later would have missed the page.
  'vendor/htmx.js': ['htmx.org/dist/htmx.min.js', 'htmx.org/dist/ext/hx-sse.min.js', 'htmx.org/dist/ext/hx-csp.min.js'],
  'vendor/echarts.js': ['echarts/dist/echarts.min.js'],
};

interface Asset {
  type: string;
  bytes: Buffer<ArrayBuffer>;
  /** Brotli, made when first asked for. */
  compressed: Promise<Buffer<ArrayBuffer>> | null;
}

const assets = new Map<string, Asset>();
add('styles/all.css', Buffer.concat(sheets.map((name) => readFileSync(join(styles, `${name}.css`)))));
add('styles/icon.svg', readFileSync(join(styles, 'icon.svg')));
for (const name of readdirSync(join(root, 'app/web/browser')).filter((file) => file.endsWith('.ts')))
  add(`browser/${name}`, stripTypes(readFileSync(join(root, 'app/web/browser', name), 'utf8')));
for (const [name, files] of Object.entries(vendorFiles))
  add(name, Buffer.concat(files.flatMap((file) => [readFileSync(require.resolve(file)), Buffer.from('\n;\n')])));

const digest = createHash('sha256');
for (const [name, { bytes }] of assets) digest.update(name).update('\0').update(bytes);
const version = digest.digest('hex').slice(0, 12);

function add(name: string, bytes: Buffer<ArrayBuffer>): void {
  assets.set(name, { type: types[name.slice(name.lastIndexOf('.') + 1)] ?? 'application/octet-stream', bytes, compressed: null });
}

/** Types become blanks, so that lines and columns stay true. */
function stripTypes(source: string): Buffer<ArrayBuffer> {
  return Buffer.from(transformSync(source, { mode: 'strip-only' }).code);
}

/** Address of an asset; relative imports between browser scripts keep working, since all share the hash. Throws on a name that is not there. */
export function assetUrl(name: string): string {
  if (!assets.has(name)) throw new Error(`There is no asset “${name}”; there are ${[...assets.keys()].join(', ')}`);
  return `/assets/${version}/${name}`;
}

/** `GET /assets/<hash>/<folder>/<file>`; anything else under it is not found. */
export function registerAssets(app: WebApp): void {
  app.get('/assets/:version/:folder/:file', async (context) => {
    const asset = assets.get(`${context.req.param('folder')}/${context.req.param('file')}`);
    if (asset === undefined || context.req.param('version') !== version) return context.notFound();
    const headers: Record<string, string> = {
      'Content-Type': asset.type,
      'Cache-Control': 'public, max-age=31536000, immutable',
      Vary: 'Accept-Encoding',
    };
    if (!/\bbr\b/.test(context.req.header('Accept-Encoding') ?? '')) return context.body(asset.bytes, 200, headers);
    asset.compressed ??= compress(asset.bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });
    return context.body(await asset.compressed, 200, { ...headers, 'Content-Encoding': 'br' });
  });
}
