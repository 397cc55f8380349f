//! From a mailbox's settings to the accounts that `channels` connects with: passwords are opened here, usual ports are
//! filled in.

use channels::{Patience, imap, smtp_out, tls::Security};
use desk::mailbox::Tls;
use store::mailboxes::MailboxSettings;

use crate::state::Desk;

/// How `channels` calls what a mailbox says of its wire.
pub fn security(tls: Tls) -> Security {
    match tls {
        Tls::Required => Security::Tls,
        Tls::Starttls => Security::StartTls,
        Tls::None => Security::None,
    }
}

/// The IMAP account of a mailbox; the error is the code of what is missing.
pub fn incoming_account(desk: &Desk, settings: &MailboxSettings) -> Result<imap::Account, &'static str> {
    let host = settings.incoming_host.clone().ok_or("host_missing")?;
    let security = security(settings.incoming_tls);
    let sealed = settings.incoming_password.as_deref().ok_or("password_missing")?;
    Ok(imap::Account {
        host,
        port: settings.incoming_port.unwrap_or(if security == Security::Tls { 993 } else { 143 }),
        security,
        user: settings.incoming_user.clone().unwrap_or_else(|| settings.address.clone()),
        password: desk.keys.open(sealed).map_err(|_| "password_lost")?,
        roots: desk.roots.clone(),
        patience: Patience::default(),
    })
}

/// The SMTP server of a mailbox; the error is the code of what is missing.
pub fn outgoing_server(desk: &Desk, settings: &MailboxSettings) -> Result<smtp_out::Server, &'static str> {
    let host = settings.outgoing_host.clone().ok_or("host_missing")?;
    let security = security(settings.outgoing_tls);
    let password = match settings.outgoing_password.as_deref() {
        Some(sealed) => Some(desk.keys.open(sealed).map_err(|_| "password_lost")?),
        None => None,
    };
    let usual = match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    };
    Ok(smtp_out::Server {
        host,
        port: settings.outgoing_port.unwrap_or(usual),
        security,
        user: password
            .as_ref()
            .map(|_| settings.outgoing_user.clone().unwrap_or_else(|| settings.address.clone())),
        password,
        roots: desk.roots.clone(),
        patience: Patience::default(),
    })
}
