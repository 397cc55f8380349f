//! A reply of ours came back. Only a bounce that names a reply which really is in the outbox comes here (contract §6.3;
//! anybody can write a bounce). It makes nothing leave the house: the recipients are marked, the ticket opens as not
//! delivered, and a person decides.

use desk::{
    outbound::State,
    thread::{SentMail, returned},
    ticket::Ticket,
    time::Millis,
};
use mail::{Bounce, FailedRecipient};
use store::{
    Tx,
    outbound::{self, OutboundRow, RecipientRow},
};

use super::record_sending::{lost_one, settle};
use crate::problem::Problem;

/// The longest answer of a server that is kept.
const LONGEST: usize = 1_000;

/// Marks the recipients that the bounce says were not reached; the ticket is held by the caller.
pub async fn handle_bounce(
    tx: &mut Tx,
    ticket: &mut Ticket,
    sent: &mut OutboundRow,
    bounce: &Bounce,
    now: Millis,
) -> Result<(), Problem> {
    let mut recipients = outbound::recipients(tx, sent.id).await?;
    let mail = SentMail {
        ticket: ticket.id,
        recipients: recipients.iter().map(|recipient| recipient.address.clone()).collect(),
    };
    let failed: Vec<&FailedRecipient> = bounce.recipients.iter().filter(|failed| !failed.delayed).collect();
    if failed.is_empty() && !bounce.recipients.is_empty() {
        // The server is still trying: nothing has come back yet.
        return Ok(());
    }
    let named: Vec<&str> = failed.iter().map(|failed| failed.address.as_str()).collect();
    let mut any = false;
    for place in returned(&mail, &named).failed {
        if let Some(recipient) = recipients.get_mut(place).filter(|one| one.state.may_become(State::Bounced))
        {
            mark(recipient, bounce);
            outbound::save_recipient(tx, recipient).await?;
            any = true;
        }
    }
    if any {
        settle(tx, ticket, sent, &recipients, None, now).await?;
        lost_one(tx, ticket, sent, now).await?;
    }
    Ok(())
}

fn mark(recipient: &mut RecipientRow, bounce: &Bounce) {
    recipient.state = State::Bounced;
    recipient.answer = said(recipient, bounce).map(|said| said.chars().take(LONGEST).collect());
}

/// Why, in the words of the server that returned it, after the code of the reason.
fn said(recipient: &RecipientRow, bounce: &Bounce) -> Option<String> {
    let own = bounce.recipients.iter().find(|failed| failed.address.eq_ignore_ascii_case(&recipient.address));
    let FailedRecipient { reason, status, diagnostic, .. } = own.or(bounce.recipients.first())?;
    let words = [Some(reason.as_str()), status.as_deref(), diagnostic.as_deref()];
    Some(words.into_iter().flatten().collect::<Vec<_>>().join(" "))
}
