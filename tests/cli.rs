//! The command line as users see it: commands and what they say, in `tests/cmd`.
//!
//! `TRYCMD=overwrite cargo test --test cli` writes what is said today.

#[test]
fn commands_say_what_they_said() {
    trycmd::TestCases::new()
        .case("tests/cmd/*.trycmd")
        .case("tests/cmd/*.toml")
        .env("COLUMNS", "80")
        .env("DECKC_CACHE_DIR", concat!(env!("CARGO_BIN_EXE_deckc"), "/none"))
        .env("LC_ALL", "C.UTF-8");
}
