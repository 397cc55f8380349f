//! `henji doctor`: looks at everything and says in words what is wrong and what to do. It makes and migrates nothing, so
//! that what it tells is what was there.

mod doors;
mod folder;

use clap::Args;
use rand::RngCore;
use server::{
    actions::examine::{self, Examined, Judged},
    keys::Keys,
    state::{Desk, ServeSettings},
    words::text,
};
use store::{Store, Url};

use super::{
    Opened,
    output::{Progress, print},
    serve,
};
use crate::failure::Failure;

/// Look at everything.
#[derive(Debug, Args)]
pub struct Doctor {}

/// The findings so far; each is said at once, because the next may take long.
struct Report<'a> {
    opened: &'a Opened,
    bad: usize,
}

impl Doctor {
    pub(super) async fn run(&self, opened: Opened) -> Result<(), Failure> {
        let mut report = Report { opened: &opened, bad: 0 };
        report.tell_all(folder::configuration(&opened))?;
        report.tell_all(folder::folder(&opened))?;
        report.tell_all(doors::doors(&opened).await)?;
        report.database().await?;
        if report.bad == 0 { Ok(()) } else { Err(Failure::new("cli.doctor.bad").with("count", report.bad)) }
    }
}

impl Report<'_> {
    fn tell_all(&mut self, findings: impl IntoIterator<Item = Examined>) -> Result<(), Failure> {
        findings.into_iter().try_for_each(|finding| self.tell(&finding))
    }

    fn tell(&mut self, finding: &Examined) -> Result<(), Failure> {
        self.bad += usize::from(finding.state == Judged::Bad);
        let words = self.words(finding);
        if self.opened.json {
            let mut line = serde_json::to_value(finding).map_err(Failure::other)?;
            line["words"] = words.into();
            return print(&line.to_string());
        }
        let mark = match finding.state {
            Judged::Good => "○",
            Judged::Note => "・",
            Judged::Bad => "×",
        };
        print(&format!("{mark} {words}"))
    }

    /// A mail server's trouble has words of its own; what it said itself stands behind them.
    fn words(&self, finding: &Examined) -> String {
        let language = self.opened.language;
        let mut params: Vec<(&str, &str)> =
            finding.params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let mut why = String::new();
        if let Some(code) = finding.params.get("error") {
            why = text(language, &format!("mailbox.error.{code}"), &[]);
        }
        if let Some(said) = finding.params.get("said").filter(|said| !said.is_empty()) {
            why += &text(language, "cli.doctor.said", &[("said", said)]);
        }
        if !why.is_empty() {
            params.push(("why", &why));
        }
        text(language, &format!("doctor.{}", finding.code), &params)
    }

    async fn database(&mut self) -> Result<(), Failure> {
        let url = self.opened.folder.url(&self.opened.config);
        if let Url::Sqlite(file) = &url
            && !file.exists()
        {
            return self.tell(&Examined::bad("database_missing").with("file", file.display()));
        }
        let store = match Store::connect(&url).await {
            Ok(store) => store,
            Err(error) => return self.tell(&Examined::bad("database_failed").with("why", error)),
        };
        let findings = self.patiently(examine::database(&store)).await;
        let usable = findings.iter().all(|finding| finding.state != Judged::Bad);
        self.tell_all(findings)?;
        if usable {
            self.desk(self.desk_over(store.clone())?).await?;
        }
        store.close().await;
        Ok(())
    }

    async fn desk(&mut self, desk: Desk) -> Result<(), Failure> {
        self.tell_all(examine::desk(&desk).await?)?;
        let mailboxes = store::mailboxes::list(&mut desk.store.read().await?).await?;
        if mailboxes.is_empty() {
            self.tell(&Examined::note("no_mailboxes"))?;
        }
        let listens = self.opened.config.smtp_in.listen.is_some();
        for mailbox in &mailboxes {
            let findings = self.patiently(examine::mailbox(&desk, mailbox, listens)).await;
            self.tell_all(findings)?;
        }
        Ok(())
    }

    /// The desk to look at. Where the key cannot be read, one of chance stands in: it opens nothing, and that is told.
    fn desk_over(&self, store: Store) -> Result<Desk, Failure> {
        let config = &self.opened.config;
        let keys = self.opened.folder.key_file(config).and_then(|file| crate::data::read_key(&file));
        let keys = keys.unwrap_or_else(|_| {
            let mut chance = [0; 32];
            rand::rng().fill_bytes(&mut chance);
            Keys::derive(&chance)
        });
        let settings = ServeSettings { node: "command".to_owned(), ..serve::settings(config, "") };
        Ok(Desk::new(store, keys, serve::roots(config)?, settings))
    }

    async fn patiently<T>(&self, work: impl Future<Output = T>) -> T {
        Progress::start().during(work, || text(self.opened.language, "cli.waiting", &[])).await
    }
}
