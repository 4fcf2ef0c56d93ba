// The inbox by keyboard. Every key presses a link or a button that is on the page anyway, so nothing here is needed.
const inbox = document.querySelector("[data-inbox]");
const proposals = [...document.querySelectorAll("[data-entry] > .proposals > li")];
let chosen = 0;

function choose(place) {
  if (!proposals[place]) return;
  chosen = place;
  proposals.forEach((one, at) => {
    one.classList.toggle("chosen", at === place);
    one.querySelector("button").classList.toggle("main", at === place);
  });
  proposals[place].scrollIntoView({ block: "nearest" });
}

function go(step) {
  const links = [...inbox.querySelectorAll(".entries a")];
  const here = links.findIndex((link) => link.hasAttribute("aria-current"));
  links[here + step]?.click();
}

function open(name) {
  const fold = document.querySelector(`[data-${name}]`);
  if (!fold) return;
  fold.open = true;
  fold.querySelector("select, input:not([type=hidden])")?.focus();
  fold.scrollIntoView({ block: "nearest" });
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  s: () => open("split"),
  e: () => open("explain"),
  u: () => open("undo"),
  "?": () => open("help"),
  "/": () => document.querySelector("#q")?.focus(),
  Enter: () => proposals[chosen]?.querySelector("form").requestSubmit(),
};

function press(event) {
  const isTyping = event.target.closest("input, select, textarea, button, a, summary");
  if (event.ctrlKey || event.metaKey || event.altKey || (isTyping && (event.key === "Enter" || !event.target.matches("a, button, summary")))) return;
  const act = /^[1-9]$/.test(event.key) ? () => choose(Number(event.key) - 1) : keys[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

if (inbox) document.addEventListener("keydown", press);
