//! The key of plain text: most titles are letters, digits and punctuation of ASCII, and are read byte by byte.

/// The [`key`](super::key) of a text without code, operators and other letters; none of any other text.
pub(super) fn key(text: &str) -> Option<String> {
    let mut key: Vec<u8> = Vec::with_capacity(text.len() + 1);
    let mut is_in_word = false;
    let mut rest = text.as_bytes();
    loop {
        let length = rest.iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let (run, behind) = rest.split_at_checked(length)?;
        key.extend_from_slice(run);
        is_in_word |= length > 0;
        let Some((&byte, behind)) = behind.split_first() else { break };
        rest = behind;
        if !is_plain(byte) {
            return None;
        }
        if !is_in_word || goes_on(&mut key, byte, behind.first().copied()) {
            continue;
        }
        key.push(b' ');
        is_in_word = false;
    }
    if !is_in_word {
        key.pop();
    }
    key.make_ascii_lowercase();
    String::from_utf8(key).ok()
}

/// Whether a word goes on behind this byte: `Node.js` and `back-pressure` are one word, and so is `3.5`, with its dot.
fn goes_on(key: &mut Vec<u8>, byte: u8, next: Option<u8>) -> bool {
    let Some(next) = next.filter(|next| matches!(byte, b'\'' | b'-' | b'.' | b'_') && next.is_ascii_alphanumeric())
    else {
        return false;
    };
    let is_between_digits = next.is_ascii_digit() && key.last().is_some_and(u8::is_ascii_digit);
    if is_between_digits && byte == b'.' {
        key.push(b'.');
    }
    !is_between_digits || byte == b'.'
}

fn is_plain(byte: u8) -> bool {
    byte.is_ascii()
        && !matches!(
            byte,
            b'`' | b'=' | b'!' | b'<' | b'>' | b'&' | b'|' | b'+' | b'*' | b'%' | b'^' | b'~' | b'#' | b'@' | b'$'
        )
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::words::tokens::{self, Tokens};

    proptest! {
        #[test]
        fn the_key_of_plain_text_is_the_key(text in "[ -~\n\té]{0,40}") {
            let expected = Tokens::of(&text).into_text();
            prop_assert!(key(&text).is_none_or(|key| key == expected));
        }

        #[test]
        fn dots_and_hyphens_join_as_they_do_elsewhere(text in "[aB1 .'_-]{0,16}") {
            prop_assert_eq!(key(&text), Some(Tokens::of(&text).into_text()));
        }
    }

    #[test]
    fn every_operator_is_left_to_the_other_way() {
        for byte in 0..=127_u8 {
            assert!(!(is_plain(byte) && tokens::is_operator(char::from(byte))), "{}", char::from(byte));
        }
        assert_eq!(key("What is `x`?"), None);
        assert_eq!(key("Café"), None);
    }
}
