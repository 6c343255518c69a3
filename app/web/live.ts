// The live channel: tells open pages, about once a second and only when it is so, that the ledger has grown. Pages then fetch what
// they show. It never carries data of a run.
import { integer } from '../../views/format/number.ts';
import type { PageDeps, WebContext } from './deps.ts';

/** At most one message in this time, so that a fast writer costs pages one fetch a second. */
const throttleMs = 1000;
/** A comment in this time keeps proxies and laptops from dropping the connection. */
const keepAliveMs = 15_000;
const maxConnections = 64;

type Connection = ReadableStreamDefaultController<Uint8Array>;

export class LiveChannel {
  readonly #connections = new Set<Connection>();
  readonly #unsubscribe: () => void;
  readonly #encoder = new TextEncoder();
  readonly #keepAlive: NodeJS.Timeout;
  #newest = 0;
  #pending: NodeJS.Timeout | null = null;
  #closed = false;

  constructor(deps: Pick<PageDeps, 'onChange'>) {
    this.#unsubscribe = deps.onChange((position) => this.#changed(position));
    this.#keepAlive = setInterval(() => this.#send(': still here\n\n'), keepAliveMs).unref();
  }

  /** `text/event-stream`; 503 when too many pages listen already. */
  open(context: WebContext): Response {
    if (this.#closed || this.#connections.size >= maxConnections)
      return context.text('Too many pages listen; this one stays as it is until reloaded.', 503, { 'Retry-After': '30' });
    // A page rendered, or last told, before the newest event learns of it at once.
    const { position } = context.get('shell');
    const seen = Number(context.req.header('Last-Event-ID') ?? context.req.query('since') ?? position);
    let connection: Connection;
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => {
        connection = controller;
        this.#connections.add(controller);
        controller.enqueue(this.#encoder.encode(seen < position ? grown(position) : liveWord(position)));
      },
      cancel: () => {
        this.#connections.delete(connection);
      },
    });
    return context.body(stream, 200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store', 'X-Accel-Buffering': 'no' });
  }

  /** Ends all connections and timers. */
  close(): void {
    this.#closed = true;
    this.#unsubscribe();
    clearInterval(this.#keepAlive);
    if (this.#pending) clearTimeout(this.#pending);
    for (const connection of this.#connections) connection.close();
    this.#connections.clear();
  }

  #changed(position: number): void {
    this.#newest = Math.max(this.#newest, position);
    this.#pending ??= setTimeout(() => {
      this.#pending = null;
      this.#send(grown(this.#newest));
    }, throttleMs).unref();
  }

  #send(text: string): void {
    const bytes = this.#encoder.encode(text);
    for (const connection of this.#connections) connection.enqueue(bytes);
  }
}

/** The word in the top bar: an unnamed message, which htmx puts into the element that listens. */
function liveWord(position: number): string {
  return `data: <i class="dot"></i>live · event ${integer(position)}\n\n`;
}

/** The event that live regions of a page wait for. */
function grown(position: number): string {
  return `${liveWord(position)}event: appended\nid: ${position}\ndata: ${position}\n\n`;
}
