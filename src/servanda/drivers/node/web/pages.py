"""The pages that a node shows by itself: why a site is held, that a name is unknown here, and that a site is empty yet.

All are Danish and English, for light and for dark.

The page of a hold says who holds the site, by which clause, since when, and where its owner ends it. It says nothing of
amounts or of persons: every visitor reads it.
"""

from datetime import date
from html import escape

from servanda.drivers.node.layout import Layout
from servanda.ground.nodes.kinds.base import Hold

_STYLE = (
    "body{font:1.1rem/1.6 system-ui,sans-serif;max-width:38rem;margin:12vh auto;padding:0 1.5rem;color:#222;background:#fff}"
    "h1{font-size:1.5rem}hr{border:0;border-top:1px solid #ccc;margin:2rem 0}a{color:#045}code{font-size:.95em}"
    "@media(prefers-color-scheme:dark){body{color:#e8e8e8;background:#15181b}hr{border-color:#444}a{color:#8cc8ff}}"
)
_MONTHS = (
    "januar", "februar", "marts", "april", "maj", "juni", "juli", "august", "september", "oktober", "november", "december"
)  # fmt: skip
_REASONS = {
    "payment": ("på grund af manglende betaling", "because of a missing payment"),
    "abuse": ("på grund af misbrug, mens sagen undersøges", "because of abuse, while the case is looked into"),
    "load": (
        "et øjeblik, fordi det belaster andre på serveren",
        "for a moment, because it burdens others on the server",
    ),
    "breach": ("på grund af brud på aftalen", "because of a breach of the agreement"),
    "customer": ("efter ejerens eget ønske", "as its owner wished"),
    "capacity": ("fordi den aftalte plads er brugt op", "because the agreed space is used up"),
}


def held(holds: tuple[Hold, ...]) -> str:
    danish = "\n".join(_in_danish(hold) for hold in holds)
    english = "\n".join(_in_english(hold) for hold in holds)
    return _page(
        "Lukket midlertidigt · Closed for now",
        f'<section lang="da"><h1>Hjemmesiden er lukket midlertidigt</h1>\n{danish}\n'
        "<p>Intet er slettet. Siden åbner af sig selv, når grunden er væk.</p></section>\n<hr>\n"
        f'<section lang="en"><h1>This site is closed for now</h1>\n{english}\n'
        "<p>Nothing has been deleted. The site opens by itself when the reason is gone.</p></section>",
    )


def unknown() -> str:
    return _page(
        "Ukendt navn · Unknown name",
        '<section lang="da"><h1>Her er ingen hjemmeside under dette navn</h1>'
        "<p>Ejer du navnet, så se efter, om det peger på den rigtige server.</p></section>\n<hr>\n"
        '<section lang="en"><h1>There is no site under this name here</h1>'
        "<p>If the name is yours, check whether it points to the right server.</p></section>",
    )


def first(name: str, *, login: str, layout: Layout) -> str:
    """Return what a site shows until its owner has put a page there: whose it is, and how they do that."""
    port = "" if layout.ports.ssh == 22 else f":{layout.ports.ssh}"
    address = escape(f"sftp://{login}@{layout.host_name}{port}")
    name = escape(name)
    return _page(
        name,
        f'<section lang="da"><h1>{name} er klar</h1>'
        f"<p>Pladsen tilhører den, der har {name}, og som endnu ikke har lagt en side her.</p>"
        f"<p>Er det dig? Giv din adgang et kodeord eller en nøgle på kundesiderne, gå til <code>{address}</code>,"
        " og læg <code>index.html</code> eller <code>index.php</code> i mappen <code>htdocs</code>. Så er denne side væk.</p>"
        f'</section>\n<hr>\n<section lang="en"><h1>{name} is ready</h1>'
        f"<p>The place belongs to who holds {name}, and has not put a page here yet.</p>"
        f"<p>Is that you? Give your access a password or a key on the customers' pages, go to <code>{address}</code>,"
        " and put <code>index.html</code> or <code>index.php</code> into the folder <code>htdocs</code>. Then this page is gone.</p>"
        "</section>",
    )


def _in_danish(hold: Hold) -> str:
    since = f"{hold.since.day}. {_MONTHS[hold.since.month - 1]} {hold.since.year}"
    return (
        f"<p>{escape(hold.provider)} har lukket den {_REASONS[hold.cause][0]} siden den {since}"
        f" efter aftalens {escape(hold.clause)}.</p>\n"
        f"<p>Ejer du siden, så læs hvorfor, og åbn den igen her: {_link(hold)}</p>"
    )


def _in_english(hold: Hold) -> str:
    return (
        f"<p>{escape(hold.provider)} has closed it {_REASONS[hold.cause][1]} since {_english(hold.since)}"
        f" under {escape(hold.clause)} of the agreement.</p>\n"
        f"<p>If the site is yours, read why and open it again here: {_link(hold)}</p>"
    )


def _english(day: date) -> str:
    return f"{day.day} {day.strftime('%B')} {day.year}"


def _link(hold: Hold) -> str:
    address = escape(hold.way_out)
    return f'<a href="{address}" rel="nofollow">{address}</a>'


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html>\n<html lang="da">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{title}</title><style>{_STYLE}</style></head>\n<body>\n{body}\n</body>\n</html>\n"
    )
