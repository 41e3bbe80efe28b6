//! The key of plain text: most titles are letters, digits and punctuation of ASCII, and are read byte by byte.

/// The [`key`](super::key) of a text without code, operators and other letters; none of any other text.
pub(super) fn key(text: &str) -> Option<String> {
    if !text.bytes().all(is_plain) {
        return None;
    }
    let mut key = String::with_capacity(text.len() + 1);
    let mut is_in_word = false;
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        if byte.is_ascii_alphanumeric() {
            key.push(char::from(byte.to_ascii_lowercase()));
            is_in_word = true;
        } else if is_in_word {
            let next = bytes.clone().next().filter(u8::is_ascii_alphanumeric);
            let joined = next.filter(|_| matches!(byte, b'\'' | b'-' | b'.' | b'_'));
            let is_between_digits = next.is_some_and(|next| next.is_ascii_digit()) && key.ends_with(is_digit);
            match joined {
                Some(_) if is_between_digits && byte == b'.' => key.push('.'),
                Some(_) if !is_between_digits => {}
                _ => {
                    key.push(' ');
                    is_in_word = false;
                }
            }
        }
    }
    if !is_in_word {
        key.pop();
    }
    Some(key)
}

fn is_digit(character: char) -> bool {
    character.is_ascii_digit()
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
