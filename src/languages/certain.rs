//! The language of code that names none, where the code leaves no doubt.
//!
//! Each language has signs that stand in no other. Where the signs of two languages are found, or none, nothing is said: a
//! wrong colour is worse than none.

use std::sync::{LazyLock, OnceLock};

use regex::bytes::{Regex, RegexBuilder};

/// More code than this is not looked at: its beginning tells.
const MOST_BYTES: usize = 16 * 1024;

/// A language by the word that chooses it; texts in small letters of which its code holds at least one; and what stands
/// only there.
type Sign = (&'static str, &'static [&'static str], &'static str);

const SIGNS: &[Sign] = &[
    (
        "rust",
        &["fn "],
        r"(?m)^\s*(?:pub )?fn \w+(?:<[^>]*>)?\(.*\{\s*$[\s\S]*(?:println!\(|let mut |-> |&mut |&str|impl |\.unwrap\(\))",
    ),
    ("go", &["package ", "func "], r"(?m)^package \w+\s*$|^func (?:\(\w+ \*?\w+\) )?\w+\([^)]*\)[^{;]*\{\s*$[\s\S]*:="),
    (
        "java",
        &["public static void main", "import java", "system.out."],
        r"public static void main\s*\(\s*String|(?m)^import java[x]?\.[\w.]+;|System\.out\.print(?:ln|f)?\(",
    ),
    ("csharp", &["console.write", "using system"], r"Console\.Write(?:Line)?\(|(?m)^using System(?:\.[\w.]+)?;"),
    ("php", &["<?php"], r"^\s*<\?php"),
    ("html", &["<!doctype", "<html"], r"(?i)^\s*<!doctype html|^\s*<html[\s>]"),
    ("xml", &["<?xml "], r"^\s*<\?xml "),
    (
        "python",
        &["def ", "from ", "class ", "elif ", "if __name__"],
        r"(?m)^\s*(?:async )?def \w+\(.*\)(?: ->[^:]+)?:\s*$|^from [\w.]+ import \w|^\s*class \w+(?:\(.*\))?:\s*$|^\s*elif .*:\s*$|^if __name__ == ",
    ),
    (
        "sql",
        &["select", "insert", "create", "alter", "update", "delete"],
        r"^\s*(?:--.*\n\s*)*(?:(?:SELECT\s[\s\S]*\sFROM\s+[\w.`\x22\[(]|INSERT\s+INTO\s+[\w.`\x22\[]+|CREATE\s+(?:UNIQUE\s+)?(?:TABLE|INDEX|VIEW|DATABASE)\s|ALTER\s+TABLE\s|UPDATE\s+[\w.`\x22\[]+\s+SET\s|DELETE\s+FROM\s)|(?i:(?:select\s[\s\S]*\sfrom\s+[\w.`\x22\[(]|insert\s+into\s+[\w.`\x22\[]+|create\s+(?:unique\s+)?(?:table|index|view|database)\s|alter\s+table\s|update\s+[\w.`\x22\[]+\s+set\s|delete\s+from\s)[\s\S]*;\s*\z))",
    ),
    (
        "javascript",
        &["console.log(", "const ", "let ", "var ", "export default ", "module.exports", "import "],
        r"(?m)console\.log\(|^\s*(?:const|let|var) (?:\w+|\{[^}]*\}|\[[^\]]*\]) = (?:require\(|await |async |\(?[\w, ]*\)? => |function\b|new \w+\()|^(?:export default |module\.exports = )|^import [\w{}*, ]+ from ['\x22][^'\x22]+['\x22]",
    ),
    (
        "dockerfile",
        &["from "],
        r"(?m)\AFROM [\w./:@${}-]+(?: (?:AS|as) [\w-]+)?\s*$[\s\S]*^(?:RUN|COPY|CMD|ENTRYPOINT|WORKDIR|ADD|ENV|EXPOSE) ",
    ),
    ("diff", &["@@ -"], r"(?m)^--- .*\n\+\+\+ .*\n@@ -\d"),
    ("c", &["#include <"], r"(?m)^\s*#include <(?:stdio|stdlib|string|unistd|math|pthread|stdint)\.h>"),
    (
        "cpp",
        &["#include <", "std::"],
        r"(?m)^\s*#include <(?:iostream|vector|string|map|memory|algorithm|thread)>|std::(?:cout|vector|string|unique_ptr|move)\b",
    ),
    (
        "css",
        &["{"],
        r"(?m)\A(?:\s*(?:/\*.*\*/)?\s*[.#@]?[\w:.#, >\-\[\]=()]+\{\s*$(?:\s*(?:--)?[a-z-]+:[^;{}]+;\s*(?:/\*.*\*/)?\s*$)+\s*\}\s*)+\z",
    ),
    (
        "ruby",
        &["def ", "require "],
        r"(?m)^\s*def \w+[?!]?(?:\(.*\))?\s*$[\s\S]*^\s*end\s*$|^require ['\x22]\w+['\x22]\s*$",
    ),
    ("kotlin", &["fun "], r"(?m)^\s*fun \w+\(.*\).*\{\s*$[\s\S]*(?:println\(|val |var )"),
    (
        "swift",
        &["import ", "func "],
        r"(?m)^import (?:Foundation|SwiftUI|UIKit|Combine)\s*$|^\s*func \w+\(.*\) -> [\w\[\]?]+ \{\s*$[\s\S]*\blet \w+",
    ),
];

/// Signs that the code is TypeScript, not JavaScript.
const TYPED: &str = r"(?m)^\s*(?:export )?(?:interface|type|enum|namespace|declare|abstract class) \w+|[\w)\]]\??: (?:string|number|boolean|any|void|unknown|never|Promise<|Array<|Record<|[A-Z]\w*(?:\[\])?[,)=;{ ])|<[A-Z]\w*>\(|\bas (?:const|string|number|any)\b|\bimplements \w+";

/// Programs that people call in a shell.
const PROGRAMS: &[&str] = &[
    "apt",
    "apt-get",
    "aws",
    "brew",
    "bundle",
    "cargo",
    "cat",
    "cd",
    "chmod",
    "chown",
    "composer",
    "cp",
    "curl",
    "docker",
    "docker-compose",
    "dotnet",
    "echo",
    "export",
    "git",
    "gh",
    "go",
    "grep",
    "helm",
    "kubectl",
    "ls",
    "mkdir",
    "mv",
    "mvn",
    "node",
    "npm",
    "npx",
    "pip",
    "pip3",
    "pnpm",
    "psql",
    "python",
    "python3",
    "rm",
    "rustup",
    "sed",
    "source",
    "ssh",
    "sudo",
    "systemctl",
    "tar",
    "terraform",
    "touch",
    "wget",
    "yarn",
];

/// A sign takes longer to make than most code takes to look at, and is made when some code may hold it.
static COMPILED: [OnceLock<Option<Regex>>; SIGNS.len()] = [const { OnceLock::new() }; SIGNS.len()];
static TYPESCRIPT: LazyLock<Option<Regex>> = LazyLock::new(|| compiled(TYPED));

/// Signs are ASCII; with Unicode's tables they would take twenty times as long to make.
fn compiled(sign: &str) -> Option<Regex> {
    RegexBuilder::new(sign).unicode(false).build().ok()
}

/// The word for the language of some code, if there is no doubt.
#[must_use]
pub fn certain(code: &str) -> Option<&'static str> {
    let end = (0..=code.len().min(MOST_BYTES)).rev().find(|&at| code.is_char_boundary(at)).unwrap_or(0);
    let code = code.get(..end)?;
    if code.trim().is_empty() {
        return None;
    }
    if let Some(language) = by_interpreter(code) {
        return Some(language);
    }
    if is_json(code) {
        return Some("json");
    }
    if is_shell(code) {
        return Some("bash");
    }
    // Boxes and arrows are drawings, whatever words stand in them.
    if code.chars().any(|c| matches!(c, '\u{2500}'..='\u{257f}' | '→' | '▼')) {
        return None;
    }
    let lower = code.to_ascii_lowercase();
    let signs = SIGNS.iter().zip(&COMPILED).filter(|((_, texts, _), _)| texts.iter().any(|text| lower.contains(text)));
    let mut found = signs.filter_map(|((language, _, sign), made)| {
        let sign = made.get_or_init(|| compiled(sign)).as_ref()?;
        sign.is_match(code.as_bytes()).then_some(*language)
    });
    let first = found.next()?;
    let second = found.next();
    let is_typed = || TYPESCRIPT.as_ref().is_some_and(|typed| typed.is_match(code.as_bytes()));
    match (first, second) {
        ("javascript", None) if code.contains("</") || code.contains("/>") => None,
        ("javascript", None) if is_typed() => Some("typescript"),
        // What stands in C stands in C++, too.
        ("c", Some("cpp")) => found.next().is_none().then_some("cpp"),
        (_, Some(_)) => None,
        (language, None) => Some(language),
    }
}

