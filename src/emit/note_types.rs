//! The two kinds of notes deckc gives to Anki, decided for good.
//!
//! Anki knows a note type, a field or a template by its number. A field or template added to a type that people have
//! already imported makes the type "conflicting": their notes are never updated again. So the lists below never change;
//! fields that nothing fills yet, and three in reserve, are there from the first release. The HTML of a template and the
//! style sheet may change, and reach people when [`MODIFIED`] is raised.

/// When the templates or the style sheet last changed, in seconds since 1970. Raise it whenever one of them changes, or
/// Anki keeps the old ones; a test notices when it was forgotten.
pub(crate) const MODIFIED: i64 = 1_795_541_400;

/// The look of every card.
pub(crate) use crate::render::STYLE;

/// A style sheet and since when it is that: Anki takes a look that is newer than its own, and touches no note for it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Look<'a> {
    pub(crate) style: &'a str,
    /// In seconds since 1970.
    pub(crate) modified: i64,
}

/// The look of today.
pub(crate) const LOOK: Look<'static> = Look { style: STYLE, modified: MODIFIED };

/// What Anki calls a note type.
#[derive(Debug)]
pub(crate) struct NoteType {
    /// What Anki knows it by.
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    /// Whether cards come from the cloze deletions in the first field rather than from the templates.
    pub(crate) is_cloze: bool,
    pub(crate) fields: &'static [Field],
    pub(crate) templates: &'static [Template],
}

/// A part of a note.
#[derive(Debug)]
pub(crate) struct Field {
    /// What Anki knows it by.
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    /// Shown in Anki's editor while the field is empty.
    pub(crate) description: &'static str,
    /// Whether Anki's editor folds it away.
    pub(crate) folded: bool,
}

/// What makes a card of a note. `shown_if` and `any_of` say in numbers of fields what the front says in Anki's template
/// language, so that the cards in a package are exactly those Anki would make.
#[derive(Debug)]
pub(crate) struct Template {
    /// What Anki knows it by.
    pub(crate) id: i64,
    pub(crate) name: &'static str,
    pub(crate) front: &'static str,
    pub(crate) back: &'static str,
    /// The field that must not be blank.
    pub(crate) shown_if: Option<usize>,
    /// Fields on the front, of which one must not be blank.
    pub(crate) any_of: &'static [usize],
}

/// Where the fields of `deckc Basic` stand.
pub(crate) mod basic {
    pub(crate) const QUESTION: usize = 0;
    pub(crate) const ANSWER: usize = 1;
    pub(crate) const SECTION: usize = 3;
    pub(crate) const REVERSE: usize = 6;
    pub(crate) const TYPED: usize = 7;
    pub(crate) const OPTIONS: usize = 8;
    pub(crate) const HINT: usize = 9;
    pub(crate) const DIRECTION: usize = 10;
    pub(crate) const RESERVED: usize = 13;
}

/// Where the fields of `deckc Cloze` stand.
pub(crate) mod cloze {
    pub(crate) const TEXT: usize = 0;
    pub(crate) const EXTRA: usize = 1;
    pub(crate) const SECTION: usize = 2;
    pub(crate) const HINT: usize = 5;
    pub(crate) const DIRECTION: usize = 6;
}

macro_rules! place {
    () => {
        r#"{{#Section}}<p class="where" dir="auto">{{Section}}{{#Number}} · {{Number}}{{/Number}}</p>{{/Section}}"#
    };
}

/// The direction of a text: as the note says, or as its first letter does.
macro_rules! directed {
    ($class:literal, $field:literal) => {
        concat!(
            r#"<div class=""#,
            $class,
            r#"" dir="{{Direction}}{{^Direction}}auto{{/Direction}}">"#,
            $field,
            "</div>"
        )
    };
}

macro_rules! question {
    () => {
        directed!("question", "{{Question}}")
    };
}

macro_rules! answer {
    () => {
        directed!("answer", "{{Answer}}")
    };
}

macro_rules! gaps {
    () => {
        directed!("text", "{{cloze:Text}}")
    };
}

macro_rules! hint {
    () => {
        r#"{{#Hint}}<div class="hint" dir="auto">{{hint:Hint}}</div>{{/Hint}}"#
    };
}

