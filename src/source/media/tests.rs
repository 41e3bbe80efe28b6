#![expect(clippy::disallowed_methods, reason = "tests make the files they look for")]

use std::fs;

use super::*;

/// The start of each kind of image, and of what is none.
const KINDS: [(&[u8], Option<&str>); 20] = [
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some("png")),
    (b"\xff\xd8\xff\xe0\0\x10JFIF", Some("jpg")),
    (b"GIF87a\x01\0", Some("gif")),
    (b"GIF89a\x01\0", Some("gif")),
    (b"RIFF\x1a\0\0\0WEBPVP8L", Some("webp")),
    (b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x0c\0\0\0\x01\0", Some("bmp")),
    (b"BM\x1e\0\0\0\0\0\0\0\x1a\0\0\0\x28\0\0\0\x01\0", Some("bmp")),
    (b"\0\0\0\x14ftypavif\0\0\0\0mif1", Some("avif")),
    (b"\0\0\0\x18ftypmif1\0\0\0\0miafavif\0\0", Some("avif")),
    (b"\0\0\0\x14ftypmif1\0\0\0\0heicavif", None),
    (b"\0\0\0\x14ftypmp42avifisom", None),
    (b"\0\0\0\x05ftypavif", None),
    (b"\xff\xff\xff\xffftyp", None),
    (b"", None),
    (b"BM", None),
    (b"BMW makes cars and motorcycles", None),
    (b"RIFF\x1a\0\0\0WAVEfmt ", None),
    (b"\x89PNG\n\x1a\n", None),
    (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", None),
    (b"%PDF-1.7", None),
];

const PNG: &[u8] = KINDS[0].0;
const GIF: &[u8] = KINDS[3].0;

/// `project/source/deck.md` and what may lie around it.
struct Project {
    folder: tempfile::TempDir,
    sources: Sources,
}

impl Project {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut project = Self { folder, sources: Sources::default() };
        project.add("project/source/deck.md", b"");
        for (path, bytes) in files {
            project.add(path, bytes);
        }
        let inputs = super::super::find_inputs(&[project.path("project/source")]).unwrap();
        project.sources = Sources::read(&inputs).unwrap();
        project
    }

    fn path(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    fn add(&self, path: &str, bytes: &[u8]) {
        fs::create_dir_all(self.path(path).parent().unwrap()).unwrap();
        fs::write(self.path(path), bytes).unwrap();
    }

    fn found(&self, references: &[Reference], depth: Depth) -> MediaFiles {
        let id = self.sources.all()[0].id();
        MediaFiles::read(&self.sources, &[(id, references.iter().cloned().collect())], depth).remove(0)
    }

    /// What is behind a reference: its kind, its path from the root, and the packed file.
    fn file(&self, reference: &Reference) -> Result<(MediaKind, String, Media), MediaFault> {
        let whole =
            self.found(std::slice::from_ref(reference), Depth::Whole).find(reference).cloned().map_err(Clone::clone);
        // A look says the same, without the file.
        let look =
            self.found(std::slice::from_ref(reference), Depth::Look).find(reference).cloned().map_err(Clone::clone);
        match (whole, look) {
            (Ok(Target::File { kind, path, media }), Ok(Target::File { kind: looked, path: at, media: None })) => {
                assert_eq!((kind, &path), (looked, &at));
                Ok((kind, path, media.unwrap()))
            }
            (Err(fault), Err(looked)) => {
                assert_eq!(fault, looked);
                Err(fault)
            }
            other => panic!("{reference:?}: {other:?}"),
        }
    }

    fn bytes(&self, address: &str) -> Result<Vec<u8>, MediaFault> {
        self.file(&Reference::path(address)).map(|(_, _, media)| media.bytes.to_vec())
    }

    fn fault(&self, address: &str) -> MediaFault {
        self.bytes(address).unwrap_err()
    }

    /// The path behind `![[address]]`.
    fn by_name(&self, address: &str) -> Result<String, MediaFault> {
        self.file(&Reference::name(address)).map(|(_, path, _)| path)
    }
}

#[test]
fn images_are_known_by_their_bytes() {
    for (bytes, expected) in KINDS {
        assert_eq!(kind::image(bytes), expected, "{}", bytes.escape_ascii());
        for length in 0..bytes.len() {
            let _ = kind::of(&bytes[..length], Path::new("a.mp3"));
        }
    }
}

#[test]
fn a_name_is_made_of_the_content() {
    let name = |bytes: &[u8]| Media::new(bytes.to_vec(), kind::image(bytes).unwrap()).name;
    let (stem, extension) = (name(PNG).replace(".png", ""), name(GIF).split_off(22));
    assert_eq!((stem.len(), extension.as_str()), (22, ".gif"));
    assert!(stem.strip_prefix("deckc-").unwrap().bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(name(PNG), name(PNG));
    assert_ne!(name(PNG), name(&[PNG, b"x"].concat()));
}

#[test]
fn paths_start_at_the_folder_of_the_text() {
    let project = Project::new(&[
        ("project/source/pic.png", PNG),
        ("project/source/img/deep.gif", GIF),
        ("project/images/shared.png", PNG),
    ]);
    for address in ["pic.png", "./pic.png", "img/../pic.png", "../source/pic.png", "../images/shared.png"] {
        assert_eq!(project.bytes(address).as_deref(), Ok(PNG), "{address}");
    }
    assert_eq!(project.bytes("img/deep.gif").as_deref(), Ok(GIF));
}

#[test]
fn a_name_as_written_goes_before_what_it_may_stand_for() {
    let project = Project::new(&[
        ("project/source/my pic.png", PNG),
        ("project/source/50%.png", PNG),
        ("project/source/é.png", PNG),
        ("project/source/a.png", PNG),
        ("project/source/b%20c.png", GIF),
        ("project/source/b c.png", PNG),
        ("project/source/d#1.png", GIF),
        ("project/source/d", PNG),
    ]);
    for (address, bytes) in [
        ("my pic.png", PNG),
        ("my%20pic.png", PNG),
        ("50%.png", PNG),
        ("50%25.png", PNG),
        ("%C3%A9.png", PNG),
        ("a.png?raw=true", PNG),
        ("a.png#part", PNG),
        ("my%20pic.png?a=%20#b", PNG),
        ("b%20c.png", GIF),
        ("d#1.png", GIF),
        ("d#2.png", PNG),
    ] {
        assert_eq!(project.bytes(address).as_deref(), Ok(bytes), "{address}");
    }
}

#[test]
fn nothing_outside_the_project_is_read() {
    let project = Project::new(&[("secret.png", PNG), ("project2/near.png", PNG)]);
    for address in [
        "../../secret.png",
        "..%2F..%2Fsecret.png",
        "%2e%2e/%2e%2e/secret.png",
        "../../project2/near.png",
        "../source/../../secret.png",
    ] {
        assert_eq!(project.fault(address), MediaFault::Outside, "{address}");
    }
    // Nor is it told whether anything is there.
    assert_eq!(project.fault("../../nothing.png"), MediaFault::Outside);
    let absolute = project.path("project/source/deck.md").to_string_lossy().into_owned();
    for address in [absolute.as_str(), "/etc/passwd", "%2Fetc%2Fpasswd", "file:///etc/passwd", "C:/a.png"] {
        assert_eq!(project.fault(address), MediaFault::Absolute, "{address}");
    }
}

#[test]
fn addresses_of_the_web_are_kept() {
    let project = Project::new(&[]);
    let references = ["https://example.org/a.png", "//example.org/a.png"].map(Reference::path);
    let found = project.found(&references, Depth::Look);
    let targets: Vec<&Target> = references.iter().map(|reference| found.find(reference).unwrap()).collect();
    let web = Target::Web("https://example.org/a.png".to_owned());
    assert_eq!(targets, [&web, &web]);
}

#[test]
fn an_image_in_an_address_is_packed() {
    let project = Project::new(&[]);
    let dot = "data:image/gif;base64,R0lGODlhAQABAIAAAP8AAAAAACwAAAAAAQABAAACAkQBADs";
    let (kind, path, media) = project.file(&Reference::path(dot)).unwrap();
    assert_eq!((kind, path.as_str()), (MediaKind::Image, ""));
    assert!(media.name.ends_with(".gif") && media.bytes.starts_with(b"GIF89a"));
    let drawing = project.bytes("data:image/svg+xml,%3Csvg onload='x()'/>").unwrap();
    assert!(!String::from_utf8(drawing).unwrap().contains("onload"));
    for address in ["data:image/png;base64,AAAA", "data:text/html,<p>x</p>", "data:,x", "data:image/png;base64,%"] {
        assert_eq!(project.fault(address), MediaFault::OtherKind, "{address}");
    }
}

#[cfg(unix)]
#[test]
fn links_count_as_where_they_lead() {
    use std::os::unix::fs::symlink;

    let project = Project::new(&[("secret.png", PNG), ("project/images/a.png", PNG)]);
    let link = |target: &str, at: &str| symlink(project.path(target), project.path(at)).unwrap();
    link("secret.png", "project/source/out.png");
    link("", "project/source/above");
    link("project/images/a.png", "project/source/in.png");
    link("project/source/loop.png", "project/source/loop.png");
    assert_eq!(project.fault("out.png"), MediaFault::Outside);
    assert_eq!(project.fault("above/secret.png"), MediaFault::Outside);
    assert_eq!(project.bytes("above/project/images/a.png").as_deref(), Ok(PNG));
    assert_eq!(project.bytes("in.png").as_deref(), Ok(PNG));
    assert!(matches!(project.fault("loop.png"), MediaFault::Unreadable(_)), "{:?}", project.fault("loop.png"));
    assert_eq!(project.by_name("out.png"), Err(MediaFault::Outside));
    link("nowhere.png", "project/source/dangling.png");
    assert_eq!(project.fault("dangling.png"), MediaFault::Missing);
}

#[cfg(unix)]
#[test]
fn no_pipe_is_waited_for() {
    let project = Project::new(&[("project/source/locked.png", PNG)]);
    let made = std::process::Command::new("mkfifo").arg(project.path("project/source/pipe.png")).status();
    assert!(made.is_ok_and(|status| status.success()), "no pipe to test with");
    assert_eq!(project.fault("pipe.png"), MediaFault::Special);
    assert_eq!(project.by_name("pipe.png"), Err(MediaFault::Special));

    use std::os::unix::fs::PermissionsExt;
    let locked = project.path("project/source/locked.png");
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o000)).unwrap();
    // Whoever is root may read all.
    if fs::File::open(&locked).is_err() {
        assert!(matches!(project.fault("locked.png"), MediaFault::Unreadable(_)));
    }
}

