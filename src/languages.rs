//! The words people write after a fence. A static table, so that the linter knows a language without loading the
//! syntax set, which takes tens of milliseconds.

mod certain;

pub use certain::certain;

use std::borrow::Cow;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::sync::LazyLock;

/// Syntaxes of the syntax set with the words that choose them. Misspelt words are corrected to these.
const COMMON: &[(&str, &str)] = &[
    ("JavaScript", "javascript js mjs cjs node nodejs ecmascript es6 javascript-node"),
    ("TypeScriptReact", "jsx tsx javascriptreact typescriptreact react"),
    ("TypeScript", "typescript ts mts cts"),
    ("Python", "python py py3 python3 python2 pyi pyw ipython pycon sage"),
    (
        "Bourne Again Shell (bash)",
        "bash shell sh zsh ksh ash dash console terminal shellscript shell-session shellsession sh-session \
         bash-session",
    ),
    ("JSON", "json json5 jsonc jsonl ndjson geojson json-ld jsonld"),
    ("YAML", "yaml yml openapi docker-compose helm"),
    ("HTML", "html html5 htm xhtml shtml"),
    ("CSS", "css css3 postcss"),
    ("SCSS", "scss"),
    ("Sass", "sass"),
    ("Less", "less"),
    ("SQL", "sql mysql postgresql postgres psql pgsql plsql plpgsql tsql mssql sqlite sqlite3 mariadb bigquery hql"),
    ("Java", "java"),
    ("C#", "csharp c# cs dotnet csx"),
    ("C++", "c++ cpp cxx cc hpp h++ hxx hh cplusplus arduino ino cuda cu"),
    ("C", "c h ansi-c"),
    ("Go", "golang go"),
    ("Rust", "rust rs"),
    ("Ruby", "ruby rb irb rake jruby"),
    ("PHP", "php php3 php4 php5 php7 php8 phtml hack"),
    ("Swift", "swift"),
    ("Kotlin", "kotlin kt kts"),
    ("Scala", "scala sc sbt"),
    ("Dart", "dart flutter"),
    ("R", "r rlang rscript rprofile"),
    ("Perl", "perl pl perl5 perl6 raku"),
    ("Lua", "lua luau"),
    ("Haskell", "haskell hs"),
    ("Elixir", "elixir ex exs iex"),
    ("Erlang", "erlang erl hrl"),
    ("Clojure", "clojure clj cljc cljs clojurescript edn"),
    ("F#", "fsharp f# fs fsi fsx"),
    ("OCaml", "ocaml ml mli reasonml reason"),
    ("Groovy", "groovy gradle jenkinsfile gvy"),
    ("Objective-C", "objective-c objectivec objc obj-c"),
    ("Objective-C++", "objective-c++ objectivec++ objc++ obj-c++ mm"),
    ("MATLAB", "matlab octave"),
    ("Julia", "julia jl"),
    ("Zig", "zig"),
    ("Nim", "nim nims"),
    ("Crystal", "crystal cr"),
    ("Solidity", "solidity sol"),
    ("Vue Component", "vue vuejs"),
    ("Svelte", "svelte"),
    ("Dockerfile", "dockerfile docker containerfile"),
    ("Makefile", "makefile make mak mk gnumake"),
    ("CMake", "cmake"),
    ("Terraform", "terraform tf tfvars hcl hcl2 opentofu"),
    ("Protocol Buffer", "protobuf proto proto3 protodevel"),
    ("GraphQL", "graphql gql graphqls"),
    ("TOML", "toml tml"),
    ("INI", "ini cfg editorconfig conf-ini systemd"),
    ("Java Properties", "properties"),
    ("XML", "xml xsd xsl xslt svg rss atom xaml plist wsdl pom"),
    ("Markdown", "markdown md mdx mdown commonmark gfm rmarkdown rmd qmd"),
    ("LaTeX", "latex tex ltx"),
    ("Diff", "diff patch udiff"),
    ("nginx", "nginx"),
    ("Apache Conf", "apache apacheconf htaccess"),
    ("Git Config", "gitconfig"),
    ("Git Ignore", "gitignore dockerignore"),
    ("DotENV", "dotenv env"),
    ("Regular Expression", "regex regexp"),
    ("HTTP Request and Response", "http https rest-client"),
    ("Batch File", "batch bat cmd batchfile dosbatch"),
    ("VimL", "viml vim vimscript vimrc"),
    ("AWK", "awk gawk"),
    ("Fish", "fish"),
    ("Jinja2", "jinja2 jinja j2 nunjucks liquid"),
    ("HTML (Twig)", "twig"),
    ("Elm", "elm"),
    ("Nix", "nix"),
    ("Graphviz (DOT)", "graphviz dot gv"),
    ("x86_64 Assembly", "assembly asm nasm yasm x86asm assembler"),
    ("CoffeeScript", "coffeescript coffee"),
    ("Fortran (Modern)", "fortran f90 f95 f03 f08"),
    ("Pascal", "pascal pas delphi objectpascal"),
    ("Lisp", "lisp common-lisp commonlisp emacs-lisp elisp scheme scm el cl"),
    ("Racket", "racket rkt"),
    ("Verilog", "verilog"),
    ("SystemVerilog", "systemverilog sv"),
    ("VHDL", "vhdl vhd"),
    ("Ruby on Rails", "rails"),
    ("HTML (Rails)", "erb rhtml"),
    ("GLSL", "glsl vert frag shader hlsl"),
    ("WGSL", "wgsl"),
    ("JQ", "jq"),
    ("Crontab", "crontab cron"),
    ("Tcl", "tcl"),
    ("Typst", "typst typ"),
];

