// Filters the questions by words and by what became of them; an attribute may hold several values, a line each. Without it the page is whole, only longer.
const rows = [...document.querySelectorAll("details.q")];
const words = document.getElementById("words");
const chosen = [...document.querySelectorAll(".filters select")];
const count = document.getElementById("count");
const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
function filter() {
  const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const fits = chosen.every((one) => !one.value || (row.dataset[one.name] ?? "").split("\n").includes(one.value))
      && wanted.every((word) => texts.get(row).includes(word));
    row.hidden = !fits;
    shown += fits;
  }
  count.textContent = `${shown} of ${rows.length}`;
}
if (words) {
  words.addEventListener("input", filter);
  chosen.forEach((one) => one.addEventListener("change", filter));
  filter();
  if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.setAttribute("open", "");
}
