//! Signs of life for work that is ours for a time: without them another node takes it for cut off.

use std::time::Duration;

use store::StoreError;

/// Gives a sign again and again until it is dropped. One that fails is told and not fatal: whoever finishes first wins,
/// and what was taken for cut off is corrected by its end.
pub async fn keep_alive<Fut: Future<Output = Result<(), StoreError>>>(
    every: Duration,
    what: &'static str,
    sign: impl Fn() -> Fut,
) {
    loop {
        tokio::time::sleep(every).await;
        if let Err(error) = sign().await {
            tracing::warn!(what, %error, "a lease could not be renewed");
        }
    }
}
