"""What becomes of a learner's collection when later builds of the same decks are imported, as JSON.

    python reimport.py PLAN

The plan is JSON: `imports` has the packages of each build, `learner` what the learner does after the first import (how
many cards to `answer` and how many more to give a `due` date, which tag to give and which field to write by question),
and `searches` what to look for in the end. The first state is that after the learner, the others follow an import each.
"""

import json
import os
import sys

from anki_report import anki

# Again is among them, so that some cards are still being learned while others are reviewed.
RATINGS = [3, 4, 1, 2]

SCHEDULING = "type, queue, due, ivl, factor, reps, lapses, left, odue, odid, flags, data"


def learn(opened, learner):
    collection = opened.collection
    learn_in_all_decks(opened)
    for turn in range(learner.get("answer", 0)):
        collection.sched.answerCard(collection.sched.getCard(), RATINGS[turn % len(RATINGS)])
    new = collection.find_cards("is:new", order="c.due")[: learner.get("due", 0)]
    if new:
        collection.sched.set_due_date(new, "5")
    for question, tag in learner.get("tag", {}).items():
        change(collection, question, lambda note: note.tags.append(tag))
    for question, (field, text) in learner.get("edit", {}).items():
        change(collection, question, lambda note: note.__setitem__(field, text))


def learn_in_all_decks(opened):
    """Makes the deck above all imported ones the current one."""
    decks = opened.collection.decks
    names = sorted(decks.name(id) for id in opened.collection.db.list("select distinct did from cards"))
    decks.set_current(decks.id_for_name(names[0].split("::")[0]))


def change(collection, question, edit):
    [note] = [note for note in all_notes(collection) if note.fields[0] == question]
    edit(note)
    collection.update_note(note)


def all_notes(collection):
    return [collection.get_note(id) for id in collection.find_notes("")]


def style(collection, kind):
    # Not by `collection.models`, which remembers what it was before the import.
    return json.loads(collection._backend.get_notetype_legacy(kind))["css"]


def media(collection):
    folder = collection.media.dir()
    found = {}
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found[name] = file.read().hex()
    return found


def state(opened, log):
    collection = opened.collection
    guids = dict(collection.db.all("select id, guid from notes"))
    decks = {deck.id: deck.name for deck in collection.decks.all_names_and_ids()}
    cards = collection.db.all(f"select id, nid, did, ord, {SCHEDULING} from cards order by id")
    used = sorted({decks[card[2]] for card in cards})
    return dict(
        log=log,
        reviews=collection.db.all("select * from revlog order by id"),
        cards={str(id): [guids[note], decks[deck], ordinal, *scheduling] for id, note, deck, ordinal, *scheduling in cards},
        notes={
            note.guid: dict(question=note.fields[0], answer=note.fields[1], section=note.fields[3], tags=sorted(note.tags))
            for note in all_notes(collection)
        },
        looks={kind.name: style(collection, kind.id) for kind in collection.models.all_names_and_ids() if kind.name.startswith("deckc")},
        media=media(collection),
        study_order=[guid for deck in used for guid in opened.study_order(deck)],
    )


def report(plan):
    first, *later = plan["imports"]
    with anki(*first) as opened:
        learn(opened, plan["learner"])
        states = [state(opened, {})]
        for packages in later:
            log = {}
            for package in packages:
                for name, count in opened.import_package(package).items():
                    log[name] = log.get(name, 0) + count
            states.append(state(opened, log))
        collection = opened.collection
        found = [[collection.get_note(id).guid for id in collection.find_notes(search)] for search in plan.get("searches", [])]
    return dict(states=states, found=found)


if __name__ == "__main__":
    json.dump(report(json.loads(sys.argv[1])), sys.stdout)
