// The time slider without its button: the page is asked for again, and only the foresight is exchanged.
const form = document.querySelector("form[data-slider]");
const range = form?.querySelector("input[type=range]");
const output = form?.querySelector("output");
let asked = 0;

async function show() {
  const mine = ++asked;
  const address = new URL(location.href);
  address.searchParams.set(range.name, range.value);
  const answer = await fetch(address, { headers: { Accept: "text/html" } });
  if (!answer.ok || mine !== asked) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.getElementById(form.dataset.slider);
  if (fresh) document.getElementById(form.dataset.slider).replaceWith(document.adoptNode(fresh));
  history.replaceState(null, "", address);
}

if (form && range && output) {
  form.querySelector("button").hidden = true;
  range.addEventListener("input", () => { output.value = range.value; });
  range.addEventListener("change", show);
}
