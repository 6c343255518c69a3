// What echarts writes, made fit for a page: no style elements or attributes (the content policy blocks them), ids that are
// unique and repeatable, text that the style sheet can dress, and neighbours of one look merged into one path.

export interface SvgFinish {
  /** Prefix of every id, unique on the page. */
  id: string;
  /** Class of the svg element; `chart n` keeps its text legible in a narrow frame. */
  className: string;
  /** The finding, in a sentence. */
  label: string;
}

/** An SVG of echarts as it goes into HTML. */
export function forPage(svg: string, finish: SvgFinish): string {
  const bare = simplify(svg, finish.id)
    .replace(/ style="[^"]*"/g, '')
    .replace(/ fill="var\(--cat-(\d+)\)"(?=[^<>]*>[^<]*<\/text>)/g, ' class="lbl k$1"');
  return bare.replace(
    /^<svg [^>]*?(viewBox="[^"]*")[^>]*>/,
    `<svg class="${finish.className}" $1 role="img" aria-label="${escapeAttribute(finish.label)}">`,
  );
}

/** The same as a file of its own: keeps its fonts as attributes, since no style sheet travels with it. */
export function forFile(svg: string, label: string): string {
  return simplify(svg, 'chart')
    .replace(/ style="([^"]*)"/g, (_, style: string) => asAttributes(style))
    .replace(/^<svg [^>]*?(viewBox="[^"]*")[^>]*>/, (_, viewBox: string) => {
      const [, , width, height] = /viewBox="([\d.-]+) ([\d.-]+) ([\d.]+) ([\d.]+)"/.exec(viewBox)?.slice(1) ?? [];
      return `<svg xmlns="http://www.w3.org/2000/svg" ${viewBox} width="${width}" height="${height}"><title>${escapeAttribute(label)}</title><rect width="100%" height="100%" fill="var(--paper)"/>`;
    });
}

function simplify(svg: string, id: string): string {
  const kept = svg
    .replace(/<style[\s\S]*?<\/style>/g, '')
    .replace(/ (?:ecmeta_\w+|class|xml:space|pointer-events)="[^"]*"/g, '')
    .replace(/zr\d+-/g, `${id}-`)
    .replace(/<rect [^>]*fill="(?:none|transparent)"[^>]*><\/rect>/g, '')
    .replace(/<defs >/g, '<defs>')
    .replace(/\n+/g, '')
    .replace(/<path ([^>]*)><\/path>/g, '<path $1/>');
  return mergePaths(kept);
}

/** Consecutive paths that differ in `d` alone become one: a heat map of a thousand cells is then a dozen elements. */
function mergePaths(svg: string): string {
  return svg.replace(/(?:<path d="[^"]*"[^>]*\/>){2,}/g, (run) => {
    const merged: { d: string; look: string }[] = [];
    for (const [, d = '', look = ''] of run.matchAll(/<path d="([^"]*)"([^>]*)\/>/g)) {
      const last = merged.at(-1);
      if (last !== undefined && last.look === look && !look.includes('fill-opacity')) last.d += d;
      else merged.push({ d, look });
    }
    return merged.map(({ d, look }) => `<path d="${d}"${look}/>`).join('');
  });
}

function asAttributes(style: string): string {
  return style
    .split(';')
    .map((rule) => rule.split(':'))
    .filter(([name = '']) => name.startsWith('font-'))
    .map(([name, value]) => ` ${name}="${value}"`)
    .join('');
}

function escapeAttribute(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/"/g, '&quot;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}