macro_rules! extra_and_source {
    () => {
        concat!(
            "{{#Extra}}",
            directed!("extra", "{{Extra}}"),
            "{{/Extra}}",
            r#"{{#Source}}<p class="source">{{Source}}</p>{{/Source}}"#
        )
    };
}

const fn field(id: i64, name: &'static str, description: &'static str) -> Field {
    Field { id, name, description, folded: false }
}

const fn spare(id: i64, name: &'static str, description: &'static str) -> Field {
    Field { id, name, description, folded: true }
}

const RESERVED: &str = "kept free for later versions of deckc";

/// A question and its answer.
pub(crate) static BASIC: NoteType = NoteType {
    id: 1_722_790_296_128,
    name: "deckc Basic",
    is_cloze: false,
    fields: &[
        field(1_632_089_968_224_239, "Question", ""),
        field(3_105_423_096_767_854, "Answer", ""),
        field(8_074_309_705_051_752, "Extra", "shown below the answer"),
        field(1_620_621_686_530_712, "Section", "shown above the question"),
        field(3_183_006_173_175_258, "Number", "shown after the section"),
        field(5_110_522_991_523_171, "Source", "shown below the answer"),
        spare(5_884_645_580_805_143, "Reverse", "any text here makes a card from answer to question"),
        spare(6_547_171_921_136_952, "Typed", "what is to be typed; the card then asks for it"),
        spare(3_768_904_774_382_508, "Options", "choices shown below the question"),
        spare(1_894_770_296_838_735, "Hint", "shown on demand"),
        spare(7_488_633_860_643_809, "Direction", "`rtl` where the text runs from right to left"),
        spare(3_159_147_355_314_967, "Reserved 1", RESERVED),
        spare(8_059_651_978_423_568, "Reserved 2", RESERVED),
        spare(4_751_108_492_032_802, "Reserved 3", RESERVED),
    ],
    templates: &[
        Template {
            id: 8_688_081_298_489_773,
            name: "Question",
            front: concat!(
                r#"<div class="deckc">"#,
                place!(),
                question!(),
                "{{#Options}}",
                directed!("options", "{{Options}}"),
                "{{/Options}}",
                hint!(),
                "{{#Typed}}{{type:Typed}}{{/Typed}}</div>"
            ),
            // The front of a typed card would repeat the box to type in. Typing makes no card of its own: one that is to be
            // typed from today on, or no longer, keeps its reviews.
            back: concat!(
                r#"{{^Typed}}{{FrontSide}}{{/Typed}}{{#Typed}}<div class="deckc">"#,
                place!(),
                question!(),
                r#"</div>{{/Typed}}<hr id="answer"><div class="deckc">"#,
                r#"{{#Typed}}<div class="typed">{{type:Typed}}</div>{{/Typed}}"#,
                answer!(),
                extra_and_source!(),
                "</div>"
            ),
            shown_if: None,
            any_of: &[basic::QUESTION, basic::SECTION, basic::TYPED, basic::OPTIONS, basic::HINT, basic::DIRECTION],
        },
        Template {
            id: 6_043_895_178_321_674,
            name: "Answer to question",
            front: concat!(
                r#"{{#Reverse}}<div class="deckc">"#,
                place!(),
                directed!("answer prompt", "{{Answer}}"),
                "</div>{{/Reverse}}"
            ),
            back: concat!(
                r#"{{FrontSide}}<hr id="answer"><div class="deckc">"#,
                question!(),
                extra_and_source!(),
                "</div>"
            ),
            shown_if: Some(basic::REVERSE),
            any_of: &[basic::ANSWER, basic::SECTION, basic::DIRECTION],
        },
        Template {
            id: 4_986_060_461_926_545,
            name: "Reserved",
            front: "{{#Reserved 3}}{{Reserved 3}}{{/Reserved 3}}",
            back: "{{FrontSide}}",
            shown_if: Some(basic::RESERVED),
            any_of: &[basic::RESERVED],
        },
    ],
};

