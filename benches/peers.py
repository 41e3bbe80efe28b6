#!/usr/bin/env python3
"""Run deckc beside its peers, as far as they are installed, and print a Markdown table.

    python3 benches/peers.py [--corpus DIR] [--notes FILE] [--runs N] [--deckc FILE]

Linters of Markdown check a corpus of 1,000 files: mado, rumdl, markdownlint-cli2, each with the rules it has by default
and without a cache; then once more those that have one, with nothing changed. What makes Anki packages builds one deck of 10,000 notes: md2anki from Markdown, genanki from HTML
that is ready (so without parsing Markdown or colouring code). They do not do the same work; the table tells how long a
person waits. What is not on PATH, or can't be imported by this Python, is left out.

Without --corpus and --notes the benches write them. All run in turn (A B C, A B C, ...) and medians are shown: "wall" is
the time that passed, "processor" that of all threads and children.
"""
from __future__ import annotations

import argparse
import importlib.metadata
import os
import pathlib
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent.parent

GENANKI = """
import re, sys, genanki
text = open(sys.argv[1], encoding="utf-8").read()
model = genanki.Model(1607392319, "Ready", fields=[{"name": "Q"}, {"name": "A"}],
                      templates=[{"name": "C", "qfmt": "{{Q}}", "afmt": "{{A}}"}])
deck = genanki.Deck(2059400110, "Ready")
for part in text.split("\\n## ")[1:]:
    question, answer = part.split("\\n", 1)
    answer = answer.replace("&", "&amp;").replace("<", "&lt;")
    deck.add_note(genanki.Note(model=model, fields=[question.replace("<", "&lt;"), "<pre>" + answer + "</pre>"]))
genanki.Package(deck).write_to_file(sys.argv[2])
"""


