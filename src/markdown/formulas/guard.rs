//! What reads like a formula. Between two dollar signs may stand prices, variables of a shell, or prose.

/// Words of English prose; none stands in a formula outside of `\text{…}`.
const PROSE: [&str; 34] = [
    "and", "are", "as", "be", "but", "by", "can", "each", "for", "from", "has", "have", "her", "his", "is", "it",
    "its", "of", "or", "per", "than", "that", "the", "their", "this", "to", "was", "we", "were", "will", "with",
    "would", "you", "your",
];

/// Names of functions, which people type without a backslash.
const FUNCTIONS: [&str; 22] = [
    "arg", "argmax", "argmin", "cos", "cov", "deg", "det", "dim", "exp", "gcd", "inf", "lim", "ln", "log", "max",
    "min", "mod", "sin", "sup", "tan", "tanh", "var",
];

/// Commands whose arguments are words.
const OF_WORDS: [&str; 14] = [
    "begin",
    "end",
    "label",
    "mathbb",
    "mathbf",
    "mathcal",
    "mathit",
    "mathrm",
    "mathsf",
    "mathtt",
    "operatorname",
    "tag",
    "text",
    "mbox",
];

/// What is code, not mathematics.
const CODE: [&str; 10] = [";", "\"", "->", "=>", "&&", "||", "==", "://", "</", "<br"];

/// What may be found in the text of a formula.
#[derive(Debug, Default)]
struct Signs {
    /// `\alpha`, but not `\d` of a regular expression.
    command: bool,
    /// `x_1`, `x^2`
    script: bool,
    operator: bool,
    /// A letter or digit.
    named: bool,
    /// Every bracket has its partner.
    balanced: bool,
    /// Words of two letters or more, without names of functions.
    words: Vec<String>,
    /// A word of prose stands in it.
    prose: bool,
    /// Two words stand side by side.
    phrase: bool,
    /// A delimiter of formulas stands in it, or a brace without its partner, or a bracket that ends something.
    delimiter: bool,
}

/// Between single dollar signs.
pub(super) fn is_inline(tex: &str) -> bool {
    let signs = signs(tex);
    let is_amount = tex.starts_with(|first: char| first.is_ascii_digit());
    if !signs.may_be() || tex.trim() != tex || (is_amount && signs.prose) {
        return false;
    }
    if signs.command {
        return true;
    }
    let is_listed = tex.ends_with([',', '.', ':', '、', '，', '。', '：', '/']);
    let is_code = is_listed || is_path(tex) || CODE.iter().any(|sign| tex.contains(sign));
    let is_price = is_amount && (tex.contains(['–', '—', '→', '…', '€', '£', '"', '%']) || ends_in_a_currency(tex));
    !is_code && !is_price && signs.balanced && signs.named && (signs.operator || signs.is_short()) && !is_name(tex)
}

/// Between two dollar signs each, or in brackets with backslashes, in a line with other text.
pub(super) fn is_display(tex: &str) -> bool {
    let signs = signs(tex);
    signs.may_be() && signs.named && (signs.command || (signs.balanced && (signs.operator || signs.is_short())))
}

/// In parentheses with backslashes.
pub(super) fn is_in_parentheses(tex: &str) -> bool {
    let signs = signs(tex);
    let is_word = !signs.words.is_empty() && !signs.operator && !signs.script;
    signs.may_be() && signs.named && (signs.command || !is_word)
}

/// In brackets with backslashes: `\[1\]` and `\[x\]` are brackets that shall be no link.
pub(super) fn is_in_brackets(tex: &str, is_alone: bool) -> bool {
    let signs = signs(tex);
    signs.may_be() && signs.named && (signs.command || (is_alone && (signs.operator || signs.script)))
}

/// Between lines of two dollar signs, with blank lines in it or not.
pub(super) fn is_block(tex: &str, has_blank_lines: bool) -> bool {
    let signs = signs(tex);
    let is_title = |line: &str| line.trim_start().starts_with("# ") || line.trim_start().starts_with("##");
    !tex.trim().is_empty() && !signs.delimiter && (!has_blank_lines || (signs.command && !tex.lines().any(is_title)))
}

impl Signs {
    fn may_be(&self) -> bool {
        !self.delimiter && (self.command || !(self.prose || self.phrase))
    }

    /// Single letters, or one name of at most three: `TP`.
    fn is_short(&self) -> bool {
        match self.words.as_slice() {
            [] => true,
            [word] => word.chars().count() <= 3,
            _ => false,
        }
    }
}

