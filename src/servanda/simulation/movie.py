"""A world as one page that needs nothing else: drag the day, and see what each customer owes, who is held, and what happens.

The page has its own content policy: no network, and only the script and the style that are named by their hashes.
"""

import json
from base64 import b64encode
from hashlib import sha256
from html import escape

from servanda.simulation.running import Lived

CHARGES = frozenset({"fee.charged", "interest.charged", "compensation.charged"})
ASKED = CHARGES | {"invoice.issued"}
TAKEN = frozenset({"payment.received", "payment.explained", "invoice.credited", "interest.lowered", "charges.waived"})
STYLE = """
:root{color-scheme:light dark;--ink:#1d2733;--quiet:#5b6876;--paper:#fff;--line:#d5dce3;--late:#b3261e;--held:#8a5a00}
@media (prefers-color-scheme:dark){:root{--ink:#e6ebf0;--quiet:#9aa7b4;--paper:#12181f;--line:#2c3844;--late:#ff8a80;--held:#ffcc66}}
body{margin:0;padding:1rem;font:16px/1.45 system-ui,sans-serif;color:var(--ink);background:var(--paper)}
header{position:sticky;top:0;background:var(--paper);border-bottom:1px solid var(--line);padding-bottom:.6rem}
h1{font-size:1.2rem;margin:0 0 .4rem}
input[type=range]{width:100%;height:2.2rem}
.bar{display:flex;flex-wrap:wrap;gap:.6rem;align-items:center}
button{font:inherit;min-height:2.4rem;padding:.2rem .8rem;color:inherit;background:none}
button{border:1px solid var(--line);border-radius:.4rem}
main{display:grid;grid-template-columns:minmax(0,1fr);gap:1.2rem}
@media (min-width:60rem){main{grid-template-columns:minmax(0,3fr) minmax(0,2fr)}}
table{border-collapse:collapse;width:100%}
td,th{text-align:left;padding:.15rem .4rem;border-bottom:1px solid var(--line)}
td.sum,th.sum{text-align:right;font-variant-numeric:tabular-nums}
.late{color:var(--late)}.held{color:var(--held);font-weight:600}.quiet{color:var(--quiet)}
ol{list-style:none;margin:0;padding:0}li{padding:.15rem 0;border-bottom:1px solid var(--line)}
"""
SCRIPT = """
const world=JSON.parse(document.getElementById('world').textContent);
const words={da:{day:'Dag',play:'Afspil',stop:'Stop',customer:'Kunde',habit:'Vane',owes:'Skylder',state:'Tilstand',today:'Sker i dag',
 none:'Intet',runs:'kører',late:'for sent',held:'suspenderet',closed:'lukket',other:'English'},
 en:{day:'Day',play:'Play',stop:'Stop',customer:'Customer',habit:'Habit',owes:'Owes',state:'State',today:'Happens today',
 none:'Nothing',runs:'runs',late:'late',held:'suspended',closed:'closed',other:'Dansk'}};
let language=(navigator.language||'en').startsWith('da')?'da':'en',timer=0;
const at=id=>document.getElementById(id);
const money=minor=>(minor/100).toLocaleString(language==='da'?'da-DK':'en-GB',{minimumFractionDigits:2});
const cell=(row,text,kind)=>{const made=row.insertCell();made.textContent=text;if(kind)made.className=kind;};
const first=new Date(world.begins_on+'T12:00:00Z');
const dayOf=number=>new Date(first.getTime()+number*864e5).toISOString().slice(0,10);
function stateOn(customer,day){
 let owes=0,state='runs';
 for(const [on,what,amount] of customer.events){
  if(on>day)break;
  if(world.asked.includes(what))owes+=amount;
  if(world.taken.includes(what))owes-=amount;
  if(what==='payment.reversed')owes+=amount;
  if(what==='payment.late'&&state==='runs')state='late';
  if(what==='hold.placed')state='held';
  if(what==='hold.lifted')state='runs';
  if(what==='contract.ended')state='closed';
 }
 if(owes<=0&&state==='late')state='runs';
 return [owes,state];
}
function show(){
 const say=words[language],number=Number(at('day').value),day=dayOf(number);
 document.documentElement.lang=language;
 at('shown').textContent=say.day+' '+day;at('language').textContent=say.other;at('play').textContent=timer?say.stop:say.play;
 at('today').textContent=say.today;
 for(const [id,word] of [['h1',say.customer],['h2',say.habit],['h3',say.owes],['h4',say.state]])at(id).textContent=word;
 const body=at('customers');body.replaceChildren();
 for(const customer of world.customers){
  const [owes,state]=stateOn(customer,day),row=body.insertRow();
  cell(row,customer.number);cell(row,customer.habit,'quiet');cell(row,money(owes),'sum');cell(row,say[state],state);
 }
 const list=at('events');list.replaceChildren();
 for(const customer of world.customers)for(const [on,what,amount,detail] of customer.events)if(on===day){
  const made=document.createElement('li');
  made.textContent=customer.number+': '+what+(amount?' '+money(amount):'')+(detail?' ('+detail+')':'');list.append(made);
 }
 if(!list.children.length){const made=document.createElement('li');made.textContent=say.none;made.className='quiet';list.append(made);}
}
function step(){
 const next=Number(at('day').value)+1;
 if(next>world.days){play();return;}
 at('day').value=next;show();
}
function play(){
 if(timer){clearInterval(timer);timer=0;show();return;}
 timer=setInterval(step,120);show();
}
at('day').max=world.days;at('day').addEventListener('input',show);at('play').addEventListener('click',play);
at('language').addEventListener('click',()=>{language=language==='da'?'en':'da';show();});
show();
"""


def movie_of(found: Lived) -> str:
    """Return the page."""
    world = found.house.world
    data = {
        "begins_on": world.begins_on.isoformat(),
        "days": world.days,
        "asked": sorted(ASKED),
        "taken": sorted(TAKEN),
        "customers": [
            {"number": one.number, "habit": one.habit, "events": _events(found, one.number)} for one in world.customers
        ],
    }
    # What ends a script element or opens a comment cannot stand in it.
    embedded = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    policy = f"default-src 'none'; style-src '{_hash(STYLE)}'; script-src '{_hash(SCRIPT)}'"
    title = f"{world.provider}, seed {world.seed}"
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>
<body><header><h1>{escape(title)}</h1>
<div class="bar"><strong id="shown"></strong>
<button id="play" type="button"></button><button id="language" type="button"></button></div>
<input id="day" type="range" min="0" value="0" aria-labelledby="shown"></header>
<main><table><thead><tr><th id="h1"></th><th id="h2"></th><th id="h3" class="sum"></th><th id="h4"></th></tr></thead>
<tbody id="customers"></tbody></table><section><h2 id="today"></h2><ol id="events"></ol></section></main>
<script id="world" type="application/json">{embedded}</script><script>{SCRIPT}</script></body></html>
"""


def _events(found: Lived, customer: int) -> list[tuple[str, str, int, str]]:
    return [
        (day.isoformat(), what, abs(amount) if what == "payment.reversed" else amount, detail)
        for day, number, what, _, amount, detail in found.house.log
        if number == customer
    ]


def _hash(text: str) -> str:
    return "sha256-" + b64encode(sha256(text.encode()).digest()).decode()
