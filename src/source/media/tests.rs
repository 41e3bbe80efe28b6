#![expect(clippy::disallowed_methods, reason = "tests make the files they look for")]

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

    fn images(&self, addresses: &[&str]) -> Images {
        let id = self.sources.all()[0].id();
        Images::read(&self.sources, vec![(id, addresses.iter().map(|&address| address.to_owned()).collect())])
    }

    fn image(&self, address: &str) -> Result<Media, ImageFault> {
        self.images(&[address]).find(self.sources.all()[0].id(), address).cloned().map_err(Clone::clone)
    }

    fn bytes(&self, address: &str) -> Result<Vec<u8>, ImageFault> {
        self.image(address).map(|image| image.bytes.to_vec())
    }
}

#[test]
fn images_are_known_by_their_bytes() {
    for (bytes, expected) in KINDS {
        assert_eq!(extension(bytes), expected, "{}", bytes.escape_ascii());
        for length in 0..bytes.len() {
            let _ = extension(&bytes[..length]);
        }
    }
}

#[test]
fn a_name_is_made_of_the_content() {
    let name = |bytes: &[u8]| Media::image(bytes.to_vec()).unwrap().name;
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
    assert_eq!(project.bytes("%FF.png"), Err(ImageFault::Missing));
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
        assert_eq!(project.image(address), Err(ImageFault::Outside), "{address}");
    }
    let absolute = project.path("project/source/deck.md").to_string_lossy().into_owned();
    for address in [
        absolute.as_str(),
        "/etc/passwd",
        "%2Fetc%2Fpasswd",
        "//example.org/a.png",
        "https://example.org/a.png",
        "HTTP://example.org/a.png",
        "data:image/png;base64,AAAA",
        "file:///etc/passwd",
        "C:/a.png",
    ] {
        assert_eq!(project.image(address), Err(ImageFault::NotRelative), "{address}");
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
    assert_eq!(project.image("out.png"), Err(ImageFault::Outside));
    assert_eq!(project.image("above/secret.png"), Err(ImageFault::Outside));
    assert_eq!(project.bytes("above/project/images/a.png").as_deref(), Ok(PNG));
    assert_eq!(project.bytes("in.png").as_deref(), Ok(PNG));
    assert_eq!(project.image("loop.png"), Err(ImageFault::Missing));
}

#[test]
fn what_is_no_image_is_not_packed() {
    let project = Project::new(&[
        ("project/source/empty.png", b""),
        ("project/source/text.png", b"no image"),
        ("project/source/drawing.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"),
    ]);
    for address in ["empty.png", "text.png", "drawing.svg", "deck.md"] {
        assert_eq!(project.image(address), Err(ImageFault::NotAnImage), "{address}");
    }
    let long = "a".repeat(100_000);
    for address in ["none.png", "", ".", "..", "?", "#a", "a\0b.png", "%00", "deck.md/a.png", long.as_str()] {
        assert_eq!(project.image(address), Err(ImageFault::Missing), "{address}");
    }
}

#[test]
fn a_file_is_read_once() {
    let project = Project::new(&[("project/source/pic.png", PNG), ("project/source/same.png", PNG)]);
    let images = project.images(&["pic.png", "./pic.png", "pic.png?x", "same.png", "none.png"]);
    let id = project.sources.all()[0].id();
    assert_eq!(images.of(id).count(), 4);
    let find = |address| images.find(id, address).unwrap();
    assert!(Arc::ptr_eq(&find("pic.png").bytes, &find("./pic.png").bytes));
    assert_eq!(find("pic.png"), find("same.png"));
    assert_eq!(images.find(id, "never asked for"), Err(&ImageFault::Missing));
}
