//! Images and sounds of a project go into the package, as the real Anki sees it.
#![expect(
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "tests say what they expect, and make the files they need"
)]

#[path = "support/anki.rs"]
mod anki;
#[path = "support/png.rs"]
mod png;
#[path = "support/sounds.rs"]
mod sounds;

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use anki::{Finished, log};
use png::png;
use serde_json::Value;
use sounds::{mp3, wav};

const DECK: &str = r#"# Pictures

## What does ![a chart](pic.png) show?

The same, twice: ![](./pic.png) and <img src="pic.png" width="20">.

## Where may pictures lie?

Beside the text ![](<my pic.png>), also as ![](my%20pic.png), beside the folder ![](../images/shared.png), or by
[reference][far]: ![far][far].

<p align="center">
  <IMG alt='raw' SRC='../images/raw.png?raw=true'>
</p>

## What is code?

`![](code.png)` and

```html
<img src="code.png">
```

[far]: ../images/far.png "far away"
"#;

/// A project in a folder of its own.
struct Project(tempfile::TempDir);

impl Project {
    fn new(deck: &str) -> Self {
        let project = Self(tempfile::tempdir().unwrap());
        project.add("source/pictures.md", deck.as_bytes());
        for (colour, path) in ["source/pic.png", "source/my pic.png", "images/shared.png", "images/raw.png"]
            .into_iter()
            .chain(["images/far.png", "source/code.png"])
            .enumerate()
        {
            project.add(path, &png(colour as u8));
        }
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn add(&self, path: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), bytes).unwrap();
    }

    fn run(&self, arguments: &[&str]) -> (bool, String) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deckc"));
        let output = command.args(arguments).current_dir(self.0.path()).output().unwrap();
        (output.status.success(), String::from_utf8(output.stdout).unwrap())
    }

    fn build(&self) -> Built {
        let (is_built, told) = self.run(&["build"]);
        assert!(is_built, "{told}");
        Built::read(&self.path("out"))
    }

    /// `lint line:column message` of each finding about media, in order.
    fn findings(&self) -> Vec<String> {
        let (_, told) = self.run(&["check", "--format", "json"]);
        let told: Value = serde_json::from_str(&told).unwrap();
        let findings = told["findings"].as_array().unwrap().iter();
        let of_media = findings.filter(|finding| finding["lint"].as_str().unwrap().ends_with("-image"));
        let shown = of_media.map(|finding| {
            let at = &finding["labels"][0]["start"];
            format!(
                "{} {}:{} {}",
                finding["lint"].as_str().unwrap(),
                at["line"],
                at["column"],
                finding["message"].as_str().unwrap()
            )
        });
        shown.collect()
    }
}

/// What a build wrote.
struct Built {
    package: Vec<u8>,
    text: String,
    csv: String,
    json: Value,
}

impl Built {
    fn read(out: &Path) -> Self {
        let text = |ending: &str| fs::read_to_string(out.join("pictures").with_extension(ending)).unwrap();
        let package = fs::read(out.join("pictures.apkg")).unwrap();
        Self { package, text: text("txt"), csv: text("csv"), json: serde_json::from_str(&text("json")).unwrap() }
    }

    /// Name and bytes of each file packed, by its number.
    fn media(&self) -> Vec<(String, Vec<u8>)> {
        let mut archive = zip::ZipArchive::new(Cursor::new(&self.package)).unwrap();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            bytes
        };
        let map: Value = serde_json::from_slice(&read("media")).unwrap();
        let numbers = 0..map.as_object().unwrap().len();
        numbers
            .map(|at| at.to_string())
            .map(|number| (map[&number].as_str().unwrap().to_owned(), read(&number)))
            .collect()
    }

    /// The addresses of all images in the cards, in order.
    fn sources(&self) -> Vec<String> {
        let notes = self.json["notes"].as_array().unwrap();
        let fields = notes.iter().flat_map(|note| [&note["question"]["html"], &note["answer"]["html"]]);
        let html = fields.map(|field| field.as_str().unwrap()).collect::<Vec<_>>().join("\n");
        html.split("<img src=\"")
            .chain(html.split("<img alt=\"raw\" src=\"").skip(1))
            .skip(1)
            .map(|rest| rest.split('"').next().unwrap().to_owned())
            .collect()
    }
}

