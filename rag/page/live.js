// Runs in the component that holds the answer being written: a new question comes to the top.
let last = "";
const still = window.matchMedia("(prefers-reduced-motion: reduce)");
watch("value", () => {
  const turn = element.querySelector(".turn");
  if (!turn || turn.dataset.turn === last) return;
  last = turn.dataset.turn;
  turn.scrollIntoView({ block: "start", behavior: still.matches ? "auto" : "smooth" });
});
