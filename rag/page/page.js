// Runs once, in the component that holds the reading panel: opens articles at their citations,
// shows why a sentence is marked, asks example questions. `element`, `trigger` and `server` are Gradio's.
const reader = element.querySelector("#reader");
const page = reader.querySelector(".page");
const narrow = window.matchMedia("(max-width: 999px)");
let opener = null;
let wanted = 0;

async function open(button) {
  const { article, start, end } = button.dataset;
  const request = ++wanted;
  button.setAttribute("aria-busy", "true");
  let text;
  try {
    text = await server.read_article([article, Number(start), Number(end)]);
  } catch {
    text = '<h2 id="reader-title" tabindex="-1">The page has lost its server</h2>';
  } finally {
    button.removeAttribute("aria-busy");
  }
  if (request !== wanted) return; // another one has been asked for since
  page.innerHTML = text;
  mark(button);
  show();
  page.querySelector("#reader-title").focus({ preventScroll: true });
  const body = page.querySelector(".body");
  const sentence = body?.querySelector("mark");
  if (sentence) {
    // Not scrollIntoView, which would move the frame around the text too.
    const offset = sentence.getBoundingClientRect().top - body.getBoundingClientRect().top;
    body.scrollTop += offset - body.clientHeight / 3;
  }
}

// Beside the conversation where there is room, else a sheet over it that keeps the focus.
function show() {
  if (reader.open && reader.matches(":modal") === narrow.matches) return;
  reader.close();
  if (narrow.matches) reader.showModal();
  else reader.show();
  document.body.classList.toggle("reading", !narrow.matches);
}

function mark(button) {
  if (opener) opener.removeAttribute("aria-current");
  opener = button;
  if (opener) opener.setAttribute("aria-current", "true");
}

function close() {
  reader.close();
  document.body.classList.remove("reading");
  if (opener && opener.isConnected) opener.focus();
  mark(null);
}

function explain(button) {
  const open = button.getAttribute("aria-expanded") !== "true";
  for (const other of document.querySelectorAll(".mark[aria-expanded=true]")) other.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-expanded", String(open));
}

document.addEventListener("click", (event) => {
  const target = event.target;
  const place = target.closest("button[data-article]");
  if (place) return open(place);
  const verdict = target.closest("button.mark");
  if (verdict) return explain(verdict);
  const example = target.closest("button.ask");
  if (example) return trigger("example", { question: example.textContent });
  if (target.closest("#reader .close") || target === reader) return close();
  for (const other of document.querySelectorAll(".mark[aria-expanded=true]")) other.setAttribute("aria-expanded", "false");
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const explained = document.querySelector(".mark[aria-expanded=true]");
  if (explained) explain(explained);
  else if (reader.open) {
    event.preventDefault();
    close();
  }
});
reader.addEventListener("cancel", (event) => {
  event.preventDefault();
  close();
});
narrow.addEventListener("change", () => reader.open && show());
// On a phone the keyboard would cover the examples.
if (window.matchMedia("(hover: hover)").matches) setTimeout(() => document.querySelector("#question textarea")?.focus());