#[test]
fn anki_finds_every_picture() {
    let project = Project::new(DECK);
    let (built, rebuilt) = (project.build(), project.build());
    assert!(built.package == rebuilt.package, "two builds gave different packages");

    let media = built.media();
    let names = media.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert!(names.is_sorted(), "{names:?}");
    // Five, though two are shown more than once; and none for what stands in code.
    let expected = |colours: &[u8]| {
        let mut pictures = colours.iter().map(|&colour| png(colour)).collect::<Vec<_>>();
        pictures.sort();
        pictures
    };
    let mut packed = media.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>();
    packed.sort();
    assert_eq!(packed, expected(&[0, 1, 2, 3, 4]));
    let sources = built.sources();
    assert_eq!(sources.len(), 8);
    assert!(sources.iter().all(|source| names.contains(source)), "{sources:?}");
    assert!(built.csv.contains("![a chart](pic.png)") && !built.csv.contains("deckc-"), "{}", built.csv);

    let finished = Finished::write("pictures", &built.package, Some(&built.text));
    finished.check(&Finished::write("pictures-rebuilt", &rebuilt.package, None), None);
    let Some(report) = finished.report() else { return };
    assert_eq!(report.imported, log("new", 3));
    // None missing, none unused.
    assert_eq!(report.media, [""; 0]);
    assert_eq!(report.collection, report.file);
    assert_eq!(report.imported_again, log("duplicate", 3));
    assert_eq!(report.changed_by_importing_again, [""; 0]);
    assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
    assert_eq!(report.text_over_package, Some(log("duplicate", 3)));
    assert_eq!(report.changed_by_text, Some(vec![]));
}

#[test]
fn a_changed_picture_changes_the_card() {
    let project = Project::new(DECK);
    let before = project.build();
    project.add("source/pic.png", &png(99));
    let after = project.build();
    let html = |built: &Built, note: usize| built.json["notes"][note]["answer"]["html"].clone();
    assert_ne!(html(&before, 0), html(&after, 0));
    assert_eq!(html(&before, 1), html(&after, 1));
    assert_eq!(after.media().iter().filter(|(_, bytes)| *bytes == png(99)).count(), 1);
    assert_eq!(after.media().len(), 5);
}

/// One deck with all that can be packed, and with what can't.
const VAULT: &str = r#"# Birds

## What does ![[robin.png|a robin|120]] sing?

![the song](songs/robin%20red.mp3)

<audio controls>
  <source src="songs/robin.wav" type="audio/wav">
  Your browser plays no sounds.
</audio>

