//! Passwords as Argon2id hashes (contract §6.21). Hashing is slow on purpose, so it runs beside the request threads, and
//! only a few at a time: a crowd at the door must not take the memory and the processors of the desk.

use argon2::{Argon2, PasswordHasher, PasswordVerifier, password_hash::phc::PasswordHash};
use tokio::sync::Semaphore;

/// How many run at once; each takes about 19 MiB and a processor.
static AT_ONCE: Semaphore = Semaphore::const_new(4);

/// Hashes `password` with the given salt into a PHC string.
///
/// # Errors
/// A sentence for the log when the parameters are refused; never tells the password.
pub async fn hash(password: String, salt: [u8; 16]) -> Result<String, String> {
    on_a_blocking_thread(move || {
        Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map(|hash| hash.to_string())
            .map_err(|error| error.to_string())
    })
    .await?
}

/// Whether `password` belongs to `hash`. Without a hash (no such account) the same work is done, so that the time of
/// the answer does not tell who has an account.
pub async fn matches(password: String, hash: Option<String>) -> bool {
    let known = hash.is_some();
    let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
    let same = on_a_blocking_thread(move || {
        PasswordHash::new(&hash)
            .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
    })
    .await;
    known && same.unwrap_or(false)
}

/// The hash of a password that nobody has, with today's parameters.
const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$AAECAwQFBgcICQoLDA0ODw$r1bNVL4ZJO3Ucv5BO0iFCNTWD8e2pV5JSN2OfN7V+Ag";

async fn on_a_blocking_thread<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, String> {
    let place = AT_ONCE.acquire().await.map_err(|error| error.to_string())?;
    // The place is held until the work is done, even when nobody waits for the answer any more.
    let work = move || {
        let done = work();
        drop(place);
        done
    };
    tokio::task::spawn_blocking(work).await.map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_matches_only_its_own_hash() {
        let hashed = hash("合言葉は長めに".to_owned(), [3; 16]).await.unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(matches("合言葉は長めに".to_owned(), Some(hashed.clone())).await);
        assert!(!matches("合言葉は短めに".to_owned(), Some(hashed)).await);
        assert!(!matches("anything".to_owned(), None).await);
    }

    #[test]
    fn the_hash_of_nobody_asks_for_the_same_work_as_a_real_one() {
        assert!(PasswordHash::new(NOBODY).is_ok());
    }
}