/// Further syntaxes, mostly by file extension: recognised, but never suggested.
const RARE: &[(&str, &str)] = &[
    ("ASP", "asa"),
    ("HTML (ASP)", "html-asp asp"),
    ("ActionScript", "actionscript as"),
    ("AppleScript", "applescript script editor"),
    ("Batch File", "batch-file"),
    ("NAnt Build File", "nant-build-file build"),
    ("C++", "cp inl ipp"),
    ("CSS", "css.erb css.liquid"),
    ("D", "d di"),
    ("Erlang", "emakefile escript"),
    ("HTML (Erlang)", "html-erlang yaws"),
    ("Git Attributes", "git-attributes attributes gitattributes"),
    ("Git Commit", "git-commit commit_editmsg merge_msg tag_editmsg"),
    ("Git Config", "git-config gitmodules"),
    ("Git Ignore", "git-ignore exclude"),
    ("Git Link", "git-link git"),
    ("Git Log", "git-log gitlog"),
    ("Git Mailmap", "git-mailmap mailmap"),
    ("Git Rebase Todo", "git-rebase-todo"),
    ("Graphviz (DOT)", "graphviz-dot"),
    ("Literate Haskell", "literate-haskell lhs"),
    (
        "JSON",
        "sublime-settings sublime-menu sublime-keymap sublime-mousemap sublime-theme sublime-build sublime-project \
         sublime-completions sublime-commands sublime-macro sublime-color-scheme ipynb pipfile.lock",
    ),
    ("Java Server Page (JSP)", "java-server-page-jsp jsp"),
    ("Java", "bsh"),
    ("Java Properties", "java-properties"),
    ("JavaScript", "htc"),
    ("BibTeX", "bibtex bib"),
    ("LaTeX Log", "latex-log"),
    ("TeX", "sty cls"),
    ("Lisp", "clisp l mud ss lsp fasl sld"),
    ("Makefile", "gnumakefile makefile.am makefile.in ocamlmakefile"),
    ("Markdown", "markdn"),
    ("MultiMarkdown", "multimarkdown"),
    ("OCamllex", "ocamllex mll"),
    ("OCamlyacc", "ocamlyacc mly"),
    ("camlp4", "camlp4"),
    ("Objective-C++", "m"),
    ("PHP", "phps phpt"),
    ("Pascal", "p dpr"),
    ("Perl", "pc pm pmc pod t"),
    (
        "Python",
        "pyx pyx.in pxd pxd.in pxi pxi.in rpy cpy sconstruct sconscript gyp gypi snakefile vpy wscript bazel bzl",
    ),
    ("R Console", "r-console"),
    ("Rd (R Documentation)", "rd-r-documentation rd"),
    ("HTML (Rails)", "html-rails html.erb"),
    ("JavaScript (Rails)", "javascript-rails js.erb"),
    ("Ruby Haml", "ruby-haml haml"),
    ("Ruby on Rails", "ruby-on-rails rxml builder"),
    ("SQL (Rails)", "sql-rails erbsql sql.erb"),
    ("Regular Expression", "regular-expression re"),
    ("reStructuredText", "restructuredtext rst rest"),
    (
        "Ruby",
        "appfile appraisals berksfile brewfile capfile cgi cheffile config.ru deliverfile fastfile fcgi gemfile \
         gemspec guardfile irbrc jbuilder podfile podspec prawn rabl rakefile rantfile rbx rjs ruby.rail scanfile \
         simplecov snapfile thor thorfile vagrantfile",
    ),
    ("SQL", "ddl dml"),
    (
        "Bourne Again Shell (bash)",
        "bourne-again-shell-bash bash_aliases bash_completions bash_functions bash_login bash_logout bash_profile \
         bash_variables bashrc profile textmate_init zlogin zlogout zprofile zshenv zshrc pkgbuild ebuild eclass",
    ),
    ("HTML (Tcl)", "html-tcl adp"),
    ("Textile", "textile"),
    ("XML", "tld dtml rng opml"),
    ("YAML", "sublime-syntax"),
    ("Ada", "ada adb ads gpr"),
    ("Apache Conf", "apache-conf envvars htgroups htpasswd"),
    ("AsciiDoc (Asciidoctor)", "asciidoc-asciidoctor adoc ad asciidoc"),
    ("x86_64 Assembly", "x86-64-assembly inc mac"),
    ("CFML", "cfml cfm cfc"),
    ("CMake C Header", "cmake-c-header h.in"),
    ("CMake C++ Header", "cmake-c++-header hh.in hpp.in hxx.in h++.in"),
    ("CMake", "cmakelists.txt"),
    ("CMakeCache", "cmakecache cmakecache.txt"),
    ("Comma Separated Values", "comma-separated-values"),
    ("Pipe Separated Values", "pipe-separated-values"),
    ("Semi-Colon Separated Values", "semi-colon-separated-values"),
    ("Separated Values", "separated-values csv"),
    ("Tab Separated Values", "tab-separated-values tsv"),
    ("Cabal", "cabal"),
    ("CoffeeScript", "cakefile coffee.erb cson"),
    ("CpuInfo", "cpuinfo"),
    ("Crontab", "tab cron.d"),
    ("Dockerfile (with bash)", "dockerfile-with-bash"),
    (
        "DotENV",
        "env.dist env.local env.sample env.example env.template env.test env.test.local env.testing env.dev \
         env.development env.development.local env.prod env.production env.production.local env.dusk.local \
         env.staging env.default env.defaults envrc flaskenv",
    ),
    ("HTML (EEx)", "html-eex html.eex html.leex"),
    ("Email", "email eml msg mbx mboxz"),
    ("Fortran (Fixed Form)", "fortran-fixed-form f f77 for fpp"),
    ("Fortran (Modern)", "fortran-modern"),
    ("Fortran Namelist", "fortran-namelist namelist"),
    ("fstab", "fstab crypttab mtab"),
    ("GDScript (Godot Engine)", "gdscript-godot-engine gd"),
    (
        "GLSL",
        "vs gs vsh fsh gsh vshader fshader gshader geom tesc tese comp mesh task rgen rint rahit rchit rmiss rcall",
    ),
    ("Gomod", "gomod go.mod go.work"),
    ("Gosum", "gosum go.sum"),
    ("Groff/troff", "groff-troff groff troff"),
    ("group", "group"),
    ("HTML (Twig)", "html-twig html.twig"),
    ("INI", "inf reg lng desktop url coveragerc pylintrc gitlint hgrc"),
    ("Idris", "idris idr"),
    ("HTML (Jinja2)", "html-jinja2 htm.j2 html.j2 xhtml.j2 xml.j2"),
    ("jsonnet", "jsonnet libsonnet libjsonnet"),
    ("Less", "css.less"),
    ("LLVM", "llvm ll"),
    ("Lean 4", "lean-4 lean"),
    ("LiveScript", "livescript ls slakefile ls.erb"),
    ("Manpage", "manpage man"),
    ("MediaWiki", "mediawiki wikipedia wiki"),
    ("MemInfo", "meminfo"),
    ("NSIS", "nsis nsi nsh bnsi bnsh nsdinc"),
    ("nginx", "conf.erb conf nginx.conf mime.types fastcgi_params scgi_params uwsgi_params"),
    ("Nim", "nimble"),
    ("Ninja", "ninja"),
    ("orgmode", "orgmode org"),
    ("passwd", "passwd"),
    ("Protocol Buffer", "protocol-buffer"),
    ("Protocol Buffer (TEXT)", "protocol-buffer-text pb.txt proto.text textpb pbtxt prototxt textproto"),
    ("Puppet", "puppet pp epp"),
    ("PureScript", "purescript purs"),
    ("QML", "qml qmlproject"),
    ("Rego", "rego"),
    ("Requirements.txt", "requirements.txt requirements.in pip"),
    ("resolv", "resolv resolv.conf"),
    ("Robot Framework", "robot-framework robot resource"),
    ("SML", "sml cm sig"),
    ("Ruby Slim", "ruby-slim slim skim"),
    ("VHDL", "vho vht"),
    ("Strace", "strace"),
    ("Stylus", "stylus styl"),
    ("Vyper", "vyper vy"),
    ("Svelte", "svlt"),
    ("SystemVerilog", "v svh vh"),
    ("TOML", "cargo.lock gopkg.lock pipfile pdm.lock poetry.lock uv.lock"),
    ("Todo.txt", "todo.txt done.txt"),
    ("VimL", "gvimrc exrc nvimrc _vimrc _gvimrc _exrc"),
    ("Vue Component", "vue-component"),
    ("Zig", "zon"),
    ("debsources", "debsources sources.list"),
    ("Command Help", "command-help cmd-help help"),
    ("gnuplot", "gnuplot gp gpl gnu plot plt"),
    ("HTTP Request and Response", "http-request-and-response"),
    ("log", "log"),
    ("Authorized Keys", "authorized-keys authorized_keys pub authorized_keys2"),
    ("Known Hosts", "known-hosts known_hosts known_hosts.old"),
    ("Private Key", "private-key"),
    ("SSH Config", "ssh-config ssh_config"),
    ("SSHD Config", "sshd-config sshd_config"),
    ("Odin", "odin"),
    ("syslog", "syslog"),
    ("varlink", "varlink"),
];

