"""How the book looks as a page that stands alone: one column of text, marks in the margin, light and dark, on paper."""

STYLE = """
:root {
  color-scheme: light dark;
  --paper: #fdfcf9; --ink: #1d2126; --quiet: #59626c; --line: #ddd8cd; --accent: #1f4e79; --wash: #f3f1ea;
  --law: #8a5300; --law-wash: #fbf3e2; --you: #17604a; --you-wash: #eaf4ef; --gone: #a3261f; --new: #17604a;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15181b; --ink: #e7e4dd; --quiet: #a7afb8; --line: #363c43; --accent: #93c4f2; --wash: #1d2226;
    --law: #e9b765; --law-wash: #2a2418; --you: #7fd0b0; --you-wash: #172622; --gone: #f19a93; --new: #7fd0b0;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0 auto; padding: 2.5rem 1.125rem 4rem; max-width: 42rem;
  font: 1.0625rem/1.62 Charter, "Bitstream Charter", "Iowan Old Style", Georgia, "Liberation Serif", serif;
  overflow-wrap: break-word; text-wrap: pretty;
}
h1, h2, h3, nav, .marks, .aside-label, .imprint, .legend, .lead, .number { font-family: system-ui, sans-serif; }
h1 { font-size: clamp(1.75rem, 6vw, 2.375rem); line-height: 1.15; margin: 0 0 .5rem; letter-spacing: -.015em; }
.lead { color: var(--quiet); margin: 0; font-size: .9375rem; }
h2 { font-size: 1.375rem; line-height: 1.25; margin: 3.5rem 0 1rem; padding-top: 1rem; border-top: 2px solid; }
h3, h2.clause-heading {
  font-size: 1.0625rem; line-height: 1.35; margin: 0 0 .4rem; padding: 0; border: 0; font-weight: 650;
}
h1, h2, h3 { text-wrap: balance; }
.number { color: var(--quiet); font-weight: 500; font-variant-numeric: tabular-nums; margin-right: .45em; }
.number a { color: inherit; text-decoration: none; }
.number a:hover { text-decoration: underline; }
nav { margin: 2rem 0 0; padding: 1rem 0; border-block: 1px solid var(--line); font-size: .9375rem; }
nav ul { list-style: none; margin: 0; padding: 0; columns: 15rem 2; column-gap: 2rem; }
nav li { padding: .2rem 0; break-inside: avoid; }
nav a { display: block; min-height: 1.5rem; color: inherit; text-decoration: none; }
nav a:hover { text-decoration: underline; }
a { color: var(--accent); }
a:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; border-radius: 2px; }
.clause { margin: 2.25rem 0; scroll-margin-top: 1rem; }
.clause:target .clause-heading { text-decoration: underline; text-decoration-color: var(--accent); }
.clause p, .clause ul, .clause ol { margin: 0 0 .7rem; }
.clause ul, .clause ol { padding-left: 1.3em; }
.clause li > p { margin: 0; }
.clause table { border-collapse: collapse; display: block; overflow-x: auto; font-variant-numeric: tabular-nums; }
.clause th, .clause td { text-align: left; padding: .3rem .9rem .3rem 0; border-bottom: 1px solid var(--line); }
.figure {
  font-weight: 600; white-space: nowrap; font-variant-numeric: tabular-nums;
  text-decoration: underline; text-decoration-color: var(--accent); text-decoration-thickness: 1.5px;
  text-underline-offset: .2em;
}
.clause .marks {
  list-style: none; margin: .5rem 0 0; padding: 0; display: flex; flex-wrap: wrap; gap: .1rem 1rem;
  font-size: .8125rem; line-height: 1.4; color: var(--quiet);
}
.symbol { display: inline-block; width: 1.35em; }
.aside { margin: .9rem 0 0; padding: .65rem .95rem; border-left: 3px solid var(--line); font-size: .9375rem; }
.aside > :last-child { margin-bottom: 0; }
.aside p { margin-bottom: .4rem; }
.aside-label { font-size: .8125rem; font-weight: 650; margin: 0 0 .2rem; color: var(--quiet); }
.aside.law { border-color: var(--law); background: var(--law-wash); }
.aside.law .aside-label { color: var(--law); }
.aside.meaning { border-color: var(--you); background: var(--you-wash); }
.aside.meaning .aside-label { color: var(--you); }
.intro { color: var(--quiet); }
del { color: var(--gone); text-decoration: line-through; }
ins { color: var(--new); text-decoration: underline; text-underline-offset: .2em; font-weight: 600; }
.said { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
footer { margin-top: 4rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--quiet); }
.legend, .imprint { font-size: .8125rem; line-height: 1.5; }
.legend { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 0 1.25rem; }
.legend dt { color: var(--ink); } .legend dd { margin: 0; }
.imprint { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
@media (max-width: 30rem) { .legend { display: block; } .legend dd { margin: 0 0 .5rem 1.35em; } }
@media (min-width: 68rem) {
  body { max-width: 62rem; padding-left: 1.5rem; padding-right: 1.5rem; }
  .page { display: grid; grid-template-columns: 38.5rem 1fr; column-gap: 3rem; }
  .page > * { grid-column: 1; }
  .clause { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; }
  .clause > .text { grid-column: 1; }
  .clause > .marks { grid-column: 2; display: block; margin-top: .15rem; padding-left: 1rem; align-self: start;
    border-left: 1px solid var(--line); }
}
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
@media (forced-colors: active) { .aside, .figure { border-color: CanvasText; } }
@page { size: A4; margin: 20mm 22mm 18mm; }
@media print {
  :root {
    --paper: #fff; --ink: #000; --quiet: #444; --line: #bbb; --accent: #000; --wash: #fff; --law: #000;
    --law-wash: #fff; --you: #000; --you-wash: #fff; --gone: #000; --new: #000;
  }
  body { max-width: none; padding: 0; font-size: 10.5pt; line-height: 1.5; }
  .page { display: block; }
  h2 { margin-top: 1.6rem; }
  h1, h2, h3 { break-after: avoid; }
  .clause { display: block; margin: 1.2rem 0; }
  .clause > .marks { display: flex; border: 0; padding: 0; }
  p, li, .aside { orphans: 3; widows: 3; }
  .aside { break-inside: avoid; }
  a { color: inherit; text-decoration: none; }
}
"""
