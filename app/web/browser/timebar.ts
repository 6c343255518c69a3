// The slider of a run's page: moves the number along, and asks for the page when it has come to rest. The page comes back where it was scrolled to,
// with the slider still in hand. Without this its button asks.

const restMs = 250;
const key = 'timebar';
let waiting: ReturnType<typeof setTimeout> | undefined;

function slider(event: Event): HTMLInputElement | null {
  const { target } = event;
  return target instanceof HTMLInputElement && target.id === 'slide' ? target : null;
}

document.addEventListener('input', (event) => {
  const range = slider(event);
  const number = document.querySelector<HTMLInputElement>('#at');
  if (range && number) number.value = range.value;
});

document.addEventListener('change', (event) => {
  const range = slider(event);
  if (!range) return;
  clearTimeout(waiting);
  // Arrow keys change it step by step.
  waiting = setTimeout(() => {
    sessionStorage.setItem(key, JSON.stringify({ path: location.pathname, top: scrollY, held: document.activeElement === range }));
    if (range.value === range.max && range.dataset.now) location.assign(range.dataset.now);
    else range.form?.submit();
  }, restMs);
});

const kept = sessionStorage.getItem(key);
if (kept !== null) {
  sessionStorage.removeItem(key);
  const { path, top, held } = JSON.parse(kept) as { path: string; top: number; held: boolean };
  if (path === location.pathname) {
    scrollTo({ top, behavior: 'instant' });
    if (held) document.querySelector<HTMLInputElement>('#slide')?.focus({ preventScroll: true });
  }
}