#[test]
fn what_is_no_image_is_not_packed() {
    let project = Project::new(&[
        ("project/source/empty.png", b""),
        ("project/source/text.png", b"no image"),
        ("project/source/lfs.png", b"version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 1\n"),
        ("project/source/page.png", b"<!DOCTYPE html><html></html>"),
        ("project/source/bad.svg", b"<svg><g></svg>"),
        ("project/source/folder.png/a", b""),
    ]);
    for (address, fault) in [
        ("empty.png", MediaFault::Empty),
        ("text.png", MediaFault::OtherKind),
        ("deck.md", MediaFault::Empty),
        ("page.png", MediaFault::OtherKind),
        ("lfs.png", MediaFault::LfsPointer),
        ("folder.png", MediaFault::Folder),
        (".", MediaFault::Folder),
        ("..", MediaFault::Folder),
        ("../..", MediaFault::Outside),
        ("", MediaFault::NoAddress),
    ] {
        assert_eq!(project.fault(address), fault, "{address}");
    }
    assert!(matches!(project.fault("bad.svg"), MediaFault::BrokenSvg(_)));
    let long = "a".repeat(100_000);
    for address in ["none.png", "?", "#a", "a\0b.png", "%00", "deck.md/a.png", "%FF.png", long.as_str()] {
        assert_eq!(project.fault(address), MediaFault::Missing, "{} signs", address.len());
    }
}

