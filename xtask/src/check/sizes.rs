//! Files fit in a sitting (≤ 400 lines), functions on a screen (≤ 40 lines in the body).

use std::path::Path;

use super::Finding;
use super::rust_text::RustText;
use crate::project::{self, SourceFile};

const LONGEST_FILE: usize = 400;
const LONGEST_BODY: usize = 40;
const EXTENSIONS: [&str; 7] = ["rs", "ts", "js", "mjs", "svelte", "css", "html"];
/// Written by a program, read by nobody.
const GENERATED: [&str; 1] = ["schema.d.ts"];
/// Files and functions (`path` or `path:function`) that may be longer. Keep it empty: split instead.
const EXCEPTIONS: [&str; 0] = [];

/// Looks at every source file of the project.
pub fn look(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let files = project::files(root, &EXTENSIONS)?;
    let ours = files.iter().filter(|file| {
        let name = file.path.rsplit('/').next().unwrap_or(&file.path);
        !GENERATED.contains(&name)
            && !file.path.starts_with("corpus/")
            && !EXCEPTIONS.contains(&file.path.as_str())
    });
    Ok(ours.flat_map(findings).collect())
}

fn findings(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    let lines = file.text.lines().count();
    if lines > LONGEST_FILE {
        let message = format!("{lines} lines, {LONGEST_FILE} at most: split it by purpose");
        found.push(Finding::new(&file.path, message));
    }
    if file.extension() == "rs" {
        for function in functions(&file.text) {
            let name = format!("{}:{}", file.path, function.name);
            if function.body_lines > LONGEST_BODY && !EXCEPTIONS.contains(&name.as_str()) {
                let message = format!(
                    "fn {} has {} lines, {LONGEST_BODY} at most: give a part of it a name",
                    function.name, function.body_lines
                );
                found.push(Finding::new(format!("{}:{}", file.path, function.line), message));
            }
        }
    }
    found
}

/// A function with a body.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name.
    pub name: String,
    /// The line of `fn`, from 1.
    pub line: usize,
    /// Lines between the line of `{` and the line of `}`, blank ones and comments too.
    pub body_lines: usize,
}

/// Every `fn name … { … }` of a Rust file, also those inside others.
pub fn functions(source: &str) -> Vec<Function> {
    let text = RustText::read(source);
    let code = &text.code;
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((name, after)) = next_function(code, &mut at) {
        if let Some((open, close)) = body(code, after) {
            let (first, last) = (text.line_of(open), text.line_of(close));
            let body_lines = (last - first).saturating_sub(1);
            found.push(Function { name, line: text.line_of(after), body_lines });
        }
    }
    found
}

/// Finds the next `fn name` from `*at` on, moves `*at` behind it, gives the name and where it ends.
fn next_function(code: &[char], at: &mut usize) -> Option<(String, usize)> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    while *at + 2 < code.len() {
        let starts = code[*at] == 'f' && code[*at + 1] == 'n' && code[*at + 2].is_whitespace();
        let alone = *at == 0 || !is_word(code[*at - 1]);
        if !(starts && alone) {
            *at += 1;
            continue;
        }
        let begin = *at + 2 + code[*at + 2..].iter().take_while(|c| c.is_whitespace()).count();
        let name: String = code[begin..].iter().take_while(|c| is_word(**c)).collect();
        *at = begin + name.chars().count();
        if !name.is_empty() {
            return Some((name, *at));
        }
    }
    None
}

/// Where the body after a signature begins and ends; `None` for a function without one.
fn body(code: &[char], from: usize) -> Option<(usize, usize)> {
    let mut brackets = 0_i32;
    let open = (from..code.len()).find(|at| {
        match code[*at] {
            '(' | '[' => brackets += 1,
            ')' | ']' => brackets -= 1,
            _ => {}
        }
        brackets == 0 && matches!(code[*at], '{' | ';')
    })?;
    if code[open] == ';' {
        return None;
    }
    let mut depth = 0_i32;
    let close = (open..code.len()).find(|at| {
        match code[*at] {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        depth == 0
    })?;
    Some((open, close))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: String) -> SourceFile {
        SourceFile { path: path.to_owned(), text }
    }

    fn function_of(lines: usize) -> String {
        format!(
            "pub async fn long(x: [u8; 2]) -> u8\nwhere\n    u8: Copy,\n{{\n{}}}\n",
            "    x();\n".repeat(lines)
        )
    }

    #[test]
    fn a_file_of_401_lines_is_found_and_one_of_400_is_not() {
        assert_eq!(findings(&file("a.css", "x\n".repeat(400))), []);
        assert_eq!(findings(&file("a.svelte", "x\n".repeat(401))).len(), 1);
    }

    #[test]
    fn a_function_of_41_lines_is_found_and_one_of_40_is_not() {
        assert_eq!(findings(&file("a.rs", function_of(40))), []);
        let found = findings(&file("a.rs", function_of(41)));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "a.rs:1");
    }

    #[test]
    fn braces_in_strings_and_comments_do_not_end_a_function() {
        let source = "fn a() {\n  \"}\"; // }\n  '}';\n  if x { y }\n}\nfn b() {}\n";
        let names: Vec<_> = functions(source).into_iter().map(|f| (f.name, f.body_lines)).collect();
        assert_eq!(names, [("a".to_owned(), 3), ("b".to_owned(), 0)]);
    }

    #[test]
    fn declarations_and_function_types_have_no_body() {
        assert_eq!(functions("trait T { fn a(&self) -> [u8; 3]; }\ntype F = fn (u8) -> u8;\n"), []);
    }

    #[test]
    fn a_function_inside_another_is_counted_too() {
        let source = format!("mod m {{\n    fn outer() {{\n{}    }}\n}}\n", function_of(41));
        let names: Vec<_> =
            functions(&source).into_iter().filter(|f| f.body_lines > 40).map(|f| f.name).collect();
        assert_eq!(names, ["outer", "long"]);
    }
}
