"""What the real Anki makes of a package, as JSON: facts for the Rust tests to judge.

    python anki_report.py DECK.apkg [DECK.txt]

Every question is asked of a fresh collection in a throw-away folder.
"""

import html
import json
import os
import sqlite3
import sys
import tempfile
import zipfile
from contextlib import closing, contextmanager

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest, ImportCsvRequest

STATES = ["normal", "empty", "duplicate", "missing cloze", "note type not cloze", "field not cloze"]
LOG = ["new", "updated", "duplicate", "conflicting", "first_field_match", "missing_notetype", "missing_deck", "empty_first_field"]

# The queue of cards that were never answered.
NEW = 0

# Update notes and note types if newer: what Anki's import window offers.
IF_NEWER = 0


def facts_of(rows, deck_names):
    """Notes by guid, from rows of notes joined with cards."""
    notes = {}
    for guid, id, mod, tags, fields, sort, checksum, ordinal, deck, due in rows:
        note = notes.setdefault(
            guid,
            dict(id=id, modified=mod, tags=sorted(set(tags.split())), fields=fields.split("\x1f"), sort=sort, checksum=checksum, cards=[]),
        )
        note["cards"].append([ordinal, deck_names[deck], due])
    return notes


ROWS = (
    "select n.guid, n.id, n.mod, n.tags, n.flds, cast(n.sfld as text), n.csum, c.ord, c.did, c.due "
    "from notes n join cards c on c.nid = n.id order by n.id, c.ord"
)


def in_file(package):
    """The facts as the file has them, read without Anki."""
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
        path = archive.extract("collection.anki2", folder)
        with closing(sqlite3.connect(path)) as database:
            decks = json.loads(database.execute("select decks from col").fetchone()[0])
            names = {int(id): deck["name"] for id, deck in decks.items()}
            return facts_of(database.execute(ROWS).fetchall(), names)


def requirements_in_file(package):
    with tempfile.TemporaryDirectory() as folder, zipfile.ZipFile(package) as archive:
        path = archive.extract("collection.anki2", folder)
        with closing(sqlite3.connect(path)) as database:
            models = json.loads(database.execute("select models from col").fetchone()[0])
            return {model["name"]: model["req"] for model in models.values()}