/// Languages and kinds of text without a syntax: known, shown without colours.
const WITHOUT_SYNTAX: &str = "text txt plaintext plain plain-text none nohighlight no-highlight output out stdout stderr raw ascii ansi \
    mermaid plantuml puml uml d2 ditaa flowchart sequence wavedrom vega vega-lite chart tikz svgbob powershell ps1 \
    pwsh posh ps psm1 psd1 gherkin feature cucumber ebnf bnf abnf antlr antlr4 peg prolog cobol basic vb vba vbnet \
    vb.net visualbasic vbscript qbasic abap apex sas stata spss mathematica wolfram maple maxima apl j k q kdb \
    forth factor smalltalk eiffel modula2 oberon simula algol logo scratch brainfuck befunge coq agda isabelle tla \
    tlaplus alloy z3 smt smtlib smt2 dafny fstar idris2 lean4 twelf bicep pulumi cue dhall kdl hjson rego-policy \
    ron starlark jsonata cel wasm wat wast webassembly llvm-ir ptx spirv metal opencl cg cypher sparql turtle ttl \
    n3 rdf xquery xpath dax kql kusto promql logql flux influxql mongodb mongo redis cql cassandra dynamodb lucene \
    handlebars hbs mustache pug jade ejs blade smarty velocity freemarker ftl thymeleaf razor cshtml aspnet astro \
    marko gleam roc v-lang vlang mojo carbon odin-lang grain rescript res elvish nushell nu move cairo cadence \
    clarity michelson tact func huff yul circom noir ics vcard mime pem cert key base64 hex hexdump binary uri \
    math katex asciimath abc music lilypond chess fen pgn sudoku tree filetree directory ls-output treeview \
    postman dns bind zone iptables caddyfile caddy haproxy varnish vcl squid traefik autohotkey ahk autoit arm \
    armasm mips risc-v riscv avr gas masm openscad gcode netlogo processing p5 qsharp qasm openqasm haxe hx \
    actionscript3 as3 bash-output ballerina chapel chpl ceylon fantom io ioke monkey nial pike pony rebol red ring \
    sml-nj xojo zephir mdc component livemd jupyter notebook example result error warning note tip info quote \
    jsdoc javadoc doxygen rustdoc gettext po pot texinfo qss tailwind windicss unocss wxml wxss wxs json-schema \
    jsonschema raml thrift avro avdl capnp capnproto flatbuffers fbs asn1 asn.1";