/// What the first line says (`#!/usr/bin/env python3`).
fn by_interpreter(code: &str) -> Option<&'static str> {
    let program = code.lines().next()?.strip_prefix("#!")?;
    let mut words = program.split_whitespace().map(|word| word.rsplit('/').next().unwrap_or(word));
    let name = words.find(|word| *word != "env" && !word.starts_with('-'))?;
    Some(match name {
        "sh" | "bash" | "dash" | "zsh" | "ksh" => "bash",
        "python" | "python2" | "python3" => "python",
        "node" => "javascript",
        "ruby" => "ruby",
        "perl" => "perl",
        "php" => "php",
        _ => return None,
    })
}

/// An object or a list of objects, whole and without slips.
fn is_json(code: &str) -> bool {
    let text = code.trim();
    let looks_so = text.starts_with(['{', '[']) && text.ends_with(['}', ']']) && text.contains("\":");
    looks_so && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// Each line calls a program that people know, goes on from the line above, or is a remark.
fn is_shell(code: &str) -> bool {
    let mut calls = 0;
    let mut goes_on = false;
    for line in code.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        let continues = std::mem::replace(&mut goes_on, line.ends_with('\\'));
        if continues || line.starts_with("# ") {
            continue;
        }
        let bare = line.strip_prefix("$ ").unwrap_or(line);
        let mut words = bare.split_whitespace().skip_while(|word| *word == "sudo");
        let Some(program) = words.next().filter(|program| PROGRAMS.contains(program)) else { return false };
        // `go` and `node` are words, too; arguments make the call.
        let is_call = line.starts_with("$ ")
            || words.clone().any(|word| word.starts_with('-') || word.contains(['/', '.', '=', '@', ':']))
            || words.next().is_some_and(|verb| is_verb(program, verb));
        if !is_call {
            return false;
        }
        calls += 1;
    }
    calls > 0
}

