//! Who a mail is about.

use desk::{
    ids::ContactId,
    message::{Direction, Kind},
};
use mail::Address;
use store::{Tx, contacts};

use super::{Around, ReceiveError, entering::Entering};

/// The contact of a mail, found or added; `None` where no address can be read.
pub(super) async fn contact(
    tx: &mut Tx,
    around: &Around,
    mail: &Entering<'_>,
) -> Result<Option<ContactId>, ReceiveError> {
    let Some(person) = person(around, mail) else { return Ok(None) };
    let name = person.name.as_deref().map(str::trim).filter(|name| !name.is_empty());
    let id = contacts::find_or_add(tx, person.address.trim(), name, around.now).await?;
    Ok(Some(id))
}

/// Whom we write to, where it is our mail; else its writer. A form writes in a customer's name, who stands in Reply-To;
/// so does a mail that our own address sent us.
fn person<'a>(around: &Around, mail: &Entering<'a>) -> Option<&'a Address> {
    let said = &mail.read.mail;
    let mut to = said.to.iter().chain(&said.cc);
    let mut reply_to = said.reply_to.iter();
    let others = |one: &&Address| usable(one) && !around.is_own(&one.address);
    let writer = mail.from().filter(|one| usable(one));
    let person = if mail.direction == Direction::Out {
        to.find(others)
    } else if mail.kind == Kind::Form || writer.is_some_and(|writer| around.is_own(&writer.address)) {
        reply_to.find(others).or(writer)
    } else {
        writer
    };
    person.filter(|one| usable(one))
}

fn usable(one: &Address) -> bool {
    one.address.contains('@')
}