#[test]
fn a_large_file_is_refused_by_its_size() {
    let project = Project::new(&[("project/source/large.png", PNG), ("project/source/large.svg", b"<svg/>")]);
    let grow = |path: &str, size: u64| {
        fs::OpenOptions::new().write(true).open(project.path(path)).unwrap().set_len(size).unwrap();
    };
    grow("project/source/large.png", 200_000_000);
    grow("project/source/large.svg", LARGEST_SVG as u64 + 1);
    assert_eq!(project.fault("large.png"), MediaFault::TooLarge(LARGEST));
    assert_eq!(project.fault("large.svg"), MediaFault::TooLarge(LARGEST_SVG as u64));
    grow("project/source/large.png", LARGEST);
    assert_eq!(project.bytes("large.png").map(|bytes| bytes.len() as u64), Ok(LARGEST));
}

#[test]
fn sounds_are_known_by_their_bytes() {
    let webm = b"\x1a\x45\xdf\xa3\x01\0\0\0\0\0\0\x1f\x42\x82\x84webm";
    let cases: [(&[u8], &str, &str); 18] = [
        (b"ID3\x04\0", "a.mp3", "mp3"),
        (b"\xff\xfb\x90\x64", "a", "mp3"),
        (b"\xff\xf3\x84\xc4", "a.bin", "mp3"),
        (b"\xff\xf1\x50\x80", "a.aac", "aac"),
        (b"OggS\0\x02", "a.ogg", "ogg"),
        (b"OggS\0\x02", "a.OGA", "oga"),
        (b"OggS\0\x02\0\0OpusHead", "a", "opus"),
        (b"OggS\0\x02\0\0OpusHead", "a.ogg", "ogg"),
        (b"fLaC\0", "a.png", "flac"),
        (b"RIFF\x1a\0\0\0WAVEfmt ", "a.wav", "wav"),
        (b"\0\0\0\x14ftypM4A \0\0\0\0mp42", "a.mp4", "m4a"),
        (b"\0\0\0\x14ftypmp42\0\0\0\0isom", "a.m4a", "m4a"),
        (b"\0\0\0\x14ftypisom\0\0\0\0isom", "a", "mp4"),
        (webm, "a.webm", "webm"),
        (b"\0\0\0\x14ftypheic\0\0\0\0mif1", "a.mp4", ""),
        (b"\xff\xfe\0a", "a.mp3", ""),
        (b"\xff\xff\xff\xff", "a.mp3", ""),
        (b"Ogg", "a.ogg", ""),
    ];
    for (bytes, name, expected) in cases {
        let found = kind::of(bytes, Path::new(name));
        let expected = if expected.is_empty() { Err(MediaFault::OtherKind) } else { Ok((MediaKind::Sound, expected)) };
        assert_eq!(found, expected, "{name}: {}", bytes.escape_ascii());
    }
}