/// What such programs are told to do.
fn is_verb(program: &str, verb: &str) -> bool {
    const VERBS: &[&str] = &[
        "add", "apply", "build", "checkout", "clone", "commit", "create", "deploy", "describe", "exec", "fetch", "get",
        "init", "install", "log", "logs", "merge", "plan", "ps", "pull", "push", "rebase", "restart", "run", "start",
        "stash", "status", "stop", "test", "up", "update",
    ];
    let takes_verbs = !matches!(program, "cat" | "cd" | "cp" | "echo" | "ls" | "mkdir" | "mv" | "rm" | "touch");
    takes_verbs && VERBS.contains(&verb)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sign_is_an_expression() {
        assert!(TYPESCRIPT.is_some());
        for (language, texts, sign) in SIGNS {
            assert!(compiled(sign).is_some() && super::super::is_known(language), "{language}");
            assert!(texts.iter().all(|text| *text == text.to_ascii_lowercase()), "{language}");
        }
    }

    #[test]
    fn code_without_doubt_is_told() {
        for (language, code) in [
            ("rust", "fn main() {\n    println!(\"deck\");\n}\n"),
            ("go", "package main\n\nimport \"fmt\"\n\nfunc main() {\n\tfmt.Println(1)\n}\n"),
            ("java", "class A {\n  public static void main(String[] args) {}\n}\n"),
            ("csharp", "Console.WriteLine(\"a\");\n"),
            ("php", "<?php echo 1;\n"),
            ("html", "<!DOCTYPE html>\n<p>a</p>\n"),
            ("python", "def add(a, b):\n    return a + b\n"),
            ("sql", "SELECT name\nFROM users\nWHERE id = 1;\n"),
            ("javascript", "const fs = require('fs');\nconsole.log(fs);\n"),
            ("typescript", "const add = (a: number, b: number): number => a + b;\nconsole.log(add(1, 2));\n"),
            ("json", "{\n  \"name\": \"deck\",\n  \"cards\": [1, 2]\n}\n"),
            ("bash", "# once\nnpm install express\ncd ./app\n"),
            ("bash", "#!/bin/sh\necho deck\n"),
            ("bash", "$ ls\n"),
            ("bash", "docker run \\\n  --rm alpine\n"),
            ("dockerfile", "FROM node:20\nWORKDIR /app\nCOPY . .\n"),
            ("diff", "--- a.md\n+++ b.md\n@@ -1 +1 @@\n-a\n+b\n"),
            ("c", "#include <stdio.h>\nint main(void) { return 0; }\n"),
            ("cpp", "#include <iostream>\nint main() { std::cout << 1; }\n"),
            ("css", ".card {\n  color: red;\n}\n"),
            ("ruby", "def add(a, b)\n  a + b\nend\n"),
        ] {
            assert_eq!(certain(code), Some(language), "{code}");
        }
    }

    #[test]
    fn where_there_is_doubt_nothing_is_told() {
        for code in [
            "",
            "tests/\n  unit/\n    a.test.js\n",
            "a = b + c",
            "x = 1\nprint(x)\n",
            "Select the item from the list.",
            "go to the store",
            "make sure to test",
            "cat is an animal",
            "echo chamber",
            "[1, 2, 3]",
            "{ name: 'deck' }",
            "Client → Server\nconsole.log(1)",
            "GET /users HTTP/1.1\nHost: a\n",
            "def f(x):\n  return x\n\nconsole.log(1)\n",
            "if (a) { b(); }",
            "const App = () => <div>hi</div>;\nconsole.log(1);",
            "ERROR: something failed at line 3",
        ] {
            assert_eq!(certain(code), None, "{code}");
        }
    }
}
