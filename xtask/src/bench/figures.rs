//! The figures of a run and the table they are printed in.

/// Everything that is measured; 0 stands for "not measured".
#[derive(Debug, Default)]
pub struct Figures {
    /// Imported mails a second, tickets and index included.
    pub import_per_s: f64,
    /// Mails a second that SMTP answered with 250.
    pub acked_per_s: f64,
    /// Mails a second from the wire to a ticket.
    pub read_per_s: f64,
    /// A page of 50 tickets, median.
    pub list_p50_ms: f64,
    /// The same, 95 of 100 are faster.
    pub list_p95_ms: f64,
    /// A search for a common word, 95 of 100 are faster.
    pub search_p95_ms: f64,
    /// From the start of the process to ready.
    pub start_ms: f64,
    /// Resident memory of a fresh desk.
    pub idle_mib: f64,
    /// Database by raw mail.
    pub database_ratio: f64,
}

impl Figures {
    fn rows(&self) -> [(&'static str, f64); 9] {
        [
            ("import, mails/s", self.import_per_s),
            ("SMTP in until 250, mails/s", self.acked_per_s),
            ("SMTP in until it is a ticket, mails/s", self.read_per_s),
            ("list of 50 tickets, p50 ms", self.list_p50_ms),
            ("list of 50 tickets, p95 ms", self.list_p95_ms),
            ("search of a common word, p95 ms", self.search_p95_ms),
            ("start until ready, ms", self.start_ms),
            ("memory at rest, MiB", self.idle_mib),
            ("database ÷ raw mail", self.database_ratio),
        ]
    }
}

/// Prints the columns as a Markdown table.
pub fn print(mails: usize, columns: &[(&str, Figures)]) {
    println!("| {mails} mails | {} |", columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "---|".repeat(columns.len()));
    for (n, (name, _)) in Figures::default().rows().iter().enumerate() {
        let cells: Vec<String> = columns.iter().map(|(_, figures)| cell(figures.rows()[n].1)).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn cell(value: f64) -> String {
    match value {
        0.0 => "–".to_owned(),
        small if small < 10.0 => format!("{small:.2}"),
        large => format!("{large:.0}"),
    }
}

/// The value below which `percent` of 100 lie.
pub fn percentile(times: &mut [f64], percent: usize) -> f64 {
    times.sort_by(f64::total_cmp);
    let place = (times.len() * percent / 100).min(times.len().saturating_sub(1));
    times.get(place).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_and_the_tail_are_told_apart() {
        let mut times: Vec<f64> = (1..=100).rev().map(f64::from).collect();
        assert!((percentile(&mut times, 50) - 51.0).abs() < f64::EPSILON);
        assert!((percentile(&mut times, 95) - 96.0).abs() < f64::EPSILON);
        assert!(percentile(&mut [], 50).abs() < f64::EPSILON);
    }
}