class Tool:
    """A command, and what has to be away before each run of it."""

    def __init__(self, name, command, folder, gone=()):
        self.name, self.command, self.folder, self.gone = name, command, folder, gone
        self.wall, self.processor = [], []

    def run(self, keep: bool) -> None:
        for path in self.gone:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        ended = subprocess.run(self.command, cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        if ended.returncode not in (0, 1):
            sys.exit(f"{self.name} ended with {ended.returncode}: {' '.join(map(str, self.command))}")
        if keep:
            self.wall.append(wall)
            self.processor.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def version(command: str, *arguments: str) -> str:
    said = subprocess.run([command, *arguments], capture_output=True, text=True).stdout
    found = re.search(r"\d+\.\d+[\w.-]*", said)
    return found[0] if found else "?"


def package(name: str) -> str | None:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return None


def compare(title: str, tools: list[Tool], runs: int, units: float, unit: str) -> None:
    for run in range(runs + 1):  # the first one warms up
        for tool in tools:
            tool.run(keep=run > 0)
    print(f"\n{title}\n\n| | wall | beside deckc | processor | {unit} |\n| --- | ---: | ---: | ---: | ---: |")
    first = statistics.median(tools[0].wall)
    for tool in tools:
        wall, processor = statistics.median(tool.wall), statistics.median(tool.processor)
        print(f"| {tool.name} | {wall:.2f} s | {wall / first:.2f} | {processor:.2f} s | {units / wall:,.0f} |")


def written(bench: str, *arguments: object) -> None:
    command = ["cargo", "bench", "--quiet", "--locked", "--bench", bench, "--", "--write", *map(str, arguments)]
    subprocess.run(command, cwd=HERE, check=True)


def linters(deckc: str, corpus: pathlib.Path) -> list[Tool]:
    command = [deckc, "check", "--no-cache", "--format", "concise", "."]
    tools = [Tool(f"deckc {version(deckc, '--version')}", command, corpus)]
    if mado := shutil.which("mado"):
        tools.append(Tool(f"mado {version(mado, '--version')}", [mado, "check", "."], corpus))
    if rumdl := shutil.which("rumdl"):
        tools.append(Tool(f"rumdl {version(rumdl, '--version')}", [rumdl, "check", "--no-cache", "."], corpus))
    if markdownlint := shutil.which("markdownlint-cli2"):
        name = f"markdownlint-cli2 {version(markdownlint, '--help')}"
        tools.append(Tool(name, [markdownlint, "**/*.md"], corpus))
    return tools


def linters_again(deckc: str, corpus: pathlib.Path, home: pathlib.Path) -> list[Tool]:
    """Those that keep something for the next run; the first run of each, which is not counted, fills its cache."""
    command = ["env", f"DECKC_CACHE_DIR={home / 'deckc-cache'}", deckc, "check", "--format", "concise", "."]
    tools = [Tool(f"deckc {version(deckc, '--version')}", command, corpus)]
    if rumdl := shutil.which("rumdl"):
        command = [rumdl, "check", "--cache-dir", home / "rumdl-cache", "."]
        tools.append(Tool(f"rumdl {version(rumdl, '--version')}", command, corpus))
    return tools


def builders(deckc: str, notes: pathlib.Path, home: pathlib.Path) -> list[Tool]:
    folder = home / "build"
    (folder / "source").mkdir(parents=True)
    shutil.copy(notes, folder / "source" / "notes.md")
    os.environ.pop("DECKC_CACHE_DIR", None)
    os.environ["XDG_CACHE_HOME"] = str(home / "cache")
    kept = f"XDG_CACHE_HOME={home / 'kept-cache'}"
    left = [folder / "out", folder / "deckc.lock", home / "cache"]
    name = f"deckc {version(deckc, '--version')}"
    tools = [
        Tool(f"{name}, apkg, csv, txt and json", [deckc, "build"], folder, left),
        Tool(f"{name}, apkg", [deckc, "build", "--formats", "apkg"], folder, left),
        Tool(f"{name}, apkg, unchanged", ["env", kept, deckc, "build", "--formats", "apkg"], warm(notes, home)),
    ]
    if number := package("genanki"):
        script = home / "ready.py"
        script.write_text(GENANKI, encoding="utf-8")
        command = [sys.executable, script, notes, home / "genanki.apkg"]
        tools.append(Tool(f"genanki {number}, from ready HTML", command, home))
    if (md2anki := shutil.which("md2anki")) and (number := package("md2anki")):
        command = [md2anki, notes, "-o-anki", home / "md2anki.apkg"]
        tools.append(Tool(f"md2anki {number}", command, home, [home / "md2anki.apkg"]))
    return tools


def warm(notes: pathlib.Path, home: pathlib.Path) -> pathlib.Path:
    """A folder of its own, where the first run, which is not counted, builds all and each later one finds it unchanged."""
    folder = home / "unchanged"
    (folder / "source").mkdir(parents=True)
    shutil.copy(notes, folder / "source" / "notes.md")
    return folder


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--corpus", type=pathlib.Path)
    parser.add_argument("--notes", type=pathlib.Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--deckc", default=str(HERE / "target" / "release" / "deckc"))
    options = parser.parse_args()
    deckc = shutil.which(options.deckc) or sys.exit(f"no `{options.deckc}`: cargo build --release")
    with tempfile.TemporaryDirectory() as made:
        home = pathlib.Path(made).resolve()
        corpus, notes = options.corpus or home / "corpus", options.notes or home / "notes.md"
        if not options.corpus:
            written("check", corpus)
        if not options.notes:
            written("notes", 10_000, notes)
        files = sorted(corpus.resolve().rglob("*.md"))
        size = sum(file.stat().st_size for file in files) / 1e6
        count = notes.read_text(encoding="utf-8").count("\n## ")
        print(f"{os.cpu_count()} processors, {options.runs} runs, {time.strftime('%Y-%m-%d')}")
        compare(f"Check of {len(files):,} files, {size:.1f} MB", linters(deckc, corpus), options.runs, size, "MB/s")
        compare("The same with what was kept", linters_again(deckc, corpus, home), options.runs, size, "MB/s")
        compare(f"Build of {count:,} notes", builders(deckc, notes.resolve(), home), options.runs, count, "notes/s")


if __name__ == "__main__":
    main()