/// Every known word with its syntax, if there is one.
static WORDS: LazyLock<HashMap<&'static str, Option<&'static str>, BuildHasherDefault<WordHasher>>> =
    LazyLock::new(|| {
        let mut words = HashMap::with_capacity_and_hasher(1500, BuildHasherDefault::default());
        for (syntax, names) in COMMON.iter().chain(RARE) {
            words.extend(names.split_whitespace().map(|name| (name, Some(*syntax))));
        }
        words.extend(WITHOUT_SYNTAX.split_whitespace().map(|name| (name, None)));
        words
    });

/// Fowler, Noll and Vo's hash. The table is made for most runs, and its words are ours: nobody can choose many that fall
/// together.
struct WordHasher(u64);

impl Default for WordHasher {
    fn default() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }
}

impl Hasher for WordHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3));
    }
}

/// Languages whose blocks hold Markdown, and so perhaps fences and questions of an example.
static MARKDOWN: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let names = "markdown md mdx mdown mkd rmarkdown rmd qmd quarto";
    names.split(' ').collect()
});
/// Others whose blocks may well hold prose or headings.
static MARKUP: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let names = "text txt plaintext plain plain-text html xml console output out log diff rst restructuredtext tex latex \
    asciidoc adoc org orgmode wiki mediawiki textile email eml http prompt git gitcommit git-commit-message commit \
    gherkin feature cucumber";
    names.split(' ').collect()
});
/// Languages in which `#` begins a comment.
static HASH_COMMENTS: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let names = "bash sh shell zsh fish ksh terminal shell-session shellsession sh-session bash-session powershell ps1 \
    pwsh posh python py py3 python3 pycon ipython ruby rb perl pl raku r yaml yml toml ini conf cfg properties env \
    dotenv dockerfile docker containerfile makefile make nginx apache elixir ex exs julia jl graphql gql hcl terraform \
    tf cmake nim gitignore dockerignore editorconfig tcl awk crystal cr sparql turtle ttl gherkin feature cucumber coffee coffeescript cron \
    crontab promql ssh-config sshd-config k8s kubernetes helm openapi docker-compose caddyfile robot puppet nix just \
    starlark bazel gdscript asm gas";
    names.split(' ').collect()
});