And ![[wren.wav]], drawn: ![a wing](wing.svg#left) ![](<gone for ever.png>)

## What is typed in code?

`![](gone.png)` and [sound:songs/robin.wav], and a picture of the web: ![far](https://example.org/far.png).

![near](data:image/gif;base64,R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs=)
"#;

fn vault() -> Project {
    let project = Project::new(VAULT);
    for (path, bytes) in [
        ("attachments/robin.png", png(7)),
        ("source/songs/robin red.mp3", mp3(1)),
        ("source/songs/robin.wav", wav(1)),
        ("attachments/sounds/Wren.wav", wav(2)),
        ("source/wing.svg", b"<svg onload=\"x()\"><script>x()</script><path d=\"M0 0\"/></svg>".to_vec()),
    ] {
        project.add(path, &bytes);
    }
    project
}

#[test]
fn anki_shows_and_plays_everything() {
    let project = vault();
    let (built, rebuilt) = (project.build(), project.build());
    assert!(built.package == rebuilt.package, "two builds gave different packages");
    let media = built.media();
    let name_of = |is_it: &dyn Fn(&[u8]) -> bool| {
        media.iter().find(|(_, bytes)| is_it(bytes)).map(|(name, _)| name.clone()).unwrap()
    };
    let (robin, song) = (name_of(&|bytes| bytes == png(7)), name_of(&|bytes| bytes == mp3(1)));
    let (call, wren) = (name_of(&|bytes| bytes == wav(1)), name_of(&|bytes| bytes == wav(2)));
    let wing = name_of(&|bytes| bytes.starts_with(b"<svg"));
    assert_eq!(media.len(), 6);
    assert!(media.iter().all(|(_, bytes)| !String::from_utf8_lossy(bytes).contains("script")));

    let note = &built.json["notes"][0];
    let question = note["question"]["html"].as_str().unwrap();
    assert_eq!(question, format!("What does <img src=\"{robin}\" alt=\"a robin\" width=\"120\" /> sing?"));
    let answer = note["answer"]["html"].as_str().unwrap();
    for expected in [
        format!("<p>[sound:{song}]</p>"),
        format!("[sound:{call}]"),
        format!("And [sound:{wren}], drawn: <img src=\"{wing}\" alt=\"a wing\"> gone for ever.png"),
    ] {
        assert!(answer.contains(&expected), "{expected}: {answer}");
    }
    assert!(!answer.contains("browser") && !answer.contains("<audio"), "{answer}");
    let second = built.json["notes"][1]["answer"]["html"].as_str().unwrap();
    assert!(second.contains("&#91;sound:songs/robin.wav]"), "{second}");

    let shown = serde_json::json!([{ "address": "robin.png", "path": "attachments/robin.png", "name": robin }]);
    assert_eq!(note["question"]["media"], shown);
    assert_eq!(note["answer"]["media"].as_array().unwrap().len(), 4);
    assert_eq!(built.json["media"].as_array().unwrap().len(), 6);
    assert_eq!(built.json["notes"][1]["answer"]["media"][0]["path"], "");
    assert_eq!(built.json["notes"][1]["question"].get("media"), None);
    assert!(built.csv.contains("![[wren.wav]]") && !built.csv.contains("deckc-"), "{}", built.csv);

    let finished = Finished::write("birds", &built.package, Some(&built.text));
    finished.check(&Finished::write("birds-rebuilt", &rebuilt.package, None), None);
    let Some(report) = finished.report() else { return };
    assert_eq!(report.imported, log("new", 2));
    // None missing, none unused.
    assert_eq!(report.media, [""; 0]);
    assert_eq!(report.played, [call, song, wren].into_iter().collect());
    assert_eq!(report.collection, report.file);
    assert_eq!(report.imported_again, log("duplicate", 2));
    assert_eq!(report.changed_by_database_check, [""; 0], "{}", report.database_check);
    assert_eq!(report.text_over_package, Some(log("duplicate", 2)));
    assert_eq!(report.changed_by_text, Some(vec![]));
}

#[test]
fn what_does_not_reach_the_card_is_told_where_it_stands() {
    let project = vault();
    let found = project.findings();
    assert_eq!(
        found,
        [
            "broken-image 12:57 the image `gone for ever.png` is not there",
            "remote-image 16:79 this image is fetched from the web",
        ]
    );
    let (_, told) = project.run(&["build"]);
    assert!(told.contains("broken-image") && told.contains("remote-image"), "{told}");
}

#[test]
fn pictures_of_footnotes_are_those_of_the_notes_that_show_them() {
    let project = Project::new(
        "# P\n\n## What is a?\n\nOne.[^1]\n\n## What is b[^1]?\n\nTwo.\n\n[^1]: ![](pic.png) and ![](gone.png), see[^2]\n\
         [^2]: <img src=\"raw.png\">\n[^3]: ![](nobody.png)\n",
    );
    assert_eq!(
        project.findings(),
        ["broken-image 11:28 the image `gone.png` is not there", "broken-image 12:17 the image `raw.png` is not there",]
    );
    let (_, told) = project.run(&["build"]);
    assert!(told.contains("broken-image"), "{told}");
    let deck: Value = serde_json::from_str(&fs::read_to_string(project.path("out/pictures.json")).unwrap()).unwrap();
    for note in deck["notes"].as_array().unwrap() {
        assert_eq!(note["answer"]["html"].as_str().unwrap().matches("<img src=\"deckc-").count(), 1, "{note}");
    }
}

#[test]
fn each_fault_has_its_words() {
    let project = Project::new(
        "# P\n\n## What is here?\n\n![a](gone.png) ![b](../../out.png)\n![c](text.png)\n![d](<C:\\pic.png>)\n\
         ![e](folder.png)\n",
    );
    project.add("source/text.png", b"no picture");
    project.add("source/folder.png/a", b"");
    assert_eq!(
        project.findings(),
        [
            "broken-image 5:6 the image `gone.png` is not there",
            "broken-image 5:21 the image `../../out.png` lies outside the project",
            "broken-image 6:6 `text.png` is not an image or a sound that can be packed",
            "broken-image 7:7 the path `C:\\pic.png` does not start at this file",
            "broken-image 8:6 `folder.png` is a folder, not an image or a sound",
        ]
    );
}

#[test]
fn many_faults_are_one_finding() {
    let broken: String = (0..40).map(|at| format!("![{at}](gone-{at}.png)\n")).collect();
    let remote: String = (0..40).map(|at| format!("![{at}](https://example.org/{at}.png)\n")).collect();
    let project = Project::new(&format!("# P\n\n## What is here?\n\n{broken}\n{remote}"));
    assert_eq!(
        project.findings(),
        [
            "broken-image 5:6 40 images or sounds do not reach their cards",
            "remote-image 46:6 40 images or sounds are fetched from the web",
        ]
    );
}

#[test]
fn places_are_found_however_a_file_is_named() {
    let project = Project::new(
        "# P\n\n> intro\n\n1. ## In a list?\n\n## What is here?\n\n- a ![x][far]\n  > <img alt=x\n  > src='gone 1.png'>\n\n\
         | a | b |\n|-|-|\n| ![[gone2.png\\|20]] | ![y](gone%203.png \"t\") |\n\n![z](gone\\_4.png) é ![](gone5&amp;.png) \
         ![a](gone5&.png)\n\n[far]: gone6.png\n",
    );
    let (_, told) = project.run(&["check", "--format", "json"]);
    let told: Value = serde_json::from_str(&told).unwrap();
    let broken = told["findings"].as_array().unwrap().iter().find(|finding| finding["lint"] == "broken-image").unwrap();
    let places: Vec<(u64, u64)> = broken["labels"]
        .as_array()
        .unwrap()
        .iter()
        .map(|label| (label["start"]["line"].as_u64().unwrap(), label["start"]["column"].as_u64().unwrap()))
        .collect();
    assert_eq!(places, [(7, 1), (9, 5), (15, 6), (15, 29), (17, 6), (17, 25), (17, 46)]);
}

#[test]
fn only_what_ends_in_a_note_counts() {
    let project = Project::new(
        "# P ![](gone.png)\n\n![](https://example.org/badge.svg)\n\n<!-- ![](gone.png) <img src=gone.png> -->\n\n\
         ## What is here?\n\n<!-- <img src=\"gone.png\"> -->\n\nText `![](gone.png)`.\n\n## And without an answer ![](gone.png)?\n",
    );
    assert_eq!(project.findings(), [""; 0]);
}

#[test]
fn a_file_that_goes_between_two_runs_is_told_by_the_second() {
    let project = Project::new(DECK);
    assert_eq!(project.findings(), [""; 0]);
    fs::remove_file(project.path("source/pic.png")).unwrap();
    let (is_built, told) = project.run(&["build"]);
    assert!(is_built && told.contains("the image `pic.png` is not there"), "{told}");
    assert_eq!(Built::read(&project.path("out")).media().len(), 4);
}

#[test]
fn one_name_and_two_pictures() {
    let project = Project::new(
        "# P\n\n## What is here?\n\n![](a/same.png) ![](b/same.png) ![](a/twin.png) ![](b/twin.png)\n\n![[same.png]]\n",
    );
    for (path, colour) in [("a/same.png", 1), ("b/same.png", 2), ("a/twin.png", 3), ("b/twin.png", 3)] {
        project.add(&format!("source/{path}"), &png(colour));
    }
    let built = project.build();
    assert_eq!(built.media().len(), 3);
    assert_eq!(project.findings(), ["broken-image 7:4 several files are called `same.png`"]);
}

#[test]
fn what_cannot_be_packed_is_words_or_stays_with_its_address() {
    let project = Project::new(
        "# P\n\n## What is here?\n\n![a](gone.png) ![b](../../out.png) ![](text.png) ![d](drawing.svg) \
         ![e](https://example.org/a.png) ![f](/etc/passwd) ![g](data:image/png;base64,AAAA) \
         ![h](https://github.com/o/r/blob/main/h.png) ![i](//example.org/i.png)\n",
    );
    project.add("source/text.png", b"no picture");
    project.add("source/drawing.svg", b"<html xmlns=\"http://www.w3.org/2000/svg\"/>");
    let built = project.build();
    assert_eq!(built.media(), []);
    assert_eq!(built.sources(), ["https://example.org/a.png", "https://example.org/i.png"]);
    let html = built.json["notes"][0]["answer"]["html"].as_str().unwrap();
    assert!(
        html.starts_with("<p>a b text.png d <img src=\"https://example.org/a.png\" alt=\"e\" /> f g h <img"),
        "{html}"
    );
    let Some(report) = Finished::write("faults", &built.package, None).report() else { return };
    assert_eq!(report.imported, log("new", 1));
    assert_eq!(report.media, [""; 0]);
}