class Anki:
    def __init__(self, folder):
        self.collection = Collection(os.path.join(folder, "collection.anki2"))

    def import_package(self, package):
        options = ImportAnkiPackageOptions(update_notes=IF_NEWER, update_notetypes=IF_NEWER)
        request = ImportAnkiPackageRequest(package_path=os.path.abspath(package), options=options)
        return self.log(self.collection.import_anki_package(request).log)

    def import_text(self, text):
        path = os.path.abspath(text)
        request = ImportCsvRequest(path=path, metadata=self.collection.get_csv_metadata(path, None))
        return self.log(self.collection.import_csv(request).log)

    def log(self, log):
        return {name: len(getattr(log, name)) for name in LOG if len(getattr(log, name))}

    def notes(self):
        names = {deck.id: deck.name for deck in self.collection.decks.all_names_and_ids()}
        return facts_of(self.collection.db.all(ROWS), names)

    def everything(self):
        all_of = self.collection.db.all
        return dict(
            notes=all_of("select id, guid, mid, mod, tags, flds, cast(sfld as text), csum from notes order by id"),
            cards=all_of("select id, nid, did, ord, type, queue, due, ivl, reps, lapses from cards order by id"),
            decks=sorted(deck.name for deck in self.collection.decks.all_names_and_ids()),
            note_types=sorted(kind.name for kind in self.collection.models.all_names_and_ids()),
        )

    def states(self):
        collection = self.collection
        found = {collection.get_note(id).guid: STATES[collection.get_note(id).fields_check()] for id in collection.find_notes("")}
        return {guid: state for guid, state in found.items() if state != "normal"}

    def study_order(self, deck):
        """Guids in the order their new cards would be learned, daily limits lifted."""
        collection = self.collection
        deck_id = collection.decks.id_for_name(deck)
        preset = collection.decks.config_dict_for_deck_id(deck_id)
        preset["new"]["perDay"] = 9999
        collection.decks.update_config(preset)
        collection.decks.set_current(deck_id)
        queued = collection.sched.get_queued_cards(fetch_limit=9999).cards
        return [collection.get_note(card.card.note_id).guid for card in queued if card.queue == NEW]

    def shown(self):
        """Front and back of each card by guid; megabytes are left out."""
        shown = {}
        for id in self.collection.find_cards("", order="c.ord"):
            card = self.collection.get_card(id)
            rendered = card.render_output()
            sides = [rendered.question_text, rendered.answer_text]
            if sum(map(len, sides)) < 20_000:
                shown.setdefault(card.note().guid, []).append([card.ord, *sides])
        return shown

    def comparisons(self):
        """What a learner sees who types exactly what was asked for, by guid."""
        notes = [self.collection.get_note(id) for id in self.collection.find_notes("Typed:_*")]
        return {note.guid: self.collection.compare_answer(note["Typed"], html.unescape(note["Typed"])) for note in notes}

    def played(self):
        played = set()
        for id in self.collection.find_cards(""):
            card = self.collection.get_card(id)
            played.update(getattr(tag, "filename", str(tag)) for tag in card.question_av_tags() + card.answer_av_tags())
        return sorted(played)

    def bad_renderings(self):
        bad = []
        for id in self.collection.find_cards(""):
            card = self.collection.get_card(id)
            shown = card.render_output()
            if "templates/errors" in shown.question_text + shown.answer_text:
                bad.append(card.note().guid)
            if not shown.question_text.strip():
                bad.append(card.note().guid)
        return bad


@contextmanager
def anki(*packages):
    with tempfile.TemporaryDirectory() as folder:
        opened = Anki(folder)
        try:
            for package in packages:
                opened.import_package(package)
            yield opened
        finally:
            opened.collection.close()


def changed(before, after):
    return [part for part in before if before[part] != after[part]]


def report(package, text=None):
    file = in_file(package)
    facts = dict(file=file, requirements_in_file=requirements_in_file(package))
    with anki() as opened:
        facts["imported"] = opened.import_package(package)
        facts["collection"] = opened.notes()
        everything = opened.everything()
        facts["decks"] = everything["decks"]
        facts["note_types"] = everything["note_types"]
        facts["requirements"] = {
            model["name"]: model["req"] for model in opened.collection.models.all() if model["name"] in facts["requirements_in_file"]
        }
        facts["imported_again"] = opened.import_package(package)
        facts["changed_by_importing_again"] = changed(everything, opened.everything())
        facts["states"] = opened.states()
        facts["shown"] = opened.shown()
        facts["comparisons"] = opened.comparisons()
        facts["bad_renderings"] = opened.bad_renderings()
        facts["played"] = opened.played()
        facts["empty_cards"] = opened.collection._backend.get_empty_cards().report
        media = opened.collection.media.check()
        facts["media"] = list(media.missing) + list(media.unused)
        message, _ = opened.collection.fix_integrity()
        facts["database_check"] = message
        facts["changed_by_database_check"] = changed(everything, opened.everything())
        deck_names = sorted({deck for note in file.values() for _, deck, _ in note["cards"]})
        facts["study_order"] = [guid for deck in deck_names for guid in opened.study_order(deck)]
    if text:
        with anki(package) as opened:
            before = opened.everything()
            facts["text_over_package"] = opened.import_text(text)
            facts["changed_by_text"] = changed(before, opened.everything())
        with anki(package) as opened:
            opened.collection.remove_notes(opened.collection.find_notes(""))
            facts["text_alone"] = opened.import_text(text)
            facts["collection_of_text"] = opened.notes()
    return facts


if __name__ == "__main__":
    json.dump(report(*sys.argv[1:]), sys.stdout)