fn is_listed(language: &str, names: &[&str]) -> bool {
    names.iter().any(|name| language.eq_ignore_ascii_case(name))
}

/// Whether a block of this language holds Markdown.
pub(crate) fn is_markdown(language: &str) -> bool {
    is_listed(language, &MARKDOWN)
}

/// Whether a block of this language, or of none, may well hold prose or headings.
pub(crate) fn is_markup(language: &str) -> bool {
    language.is_empty() || is_markdown(language) || is_listed(language, &MARKUP)
}

/// Whether `#` may begin a comment in this language, or what looks like one.
pub(crate) fn comments_with_hash(language: &str) -> bool {
    is_markup(language) || is_listed(language, &HASH_COMMENTS)
}

/// The language an info string names, in lower case: its first word without attributes. `js {1,3}`, `{.js .numberLines}`,
/// `js:app.js`, `JS,ignore` and `language-js` all name `js`. Empty where it names none.
#[must_use]
pub fn of_info(info: &str) -> String {
    word_of(info).into_owned()
}

fn word_of(info: &str) -> Cow<'_, str> {
    // Most authors write nothing but a word.
    if info.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()) {
        return Cow::Borrowed(info);
    }
    let info = info.trim();
    let inner = info.strip_prefix('{').map(in_braces);
    let word = inner.unwrap_or(info).split_whitespace().next().unwrap_or_default();
    let word = word.split(['{', '}', ',', ';', ':', '=', '(', '[', '"', '`']).next().unwrap_or_default();
    let word = word.to_lowercase();
    let word = word.strip_prefix("language-").or_else(|| word.strip_prefix("lang-")).unwrap_or(&word);
    Cow::Owned(word.trim_start_matches('.').to_owned())
}

