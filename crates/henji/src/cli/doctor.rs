//! `henji doctor`: looks at everything and says in words what is wrong.

use clap::Args;
use server::{
    actions::examine::{self, Examined},
    words::text,
};

use super::Opened;
use crate::failure::Failure;

/// Look at everything.
#[derive(Debug, Args)]
pub struct Doctor {
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
}

impl Doctor {
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let desk = opened.desk().await?;
        let mut findings = vec![examine::disk(&opened.folder.0)];
        findings.extend(examine::desk(&desk).await?);
        let bad = findings.iter().filter(|finding| !finding.good).count();
        for finding in &findings {
            println!("{}", if self.json { line(finding)? } else { sentence(&opened, finding) });
        }
        if bad == 0 { Ok(()) } else { Err(Failure::new("cli.doctor.bad").with("count", bad)) }
    }
}

fn line(finding: &Examined) -> Result<String, Failure> {
    serde_json::to_string(finding).map_err(Failure::other)
}

fn sentence(opened: &Opened, finding: &Examined) -> String {
    let params: Vec<(&str, &str)> =
        finding.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let mark = if finding.good { "○" } else { "×" };
    format!("{mark} {}", text(opened.language, &format!("doctor.{}", finding.code), &params))
}
