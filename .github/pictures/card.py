#!/usr/bin/env python3
"""Draws a card of a built package as Anki shows it.

    python3 .github/pictures/card.py              # renews .github/card.png
    python3 .github/pictures/card.py --help       # other cards, widths and sides

The templates, the style sheet and the fields are read from the package; only Anki's own page around them is imitated.
Needs Chromium (`chromium`, `chromium-browser` or `google-chrome`, or CHROMIUM=path) and nothing beyond the standard
library.
"""

import argparse
import html
import json
import re
import sqlite3
import tempfile
import zipfile
from pathlib import Path

from chromium import screenshot

HERE = Path(__file__).resolve().parent


def read(package):
    """The note types by id, and the notes in order."""
    with tempfile.TemporaryDirectory() as folder:
        with zipfile.ZipFile(package) as packed:
            packed.extract("collection.anki2", folder)
        base = sqlite3.connect(Path(folder) / "collection.anki2")
        note_types = json.loads(base.execute("select models from col").fetchone()[0])
        notes = base.execute("select mid, flds from notes order by id").fetchall()
        base.close()
    return note_types, notes


def fill(template, fields):
    """Anki's template language, as far as these templates need it."""
    section = re.compile(r"\{\{([#^])([^}]+)\}\}((?:(?!\{\{[#^]).)*?)\{\{/\2\}\}", re.S)
    while section.search(template):
        template = section.sub(lambda m: m[3] if bool(fields[m[2]].strip()) == (m[1] == "#") else "", template)
    return re.sub(r"\{\{([^}]+)\}\}", lambda m: fields.get(m[1], ""), template)


def card(note_types, note, side, night):
    """A whole page with one side of the note's first card."""
    note_type = note_types[str(note[0])]
    names = [field["name"] for field in sorted(note_type["flds"], key=lambda field: field["ord"])]
    fields = dict(zip(names, note[1].split("\x1f")))
    template = note_type["tmpls"][0]
    text = fill(template["qfmt"], fields)
    if side == "answer":
        text = fill(template["afmt"], fields | {"FrontSide": text})
    mode = " nightMode" if night else ""
    return (
        f'<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f'<style>{note_type["css"]}</style><body class="card{mode}"><div id="qa">{text}</div></body>'
    )


def frames(pages, width, height):
    """Cards side by side, each in a page of its own."""
    shown = "".join(f'<iframe srcdoc="{html.escape(page)}"></iframe>' for page in pages)
    return (
        '<!doctype html><meta charset="utf-8"><style>'
        "body { margin: 0; display: flex; gap: 16px; padding: 12px; background: transparent; }"
        f"iframe {{ width: {width}px; height: {height}px; border: 0; border-radius: 12px; overflow: hidden;"
        " box-shadow: 0 0 0 1px #8c959f66; }</style>" + shown
    )


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--package", type=Path, default=HERE.parents[1] / "out/nodejs-senior.apkg")
    options.add_argument("--note", type=int, default=18, help="which note, from 1")
    options.add_argument("--side", choices=["question", "answer"], default="answer")
    options.add_argument("--width", type=int, default=545, help="of each card, in CSS pixels")
    options.add_argument("--height", type=int, default=1010)
    options.add_argument("--night", choices=["both", "only", "not"], default="both")
    options.add_argument("--out", type=Path, default=HERE.parent / "card.png")
    options = options.parse_args()

    note_types, notes = read(options.package)
    nights = {"both": [False, True], "only": [True], "not": [False]}[options.night]
    pages = [card(note_types, notes[options.note - 1], options.side, night) for night in nights]
    width = 24 + len(pages) * options.width + 16 * (len(pages) - 1)
    screenshot(frames(pages, options.width, options.height), options.out, width, options.height + 24)
    print(options.out, options.out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
