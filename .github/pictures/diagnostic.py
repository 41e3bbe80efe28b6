#!/usr/bin/env python3
"""Draws what `deckc check` says of rust.md in a terminal of 80 columns.

    cargo build && python3 .github/pictures/diagnostic.py      # renews .github/diagnostic.png

Needs Chromium, as card.py does, and nothing beyond the standard library.
"""

import html
import os
import re
import subprocess
from pathlib import Path

from chromium import screenshot

HERE = Path(__file__).resolve().parent
EXAMPLE = "rust.md"
COLOURS = {"31": "#ff7b72", "33": "#e3b341", "36": "#56d4dd", "32": "#7ee787", "34": "#79c0ff", "35": "#d2a8ff"}
STYLES = {"1": "font-weight:700", "2": "opacity:.55", "4": "text-decoration:underline"}
SIZE, ROW, PAD, BAR = 14, 17, 18, 30


def spans(text):
    """Escape sequences for colours as HTML; links are left out."""
    text = re.sub(r"\x1b\]8;;.*?\x1b\\", "", text)
    shown, style = [], []
    for part in re.split(r"(\x1b\[[\d;]*m)", text):
        if codes := re.fullmatch(r"\x1b\[([\d;]*)m", part):
            for code in codes[1].split(";"):
                if code in ("", "0"):
                    style = []
                else:
                    style.append(f"color:{COLOURS[code]}" if code in COLOURS else STYLES[code])
        elif part:
            shown.append(f'<span style="{";".join(style)}">{html.escape(part)}</span>' if style else html.escape(part))
    return "".join(shown)


def main():
    deckc = HERE.parents[1] / "target/debug/deckc"
    command = [deckc, "check", "--color", "always", EXAMPLE]
    ran = subprocess.run(command, cwd=HERE, env=os.environ | {"COLUMNS": "80"}, capture_output=True, text=True)
    text = f"\x1b[32m$\x1b[0m deckc check {EXAMPLE}\n{ran.stdout.rstrip()}"
    height = BAR + PAD + ROW * len(text.splitlines()) + PAD
    dots = "".join(f"<i style='background:{colour}'></i>" for colour in ("#ff5f57", "#febc2e", "#28c840"))
    page = f"""<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: transparent; }}
main {{ display: inline-block; border-radius: 10px; background: #16191d; color: #d7dce2; }}
header {{ height: {BAR}px; display: flex; align-items: center; gap: 8px; padding-left: 14px; background: #262b31;
  border-radius: 10px 10px 0 0; }}
i {{ width: 12px; height: 12px; border-radius: 50%; }}
pre {{ box-sizing: border-box; width: calc(80ch + {2 * PAD}px); margin: 0; padding: {PAD}px;
  font: {SIZE}px/{ROW}px "DejaVu Sans Mono", "Menlo", "Cascadia Mono", monospace; }}
</style><main><header>{dots}</header><pre>{spans(text)}</pre></main>"""
    width = round(80 * SIZE * 0.60205) + 2 * PAD  # the advance of DejaVu Sans Mono
    out = HERE.parent / "diagnostic.png"
    screenshot(page, out, width, height)
    print(out, out.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
