// Paints SQL in the console's editor, and runs it on Ctrl+Enter. The painted copy lies under a text area whose own text is
// transparent; without script the text area is plain.

const keywords = new Set(
  `all and as asc between by case cast collate cross desc distinct else end except exists explain filter from full glob group having in
  inner intersect is isnull join left like limit materialized not notnull null nulls offset on or order outer over partition range
  recursive right rows select then union using values when where window with`.split(/\s+/),
);
const lexicon = /(--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^']|'')*'?)|(\b\d[\w.]*)|([A-Za-z_]\w*)|([\s\S])/g;

function painted(sql: string): Node[] {
  return [...sql.matchAll(lexicon)].map(([text, comment, string, number, word]) => {
    const kind = comment ? 'com' : string ? 'str' : number ? 'num' : word && keywords.has(word.toLowerCase()) ? 'kw' : null;
    if (kind === null) return document.createTextNode(text);
    const span = document.createElement('span');
    span.className = kind;
    span.textContent = text;
    return span;
  });
}

const area = document.querySelector<HTMLTextAreaElement>('.editor textarea');
if (area) {
  const copy = document.createElement('pre');
  copy.setAttribute('aria-hidden', 'true');
  // A trailing line needs a character to have a height.
  const paint = () => copy.replaceChildren(...painted(`${area.value}\n `));
  paint();
  area.before(copy);
  area.addEventListener('input', paint);
  area.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    area.form?.requestSubmit();
  });
}
