//! Images beside the text go into the package, as the real Anki sees it.
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

use std::fs;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::process::Command;

use anki::{Finished, log};
use png::png;
use serde_json::Value;

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

    fn build(&self) -> Built {
        let output =
            Command::new(env!("CARGO_BIN_EXE_deckc")).arg("build").current_dir(self.0.path()).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        Built::read(&self.path("out"))
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

#[test]
fn what_cannot_be_packed_stays_as_it_is() {
    let project = Project::new(
        "# P\n\n## What is here?\n\n![a](gone.png) ![b](../../out.png) ![c](text.png) ![d](drawing.svg) \
         ![e](https://example.org/a.png) ![f](/etc/passwd) ![g](data:image/png;base64,AAAA)\n",
    );
    project.add("source/text.png", b"no picture");
    project.add("source/drawing.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>");
    let built = project.build();
    assert_eq!(built.media(), []);
    let expected = ["gone.png", "../../out.png", "text.png", "drawing.svg", "https://example.org/a.png", "/etc/passwd"];
    assert_eq!(built.sources(), [expected.as_slice(), &["data:image/png;base64,AAAA"]].concat());
}
