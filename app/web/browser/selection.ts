// Counts what is selected in the table of runs and says so in its tray. Without it the tray still compares and clears.

function count(): void {
  const form = document.querySelector<HTMLFormElement>('form.selection');
  const said = form?.querySelector('#selected');
  if (form && said) said.textContent = `${form.querySelectorAll('tbody input:checked').length} selected`;
}

document.addEventListener('change', count);
// The boxes are cleared after the event.
document.addEventListener('reset', () => setTimeout(count));
count();
