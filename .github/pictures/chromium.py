"""A page to a PNG, by headless Chromium at two device pixels a CSS pixel."""

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from png import squeeze

NAMES = ["chromium", "chromium-browser", "google-chrome"]


def screenshot(page, out, width, height):
    """Writes a picture of the page's first `width` by `height` CSS pixels, with nothing behind it."""
    browser = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if browser is None:
        raise SystemExit("no Chromium: install one of " + ", ".join(NAMES) + ", or set CHROMIUM to its path")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "page.html"
        source.write_text(page, encoding="utf-8")
        command = [
            browser, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            "--force-device-scale-factor=2", "--default-background-color=00000000",
            f"--user-data-dir={folder}/profile", f"--window-size={width},{height}",
            f"--screenshot={Path(out).resolve()}", source.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
    squeeze(Path(out))