/// Pandoc writes `{#name .python key=value}`, R Markdown `{python, echo=FALSE}`: the first class, or else a first word
/// that is not a name or a line range.
fn in_braces(inner: &str) -> &str {
    let mut words = inner.split(|character: char| character.is_whitespace() || matches!(character, '}' | ','));
    let class = words.clone().find(|word| word.starts_with('.'));
    let first = words.next().filter(|word| word.starts_with(char::is_alphabetic) && !word.contains('='));
    class.or(first).unwrap_or_default()
}

/// The name of the syntax that colours a language; `None` where there is none.
pub(crate) fn syntax_name(language: &str) -> Option<&'static str> {
    WORDS.get(language).copied().flatten()
}

/// The names of all syntaxes that colour a language.
#[cfg(test)]
pub(crate) fn syntax_names() -> impl Iterator<Item = &'static str> {
    WORDS.values().copied().flatten()
}

/// Whether a word after a fence names a language or a kind of text. Upper and lower case are one.
#[must_use]
pub fn is_known(word: &str) -> bool {
    WORDS.contains_key(&*word_of(word))
}

/// The well-known language a misspelt word must have meant; `None` when unsure, or when the word is right.
///
/// Strict on purpose: the first letter must be right, words of fewer than six letters may have one slip and that not
/// a changed letter (`rest` is not `rust`, `test` is not `text`), and two languages at the same distance are none.
#[must_use]
pub fn nearest(word: &str) -> Option<&'static str> {
    let word = word_of(word);
    if WORDS.contains_key(&*word) {
        return None;
    }
    let letters: Vec<char> = word.chars().collect();
    if letters.len() < 4 || letters.len() > 24 {
        return None;
    }
    let mut best: Option<(usize, &'static str, &'static str)> = None;
    let mut torn = false;
    for &(syntax, names) in COMMON {
        for name in names.split_whitespace().filter(|name| name.len() >= 4) {
            let Some(distance) = slips(&letters, name) else { continue };
            match best {
                Some((least, ..)) if distance > least => {}
                Some((least, _, chosen)) if distance == least => torn |= chosen != syntax,
                _ => (best, torn) = (Some((distance, name, syntax)), false),
            }
        }
    }
    best.filter(|_| !torn).map(|(_, name, _)| name)
}

/// How many slips lie between a word and a name, if few enough to be sure.
fn slips(word: &[char], name: &str) -> Option<usize> {
    if word.first().copied() != name.chars().next() || word.len().abs_diff(name.chars().count()) > 2 {
        return None;
    }
    let name: Vec<char> = name.chars().collect();
    let short = word.len().min(name.len()) < 6;
    let distance = edit_distance(word, &name);
    let swapped_or_missing = || {
        let mut sorted = (word.to_vec(), name.clone());
        sorted.0.sort_unstable();
        sorted.1.sort_unstable();
        word.len() != name.len() || sorted.0 == sorted.1
    };
    let sure = if short { distance <= 1 && swapped_or_missing() } else { distance <= 2 };
    sure.then_some(distance)
}

