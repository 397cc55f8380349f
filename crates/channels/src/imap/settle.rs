//! What is done to a mail on the server once it is kept. Every step may be done twice.

use super::conn::Ended;
use super::error::ImapError;
use super::fetch::set;
use super::{AfterFetch, Session};

/// Mails named in one command: lines stay short enough for every server.
const BATCH: usize = 500;

impl Session {
    /// Does to these mails of the [selected](Session::select) folder what the mailbox wants.
    /// May be repeated after a failure.
    pub async fn settle(&mut self, uids: &[u32], how: &AfterFetch) -> Result<(), ImapError> {
        for batch in uids.chunks(BATCH) {
            let uids = set(batch);
            match how {
                AfterFetch::Leave => {}
                AfterFetch::Seen => {
                    let command = format!(r"UID STORE {uids} +FLAGS.SILENT (\Seen)");
                    self.conn.run(&command, |_| {}).await?.ok()?;
                }
                AfterFetch::Move(folder) => self.move_to(&uids, folder).await?,
            }
        }
        Ok(())
    }

    async fn move_to(&mut self, uids: &str, folder: &str) -> Result<(), ImapError> {
        let wire = self.on_wire(folder)?;
        let in_one = self.conn.can("MOVE");
        let verb = if in_one { "MOVE" } else { "COPY" };
        let ended = self.conn.run(&format!("UID {verb} {uids} {wire}"), |_| {}).await?;
        if let Ended::No(answer) = ended {
            return Err(self.refused(folder, &wire, answer).await);
        }
        ended.ok()?;
        if in_one {
            return Ok(());
        }
        let command = format!(r"UID STORE {uids} +FLAGS.SILENT (\Deleted)");
        self.conn.run(&command, |_| {}).await?.ok()?;
        if self.conn.can("UIDPLUS") {
            self.conn.run(&format!("UID EXPUNGE {uids}"), |_| {}).await?.ok()?;
        }
        // Without UIDPLUS the mails stay, marked as deleted: a plain EXPUNGE would also remove
        // what somebody else has marked.
        Ok(())
    }
}