/// `1,000 US` before the dollar sign of `US$`.
fn ends_in_a_currency(tex: &str) -> bool {
    let last = tex.rsplit([' ', '(', ',', '/']).next().unwrap_or_default();
    last.len() < tex.len() && !last.is_empty() && last.chars().all(|c| c.is_ascii_uppercase())
}

/// `Foo::bar`, `x :: Int`; between letters and numbers, `::` is a ratio.
fn is_path(tex: &str) -> bool {
    let is_letter = |c: &char| c.is_alphabetic();
    tex.match_indices("::").any(|(at, sign)| {
        let (before, behind) = (tex.get(..at).unwrap_or_default(), tex.get(at + sign.len()..).unwrap_or_default());
        before.trim_end().chars().rev().take_while(is_letter).count() > 1
            || behind.trim_start().chars().take_while(is_letter).count() > 1
    })
}

/// `user_name`, `HOME/bin`: words joined by nothing but signs that join words.
fn is_name(tex: &str) -> bool {
    let parts = tex.split(['_', '/', '.', '-', ':']);
    let mut parts = parts.filter(|part| !part.is_empty()).peekable();
    let is_word = |part: &str| part.chars().count() > 1 && part.chars().all(char::is_alphabetic);
    parts.peek().is_some() && tex.chars().count() > 3 && parts.all(is_word)
}

fn signs(tex: &str) -> Signs {
    let mut signs = Signs { balanced: true, ..Signs::default() };
    let (mut braces, mut brackets) = (0_i32, 0_i32);
    let mut side_by_side = 0;
    let mut rest = tex;
    while let Some(first) = rest.chars().next() {
        let behind = rest.get(first.len_utf8()..).unwrap_or_default();
        rest = behind;
        match first {
            '\\' => rest = signs.backslash(behind),
            '_' | '^' => {
                (signs.script, signs.operator) = (true, true);
                rest = group(behind).map_or(behind, |(_, rest)| rest);
            }
            '{' => braces += 1,
            '}' => braces -= 1,
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            _ if first.is_alphabetic() => {
                let length = behind.find(|c: char| !c.is_alphabetic()).unwrap_or(behind.len());
                let (word, after) = behind.split_at_checked(length).unwrap_or((behind, ""));
                signs.named = true;
                side_by_side = if signs.word(format!("{first}{word}")) { side_by_side + 1 } else { 0 };
                signs.phrase |= side_by_side > 1;
                rest = after;
                continue;
            }
            _ => {}
        }
        signs.named |= first.is_ascii_digit();
        signs.operator |= "=+-−<>()|*/,!≤≥≠≈·×".contains(first);
        signs.balanced &= brackets >= 0;
        signs.delimiter |= braces < 0;
        if !first.is_whitespace() {
            side_by_side = 0;
        }
    }
    signs.balanced &= brackets == 0;
    // The second is the end of Anki's own `[$]`.
    signs.delimiter |= braces != 0 || tex.starts_with(']');
    signs
}

impl Signs {
    /// Takes what stands behind a backslash; gives the rest.
    fn backslash<'a>(&mut self, behind: &'a str) -> &'a str {
        let length = behind.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(behind.len());
        let (name, rest) = behind.split_at_checked(length).unwrap_or((behind, ""));
        if name.is_empty() {
            self.delimiter |= behind.starts_with(['(', ')', '[', ']']);
            let next = behind.chars().next().map_or(0, char::len_utf8);
            return behind.get(next..).unwrap_or_default();
        }
        self.command |= name.len() > 1;
        self.named |= name.len() > 1;
        if !OF_WORDS.contains(&name) {
            return rest;
        }
        group(rest).map_or(rest, |(_, rest)| rest)
    }

    /// Takes a word; whether it is one of two letters or more.
    fn word(&mut self, word: String) -> bool {
        let lower = word.to_lowercase();
        self.prose |= PROSE.binary_search(&lower.as_str()).is_ok();
        let is_word = word.chars().count() > 1 && !FUNCTIONS.contains(&lower.as_str());
        if is_word {
            self.words.push(word);
        }
        is_word
    }
}

/// What stands between braces at the start of a text, and what follows.
fn group(text: &str) -> Option<(&str, &str)> {
    let inside = text.strip_prefix('{')?;
    let mut depth = 1_usize;
    for (at, character) in inside.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return inside.split_at_checked(at).map(|(inside, rest)| (inside, rest.get(1..).unwrap_or_default()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_prose_are_sorted_for_the_search() {
        assert!(PROSE.is_sorted());
    }
}
