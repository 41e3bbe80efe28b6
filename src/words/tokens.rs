//! Texts to words. A run makes millions of them, so they stand in one buffer, and text of plain ASCII, which has one
//! normal form only, is not normalised.

use std::ops::Range;

use foldhash::HashMap;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfkc_quick};

/// Bytes of a word with the space behind it, in most languages.
const USUAL_LENGTH: usize = 5;

/// The words of a text in order, with a space between two.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    text: String,
    tokens: Vec<Token>,
}

/// A word, and what its writing told before it was lower case.
#[derive(Debug)]
struct Token {
    /// Where it stands in the buffer, in bytes.
    range: Range<usize>,
    kind: Kind,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    #[default]
    Word,
    /// Two letters or more, all of them capitals: an abbreviation, or an operator of a language.
    Capitals,
    /// Such an abbreviation with a small `s` behind it.
    Plural,
    /// A code span with its backticks.
    Code,
}

impl Tokens {
    pub(super) fn of(text: &str) -> Self {
        let words = text.len() / USUAL_LENGTH + 1;
        let mut tokens = Self { text: String::with_capacity(text.len() + 1), tokens: Vec::with_capacity(words) };
        let mut plain_from = 0;
        for code in code_spans(text) {
            tokens.add_plain(text.get(plain_from..code.start).unwrap_or_default());
            tokens.add(text.get(code.clone()).unwrap_or_default(), Kind::Code);
            plain_from = code.end;
        }
        tokens.add_plain(text.get(plain_from..).unwrap_or_default());
        tokens.text.pop();
        // Where everything is in capitals, they tell nothing.
        if tokens.tokens.len() > 2 && !text.chars().any(char::is_lowercase) {
            for token in tokens.tokens.iter_mut().filter(|token| token.kind == Kind::Capitals) {
                token.kind = Kind::Word;
            }
        }
        tokens
    }

    /// All words with a space between two.
    pub(super) fn into_text(self) -> String {
        self.text
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, Kind)> + Clone {
        self.tokens.iter().map(|token| (self.text.get(token.range.clone()).unwrap_or_default(), token.kind))
    }

    fn add(&mut self, token: &str, kind: Kind) {
        let start = self.text.len();
        self.text.push_str(token);
        self.end(start, kind);
    }

    /// What was pushed to the buffer since `start` is a word.
    fn end(&mut self, start: usize, kind: Kind) {
        self.tokens.push(Token { range: start..self.text.len(), kind });
        self.text.push(' ');
    }

    /// The words of a text without code.
    fn add_plain(&mut self, text: &str) {
        if is_normal(text) {
            return self.add_normal(text);
        }
        let normal: String = text.nfkc().filter(|&character| !is_unseen(character)).collect();
        self.add_normal(&normal);
    }

    /// The same of a text in its normal form.
    fn add_normal(&mut self, text: &str) {
        let mut word = Word::at(self.text.len());
        let mut characters = text.chars();
        loop {
            let rest = characters.as_str();
            let run = word.push_ascii(rest, &mut self.text);
            if run > 0 {
                characters = rest.get(run..).unwrap_or_default().chars();
            }
            let Some(character) = characters.next() else { break };
            if character == ' ' {
                word.end(self);
                continue;
            }
            let next = || characters.clone().next();
            if is_ideograph(character) {
                word.end(self);
                self.add(character.encode_utf8(&mut [0; 4]), Kind::Word);
                word = Word::at(self.text.len());
            } else if is_word_part(character) {
                word.push(character, &mut self.text);
            } else if joins(character) && !word.text(self).is_empty() && next().is_some_and(is_word_part) {
                let between_digits = word.text(self).ends_with(|c: char| c.is_ascii_digit())
                    && next().is_some_and(|next| next.is_ascii_digit());
                if between_digits && character == '.' {
                    self.text.push('.');
                } else if between_digits {
                    word.end(self);
                }
            } else if is_operator(character) {
                let behind = characters.as_str().trim_start_matches(is_operator);
                let run = rest.get(run..rest.len() - behind.len()).unwrap_or_default();
                characters = behind.chars();
                self.add_operator(&mut word, run, behind.chars().next());
            } else {
                word.end(self);
            }
        }
        word.end(self);
    }

    /// `C++` and `C#` are words; `==` alone is one; the stars of a torn emphasis and a final `!` are nothing.
    fn add_operator(&mut self, word: &mut Word, run: &str, next: Option<char>) {
        let before = word.text(self).len();
        let after_word = before > 0;
        let before_word = next.is_some_and(is_word_part);
        let is_suffix = after_word && !before_word && before <= 2 && matches!(run, "+" | "++" | "#");
        if is_suffix {
            self.text.push_str(run);
            return word.end(self);
        }
        word.end(self);
        let torn_emphasis = run.chars().all(|c| matches!(c, '*' | '~')) && (after_word || before_word);
        let exclamation = run.chars().all(|c| c == '!');
        if !torn_emphasis && !exclamation {
            self.add(if run == "&" { "and" } else { run }, Kind::Word);
            *word = Word::at(self.text.len());
        }
    }
}