/// Insertions, deletions, changes and swaps of neighbours.
fn edit_distance(left: &[char], right: &[char]) -> usize {
    let mut before_last: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX / 2);
    for (row, letter) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, other) in right.iter().enumerate() {
            let change = at(&last, column) + usize::from(letter != other);
            let mut least = change.min(at(&last, column + 1) + 1).min(at(&current, column) + 1);
            let swapped =
                row > 0 && column > 0 && left.get(row - 1) == Some(other) && right.get(column - 1) == Some(letter);
            if swapped {
                least = least.min(at(&before_last, column - 1) + 1);
            }
            current.push(least);
        }
        before_last = std::mem::replace(&mut last, current);
    }
    at(&last, right.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_covers_the_syntax_set_and_names_only_syntaxes_that_exist() {
        let set = two_face::syntax::extra_newlines();
        for syntax in set.syntaxes().iter().filter(|syntax| !syntax.hidden) {
            for extension in &syntax.file_extensions {
                let word = extension.trim_start_matches('.').to_lowercase();
                let is_manual_section = word.chars().all(|character| character.is_ascii_digit());
                assert!(
                    is_manual_section
                        || word.contains(' ')
                        || WORDS.contains_key(word.as_str())
                        || word == "show-nonprintable",
                    "{word}"
                );
            }
        }
        for (syntax, names) in COMMON.iter().chain(RARE) {
            assert!(set.find_syntax_by_name(syntax).is_some(), "{syntax}");
            for name in names.split_whitespace() {
                assert_eq!(WORDS[name], Some(*syntax), "`{name}` stands twice");
                assert_eq!(of_info(name), name, "`{name}` can't be written after a fence");
            }
        }
    }

    #[test]
    fn an_info_string_names_its_language_whatever_stands_around_it() {
        let cases = [
            ("js", "js"),
            ("js {1,3}", "js"),
            ("js{1,3}", "js"),
            ("{.python}", "python"),
            ("{#id .python a=b}", "python"),
            ("{python, echo=FALSE}", "python"),
            ("{r}", "r"),
            ("{1,3}", ""),
            ("rust,ignore", "rust"),
            ("language-js", "js"),
            ("lang-TS title=\"a.ts\"", "ts"),
            ("js:app.js", "js"),
            ("C++", "c++"),
            ("C#", "c#"),
            ("  Objective-C ", "objective-c"),
            (".java", "java"),
            ("", ""),
            ("{", ""),
            ("title=x", "title"),
        ];
        for (info, language) in cases {
            assert_eq!(of_info(info), language, "{info}");
        }
    }

    #[test]
    fn well_known_words_are_known() {
        let words = "js javascript mjs cjs node ts typescript jsx tsx sh shell bash zsh console py py3 c++ c# cs golang rs \
            yml dockerfile docker proto graphql vue kotlin swift tf mermaid text txt plaintext plain none output http \
            gherkin Java SQL";
        for word in words.split_whitespace() {
            assert!(is_known(word), "{word}");
        }
        for word in ["javscript", "qwerty", ""] {
            assert!(!is_known(word), "{word}");
        }
    }

    #[test]
    fn a_misspelt_language_is_corrected_only_when_sure() {
        let cases = [
            ("javscript", Some("javascript")),
            ("javascipt", Some("javascript")),
            ("Typscript", Some("typescript")),
            ("pyhton", Some("python")),
            ("pythn", Some("python")),
            ("jsno", Some("json")),
            ("dokcerfile", Some("dockerfile")),
            ("kotiln", Some("kotlin")),
            ("grapql", Some("graphql")),
            ("rest", None),
            ("test", None),
            ("list", None),
            ("xy", None),
            ("qwerty", None),
            ("javascript", None),
            ("lava", None),
            ("", None),
            ("answer", None),
            ("exampel", None),
        ];
        for (word, expected) in cases {
            assert_eq!(nearest(word), expected, "{word}");
        }
    }
}
