//! Proof that a quotation is the original's: the same lines in the same order, and nothing left out without a mark
//! (contract §5, seed "引用文は変更しない").

use super::{Altered, CUT};

/// One quoted line: where it stands in the checked text (from 1), and what follows its `>`.
struct Quoted<'a> {
    line: usize,
    words: &'a str,
}

/// Whether the lines of `text` that are marked with `>` are lines of `original`, character for character and in their
/// order; between two of them lines may be missing only where [`CUT`] stands. The agent's own words may stand between
/// them. Empty lines say nothing and pass; so do blanks at the end of a line.
pub fn check(text: &str, original: &str) -> Result<(), Altered> {
    let lines: Vec<&str> = original.lines().map(line_only).filter(|line| !line.is_empty()).collect();
    let mut rest = lines.as_slice();
    for run in runs(text) {
        let found = occurrence(&run, rest, spaced)
            .or_else(|reached| occurrence(&run, rest, |words| words).map_err(|other| reached.max(other)));
        match found {
            Ok(end) => rest = &rest[end..],
            Err(reached) => return Err(altered(&run, reached, original)),
        }
    }
    Ok(())
}

/// The quoted lines, parted where the text says that lines were left out.
fn runs(text: &str) -> Vec<Vec<Quoted<'_>>> {
    let mut runs = vec![Vec::new()];
    for (n, line) in text.lines().map(line_only).enumerate() {
        if line.trim_start() == CUT {
            runs.push(Vec::new());
        } else if let Some(words) = line.strip_prefix('>').filter(|words| !words.is_empty())
            && let Some(run) = runs.last_mut()
        {
            run.push(Quoted { line: n + 1, words });
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Where the first unbroken occurrence of the run ends in `lines`, or how many of its lines were found at most
/// (Knuth–Morris–Pratt: a hostile text costs no more than a kind one).
fn occurrence<'a>(
    run: &[Quoted<'a>],
    lines: &[&str],
    read: impl Fn(&'a str) -> &'a str,
) -> Result<usize, usize> {
    let run: Vec<&str> = run.iter().map(|quoted| read(quoted.words)).collect();
    let back = fallbacks(&run);
    let (mut matched, mut most) = (0, 0);
    for (n, line) in lines.iter().enumerate() {
        while matched > 0 && run[matched] != *line {
            matched = back[matched - 1];
        }
        if run[matched] == *line {
            matched += 1;
        }
        most = most.max(matched);
        if matched == run.len() {
            return Ok(n + 1);
        }
    }
    Err(most)
}

/// For each length of a beginning of the run: the longest shorter beginning that is also its end.
fn fallbacks(run: &[&str]) -> Vec<usize> {
    let mut back = vec![0; run.len()];
    let mut matched = 0;
    for n in 1..run.len() {
        while matched > 0 && run[matched] != run[n] {
            matched = back[matched - 1];
        }
        if run[matched] == run[n] {
            matched += 1;
        }
        back[n] = matched;
    }
    back
}

/// The line that broke the run.
fn altered(run: &[Quoted<'_>], reached: usize, original: &str) -> Altered {
    let Quoted { line, words } = run[reached.min(run.len() - 1)];
    let elsewhere = original.lines().map(line_only).any(|known| known == words || known == spaced(words));
    Altered { line, elsewhere }
}

/// Most quote with `> `, some with a bare `>`.
fn spaced(words: &str) -> &str {
    words.strip_prefix(' ').unwrap_or(words)
}

/// A line without the blanks at its end, which nobody sees and editors cut.
fn line_only(line: &str) -> &str {
    line.trim_end()
}
