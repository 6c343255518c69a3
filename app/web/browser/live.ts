// Says in the top bar when the live channel is lost; as soon as it is back, the server's own word replaces this one.

const word = document.querySelector('#live');

for (const event of ['htmx:sse:error', 'htmx:sse:close'])
  document.addEventListener(event, () => {
    if (word) word.textContent = 'not connected';
  });