/// A word as it is read, at the end of the buffer.
#[derive(Default)]
struct Word {
    start: usize,
    letters: usize,
    capitals: usize,
    /// The last character is an `s`.
    small_s: bool,
}

impl Word {
    fn at(start: usize) -> Self {
        Self { start, ..Self::default() }
    }

    fn text<'t>(&self, tokens: &'t Tokens) -> &'t str {
        tokens.text.get(self.start..).unwrap_or_default()
    }

    fn push(&mut self, character: char, text: &mut String) {
        self.small_s = character == 's';
        self.letters += usize::from(character.is_alphabetic());
        self.capitals += usize::from(character.is_uppercase());
        match character {
            // In lower case it would keep a dot of its own.
            'İ' => text.push('i'),
            _ => text.extend(character.to_lowercase()),
        }
    }

    /// The letters and digits of ASCII that a text begins with; gives how many there are.
    fn push_ascii(&mut self, rest: &str, text: &mut String) -> usize {
        let (mut length, mut digits, mut capitals) = (0, 0, 0);
        for byte in rest.bytes() {
            match byte {
                b'a'..=b'z' => {}
                b'A'..=b'Z' => capitals += 1,
                b'0'..=b'9' => digits += 1,
                _ => break,
            }
            length += 1;
        }
        let run = rest.get(..length).unwrap_or_default();
        if run.is_empty() {
            return 0;
        }
        let start = text.len();
        text.push_str(run);
        self.letters += length - digits;
        self.capitals += capitals;
        self.small_s = run.ends_with('s');
        if let Some(run) = text.get_mut(start..).filter(|_| capitals > 0) {
            run.make_ascii_lowercase();
        }
        length
    }

    fn end(&mut self, tokens: &mut Tokens) {
        if tokens.text.len() > self.start {
            let kind = match self.letters {
                2.. if self.letters == self.capitals => Kind::Capitals,
                3.. if self.letters == self.capitals + 1 && self.small_s => Kind::Plural,
                _ => Kind::Word,
            };
            tokens.end(self.start, kind);
        }
        *self = Self::at(tokens.text.len());
    }
}

/// Whether a text is its own normal form, as far as a quick look tells, and has no character that is not seen.
fn is_normal(text: &str) -> bool {
    text.is_ascii() || (is_nfkc_quick(text.chars()) == IsNormalized::Yes && !text.chars().any(is_unseen))
}

/// From a run of backticks to the next one of the same length, with both.
fn code_spans(text: &str) -> Vec<Range<usize>> {
    if memchr::memchr(b'`', text.as_bytes()).is_none() {
        return Vec::new();
    }
    let mut runs: Vec<Range<usize>> = Vec::new();
    for (at, _) in text.match_indices('`') {
        match runs.last_mut().filter(|run| run.end == at) {
            Some(run) => run.end += 1,
            None => runs.push(at..at + 1),
        }
    }
    if runs.len() < 2 {
        return Vec::new();
    }
    let mut by_length: HashMap<usize, Vec<usize>> = HashMap::default();
    for run in &runs {
        by_length.entry(run.len()).or_default().push(run.start);
    }
    let mut spans: Vec<Range<usize>> = Vec::new();
    for run in &runs {
        let is_inside = spans.last().is_some_and(|span| run.start < span.end);
        let same = by_length.get(&run.len()).filter(|_| !is_inside);
        let closer = same.and_then(|starts| starts.get(starts.partition_point(|start| *start <= run.start)));
        spans.extend(closer.map(|closer| run.start..closer + run.len()));
    }
    spans
}

fn is_word_part(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_alphanumeric();
    }
    character.is_alphanumeric() || unicode_normalization::char::is_combining_mark(character)
}

fn joins(character: char) -> bool {
    matches!(character, '\'' | '’' | '‘' | 'ʼ' | '-' | '‐' | '‑' | '.' | '_')
}

pub(super) fn is_operator(character: char) -> bool {
    matches!(character, '=' | '!' | '<' | '>' | '&' | '|' | '+' | '*' | '%' | '^' | '~' | '#' | '@' | '$')
}

/// What some write and others leave out, and nobody reads: soft hyphens, joiners and marks of direction, the stroke that
/// makes an Arabic word longer, the vowel signs of Arabic and Hebrew.
fn is_unseen(character: char) -> bool {
    matches!(
        u32::from(character),
        0xad | 0x200b..=0x200f | 0x202a..=0x202e | 0x2060 | 0x2066..=0x2069 | 0xfeff
            | 0x640 | 0x64b..=0x652 | 0x670
            | 0x591..=0x5bd | 0x5bf | 0x5c1 | 0x5c2 | 0x5c4 | 0x5c5 | 0x5c7
    )
}

/// Scripts that write without spaces: each character counts as a word. The dot between Japanese words does not.
pub(crate) fn is_ideograph(character: char) -> bool {
    character >= '\u{3040}'
        && !matches!(character, '・' | '゠')
        && matches!(u32::from(character), 0x3040..=0x30ff | 0x3400..=0x4dbf | 0x4e00..=0x9fff | 0xf900..=0xfaff | 0x20000..=0x3ffff)
}
