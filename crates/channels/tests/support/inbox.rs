//! A session with INBOX open at a server that the test plays.

use channels::imap::{Account, Session};
use channels::tls::Security;

use super::fake::{Fake, Peer, public_roots};

/// What the server says of INBOX.
pub const OPENED: &str = "* 3 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 40] ok\r\n";

/// Signs in at a server that can do this, opens INBOX there, and plays both parts.
pub async fn with<T>(
    abilities: &str,
    client: impl AsyncFnOnce(&mut Session) -> T,
    server: impl AsyncFnOnce(&mut Peer),
) -> T {
    with_account(|account| account, abilities, client, server).await
}

pub async fn with_account<T>(
    change: impl FnOnce(Account) -> Account,
    abilities: &str,
    client: impl AsyncFnOnce(&mut Session) -> T,
    server: impl AsyncFnOnce(&mut Peer),
) -> T {
    let fake = Fake::open().await;
    let account = change(fake.account(Security::None, &public_roots()));
    let play = async {
        let mut peer = fake.accept().await;
        peer.imap(abilities).await;
        assert_eq!(peer.obey(OPENED).await, "SELECT \"INBOX\"");
        server(&mut peer).await;
    };
    let act = async {
        let mut session = Session::connect(&account).await.unwrap();
        session.select("INBOX").await.unwrap();
        client(&mut session).await
    };
    tokio::join!(act, play).0
}
