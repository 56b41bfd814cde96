// Shows the quality reports in place of the conversation, which goes on behind them; the address says which of the two,
// so that the browser's back button and bookmarks work. `element` is Gradio's.
const frame = element.querySelector("iframe");
const waiting = element.querySelector("[role=status]");

function turn() {
  const measured = location.hash === "#quality";
  document.body.classList.toggle("measured", measured);
  for (const link of document.querySelectorAll("#views a")) {
    if ((link.hash === "#quality") === measured) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (!measured) return;
  waiting.hidden = false;
  // Each time anew, for there may be another run; replaced, so that going back leaves the view. Only when the frame has
  // been laid out: a report that loads in a hidden one may stay blank.
  const address = new URL(frame.dataset.src, document.baseURI);
  requestAnimationFrame(() => requestAnimationFrame(() => frame.contentWindow.location.replace(address)));
}

frame.addEventListener("load", () => (waiting.hidden = true));
window.addEventListener("hashchange", turn);
turn();