#[test]
fn an_svg_is_packed_clean() {
    let project = Project::new(&[
        ("project/source/a.svg", b"<?xml version=\"1.0\"?>\n<svg onload=\"x()\"><script>x</script><g/></svg>"),
        ("project/source/b.png", b"\xef\xbb\xbf<svg><g/></svg>"),
    ]);
    let (kind, path, media) = project.file(&Reference::path("a.svg")).unwrap();
    assert_eq!((kind, path.as_str()), (MediaKind::Image, "source/a.svg"));
    let text = String::from_utf8(media.bytes.to_vec()).unwrap();
    assert!(text.starts_with("<svg xmlns=") && text.ends_with("><g/></svg>\n") && !text.contains("script"), "{text}");
    assert!(media.name.ends_with(".svg"));
    // Alike once cleaned, whatever the name.
    assert_eq!(project.file(&Reference::path("b.png")).unwrap().2, media);
}

#[test]
fn a_name_is_looked_up_in_the_whole_project() {
    let project = Project::new(&[
        ("project/attachments/chart.png", PNG),
        ("project/attachments/deep/Photo 1.PNG", PNG),
        ("project/source/here.png", PNG),
        ("project/attachments/here.png", GIF),
        ("project/source/near/two.png", PNG),
        ("project/attachments/x/two.png", PNG),
        ("project/source/one/three.png", PNG),
        ("project/source/other/three.png", PNG),
        ("project/.gitignore", b"build/\n"),
        ("project/build/ignored.png", PNG),
        ("outside.png", PNG),
        ("project/source/empty.png", b""),
        ("project/attachments/empty.png", PNG),
    ]);
    for (address, path) in [
        ("chart.png", "attachments/chart.png"),
        ("CHART.png", "attachments/chart.png"),
        ("attachments/chart.png", "attachments/chart.png"),
        ("deep/photo%201.png", "attachments/deep/Photo 1.PNG"),
        ("photo 1.png#center", "attachments/deep/Photo 1.PNG"),
        ("here.png", "source/here.png"),
        ("attachments/here.png", "attachments/here.png"),
        ("two.png", "source/near/two.png"),
        ("x/two.png", "attachments/x/two.png"),
        ("other/three.png", "source/other/three.png"),
    ] {
        assert_eq!(project.by_name(address).as_deref(), Ok(path), "{address}");
    }
    let both = ["source/one/three.png", "source/other/three.png"].map(str::to_owned).to_vec();
    assert_eq!(project.by_name("three.png"), Err(MediaFault::Ambiguous(both)));
    for address in ["none.png", "ignored.png", "outside.png", "eep/photo 1.png"] {
        assert!(matches!(project.by_name(address), Err(MediaFault::Missing)), "{address}");
    }
    assert_eq!(project.by_name("../outside.png"), Err(MediaFault::Outside));
    assert_eq!(project.by_name("../../outside.png"), Err(MediaFault::Outside));
    assert_eq!(project.by_name("empty.png"), Err(MediaFault::Empty));
    // A path is no name.
    assert_eq!(project.fault("chart.png"), MediaFault::Missing);
}

