//! Waiting for mail: IDLE where it is offered, else asking now and then.

use std::time::Duration;

use tokio::time::{Instant, sleep_until, timeout};
use tokio_util::sync::CancellationToken;

use super::conn::{Ended, Heard};
use super::error::ImapError;
use super::login::go_ahead;
use super::{Session, Woke};

/// One IDLE lasts this long. Servers may hang up after 30 minutes (RFC 2177), routers forget a
/// silent connection much earlier.
const ROUND: Duration = Duration::from_mins(9);
/// How often a server without IDLE is asked.
const POLL: Duration = Duration::from_mins(1);
/// At a stop the goodbye to IDLE may take this long.
const STOP: Duration = Duration::from_secs(2);

impl Session {
    /// Waits until something arrives in the opened folder, by IDLE or by asking now and then.
    /// What arrived since the last [`Session::uids`] counts, too.
    pub async fn wait(&mut self, max: Duration, stop: &CancellationToken) -> Result<Woke, ImapError> {
        let until = Instant::now() + max;
        let mut idle = self.conn.can("IDLE");
        loop {
            if self.conn.news {
                return Ok(Woke::News);
            }
            if stop.is_cancelled() {
                return Ok(Woke::Stopped);
            }
            if Instant::now() >= until {
                return Ok(Woke::Timeout);
            }
            let round = if idle { ROUND } else { POLL };
            let end = until.min(Instant::now() + round);
            if idle {
                idle = self.idle(end, stop).await?;
            } else {
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = sleep_until(end) => self.conn.run("NOOP", |_| {}).await?.ok()?,
                }
            }
        }
    }

    /// One IDLE; `false` if the server refuses it after all.
    async fn idle(&mut self, end: Instant, stop: &CancellationToken) -> Result<bool, ImapError> {
        let tag = self.conn.begin("IDLE").await?;
        if let Some(ended) = go_ahead(&mut self.conn, &tag).await? {
            return Ok(matches!(ended, Ended::Ok));
        }
        let patience = self.conn.wire().wait_for(None);
        let heard = self.listen(&tag, end, stop).await;
        self.conn.wire().wait_for(patience);
        if let Some(_ended) = heard? {
            return Ok(true);
        }
        let done = async {
            self.conn.write("DONE\r\n").await?;
            self.conn.finish(&tag, |_| {}).await?.ok()
        };
        if stop.is_cancelled() {
            // Whether the server heard it changes nothing: the connection is given up.
            drop(timeout(STOP, done).await);
        } else {
            done.await?;
        }
        Ok(true)
    }

    /// Listens until there is news, the time is over or the stop comes; `Some` if the server
    /// ended the IDLE itself.
    async fn listen(
        &mut self,
        tag: &str,
        end: Instant,
        stop: &CancellationToken,
    ) -> Result<Option<Ended>, ImapError> {
        while !self.conn.news {
            let heard = tokio::select! {
                () = stop.cancelled() => return Ok(None),
                () = sleep_until(end) => return Ok(None),
                heard = self.conn.next(tag, |_| ()) => heard?,
            };
            if let Heard::End(ended) = heard {
                return Ok(Some(ended));
            }
        }
        Ok(None)
    }
}