/// A text with gaps.
pub(crate) static CLOZE: NoteType = NoteType {
    id: 1_706_660_385_871,
    name: "deckc Cloze",
    is_cloze: true,
    fields: &[
        field(4_071_329_909_872_385, "Text", ""),
        field(7_016_035_657_076_897, "Extra", "shown below the answer"),
        field(7_243_010_207_108_596, "Section", "shown above the text"),
        field(6_693_193_126_484_606, "Number", "shown after the section"),
        field(6_126_840_701_165_320, "Source", "shown below the answer"),
        spare(3_368_080_898_183_938, "Hint", "shown on demand"),
        spare(3_847_775_601_407_077, "Direction", "`rtl` where the text runs from right to left"),
        spare(3_667_528_933_027_147, "Reserved 1", RESERVED),
        spare(2_296_051_614_550_301, "Reserved 2", RESERVED),
        spare(1_214_538_973_584_495, "Reserved 3", RESERVED),
    ],
    templates: &[Template {
        id: 6_357_925_346_780_738,
        name: "Cloze",
        front: concat!(r#"<div class="deckc">"#, place!(), gaps!(), hint!(), "</div>"),
        // Not {{FrontSide}}: the gaps must be filled.
        back: concat!(r#"<div class="deckc">"#, place!(), gaps!(), extra_and_source!(), "</div>"),
        shown_if: None,
        any_of: &[cloze::TEXT, cloze::SECTION, cloze::HINT, cloze::DIRECTION],
    }],
};

/// All of them.
pub(crate) static ALL: [&NoteType; 2] = [&BASIC, &CLOZE];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_lists_of_fields_never_change() {
        let names =
            |note_type: &NoteType| note_type.fields.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
        assert_eq!(
            names(&BASIC),
            "Question, Answer, Extra, Section, Number, Source, Reverse, Typed, Options, Hint, Direction, Reserved 1, \
             Reserved 2, Reserved 3"
        );
        assert_eq!(
            names(&CLOZE),
            "Text, Extra, Section, Number, Source, Hint, Direction, Reserved 1, Reserved 2, Reserved 3"
        );
        for (at, name) in [
            (basic::QUESTION, "Question"),
            (basic::ANSWER, "Answer"),
            (basic::SECTION, "Section"),
            (basic::REVERSE, "Reverse"),
            (basic::TYPED, "Typed"),
            (basic::OPTIONS, "Options"),
            (basic::HINT, "Hint"),
            (basic::DIRECTION, "Direction"),
            (basic::RESERVED, "Reserved 3"),
        ] {
            assert_eq!(BASIC.fields[at].name, name);
        }
        for (at, name) in [
            (cloze::TEXT, "Text"),
            (cloze::EXTRA, "Extra"),
            (cloze::SECTION, "Section"),
            (cloze::HINT, "Hint"),
            (cloze::DIRECTION, "Direction"),
        ] {
            assert_eq!(CLOZE.fields[at].name, name);
        }
    }

    #[test]
    fn no_number_is_given_twice_and_javascript_can_hold_each() {
        let mut seen = BTreeSet::new();
        for note_type in ALL {
            let fields = note_type.fields.iter().map(|field| field.id);
            let templates = note_type.templates.iter().map(|template| template.id);
            for id in fields.chain(templates).chain([note_type.id]) {
                assert!(seen.insert(id), "{id} is given twice");
                assert!(0 < id && id < 1 << 53);
            }
        }
    }

    /// When this fails because a template or the style sheet changed: raise [`MODIFIED`] to the time of the change, and
    /// put the new hash here.
    #[test]
    fn a_changed_look_raises_modified() {
        let mut hasher = blake3::Hasher::new();
        hasher.update(STYLE.replace("\r\n", "\n").as_bytes());
        for template in ALL.iter().flat_map(|note_type| note_type.templates) {
            hasher.update(template.front.as_bytes()).update(template.back.as_bytes());
        }
        let hash = hasher.finalize().to_hex();
        assert_eq!(
            hash.get(..16),
            Some(HASH),
            "the look of cards changed: raise `MODIFIED` in src/emit/note_types.rs and set `HASH` to the new hash"
        );
    }

    const HASH: &str = "98b80071db0652a4";
}
