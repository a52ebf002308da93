"""The same receipt by WeasyPrint, in its own virtual environment: `python peer_print.py FONT RECEIPT.json COUNT`.

It knows nothing of the shop. HTML and style are what a shop would write for it: one page, tagged as PDF/UA-1, the same
sentences, the same typeface, and the square code where the receipt has one.
"""

import html
import json
import sys
import time
from pathlib import Path

from weasyprint import HTML
from weasyprint.text.fonts import FontConfiguration

STYLE = """
@font-face {{ font-family: Brygada; src: url("{font}"); }}
@page {{ size: A4; margin: 25mm; @bottom-center {{ content: counter(page) " / " counter(pages); font-size: 9pt; }} }}
body {{ font-family: Brygada; font-size: 11pt; line-height: 1.5; color: #1d1d1b; }}
h1 {{ font-size: 24pt; color: #17452f; margin: 0 0 8mm; }}
table {{ border-collapse: collapse; width: 100%; margin: 6mm 0; }}
th, td {{ text-align: left; padding: 2mm 0; border-bottom: 0.5pt solid #b9a14a; vertical-align: top; }}
td:last-child {{ text-align: right; }}
"""
FACTS = (
    ("number", "Numer"),
    ("issued_on", "Wystawiono"),
    ("paid_on", "Data wpłaty"),
    ("amount_text", "Kwota darowizny"),
)
KEEP = (
    "Zachowaj bankowe potwierdzenie tej wpłaty. Do celów podatkowych darowiznę dokumentuje dowód wpłaty na rachunek "
    "obdarowanego; o tym, czy i ile można odliczyć, rozstrzygają przepisy i sytuacja darczyńcy."
)


def page(receipt: dict[str, object]) -> str:
    """One receipt as HTML."""
    donee = receipt["donee"]
    facts = "".join(f"<tr><th>{word}</th><td>{html.escape(str(receipt[key]))}</td></tr>" for key, word in FACTS)
    lines = "".join(
        f"<tr><td>{html.escape(line['title'])}</td><td>{html.escape(line['amount_text'])}</td></tr>"
        for line in receipt["lines"]
    )
    return (
        f'<!doctype html><html lang="pl"><head><title>Potwierdzenie darowizny {receipt["number"]}</title></head><body>'
        f"<h1>Potwierdzenie darowizny</h1><p>Potwierdzamy przyjęcie darowizny na cele statutowe.</p><table>{facts}</table>"
        f"<h2>Obdarowany</h2><p>{html.escape(donee['name'])}<br>KRS {donee['krs']}, NIP {donee['nip']}<br>"
        f"{html.escape(donee['address'])}</p><h2>Cel darowizny</h2><table>{lines}</table><p>{KEEP}</p>"
        "<p>Darowizna jest nieodpłatna i nie stanowi zapłaty za towar ani usługę.</p></body></html>"
    )


def main() -> None:
    """Prints how many seconds so many receipts took; fonts are set up once, as a worker that stays up would."""
    font, source, count = Path(sys.argv[1]).resolve().as_uri(), Path(sys.argv[2]), int(sys.argv[3])
    receipts = json.loads(source.read_text(encoding="utf-8"))
    from weasyprint import CSS

    fonts = FontConfiguration()
    style = CSS(string=STYLE.format(font=font), font_config=fonts)
    HTML(string=page(receipts[0])).write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    started = time.perf_counter()
    for number in range(count):
        receipt = receipts[number % len(receipts)]
        HTML(string=page(receipt)).write_pdf(stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")
    print(time.perf_counter() - started)


if __name__ == "__main__":
    main()