#[test]
fn accents_and_capitals_are_told() {
    let composed = "caf\u{e9}.png";
    let decomposed = "cafe\u{301}.png";
    for (on_disk, written) in [(composed, decomposed), (decomposed, composed)] {
        let project = Project::new(&[(&format!("project/source/{on_disk}"), PNG)]);
        assert_eq!(project.bytes(written).as_deref(), Ok(PNG));
        assert!(project.by_name(written).is_ok());
    }
    let project = Project::new(&[("project/source/images/Pic.PNG", PNG), ("project/source/it's \"q\" [1].png", PNG)]);
    assert_eq!(project.bytes("it's \"q\" [1].png").as_deref(), Ok(PNG));
    assert_eq!(project.bytes("images\\Pic.PNG").as_deref(), Ok(PNG));
    // On some systems it is the same file.
    if !project.path("project/source/images/pic.png").exists() {
        assert_eq!(project.fault("images/pic.png"), MediaFault::OtherCase("Pic.PNG".to_owned()));
    }
}

#[test]
fn a_file_is_read_once() {
    let project = Project::new(&[("project/source/pic.png", PNG), ("project/source/same.png", PNG)]);
    let references = ["pic.png", "./pic.png", "pic.png?x", "same.png", "none.png"].map(Reference::path);
    let found = project.found(&references, Depth::Whole);
    assert_eq!(found.packed().count(), 4);
    let find = |at: usize| match found.find(&references[at]) {
        Ok(Target::File { media: Some(media), .. }) => media,
        other => panic!("{other:?}"),
    };
    assert!(Arc::ptr_eq(&find(0).bytes, &find(1).bytes));
    assert_eq!(find(0), find(3));
    assert_eq!(found.find(&Reference::path("never asked for")), Err(&MediaFault::Missing));
}
