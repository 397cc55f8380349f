//! To whom a reply goes. A proposal that the writer sees and may change; our own addresses are never in it.

use crate::agent::{fold_email, is_address};
use crate::message::Direction;

/// An address with the name beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Person<'a> {
    /// The display name.
    pub name: Option<&'a str>,
    /// The address as written.
    pub address: &'a str,
}

/// The message that is answered.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Which way it went.
    pub direction: Direction,
    /// Where its writer wants answers.
    pub reply_to: &'a [Person<'a>],
    /// Its writers.
    pub from: &'a [Person<'a>],
    /// Its recipients.
    pub to: &'a [Person<'a>],
    /// The recipients of its copies.
    pub cc: &'a [Person<'a>],
}

/// Whom a reply goes to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Proposal<'a> {
    /// The recipients.
    pub to: Vec<Person<'a>>,
    /// Whom a reply to all would copy; not used unless the writer chooses so.
    pub cc: Vec<Person<'a>>,
}

/// Whom a reply to this message goes to: Reply-To, else From; for a message of ours its To once more. Copies: the
/// rest of To and Cc. Each address stands once; ours and what is no address are left out.
pub fn propose<'a>(message: &Answered<'a>, own: &dyn Fn(&str) -> bool) -> Proposal<'a> {
    let wanted: [&[Person]; 2] = match message.direction {
        Direction::In | Direction::Note => [message.reply_to, message.from],
        Direction::Out => [message.to, message.cc],
    };
    let to =
        wanted.into_iter().map(|people| others(people.iter(), &[], own)).find(|people| !people.is_empty());
    let to = to.unwrap_or_default();
    let cc = others(message.to.iter().chain(message.cc), &to, own);
    Proposal { to, cc }
}

fn others<'a, 'b>(
    people: impl Iterator<Item = &'b Person<'a>>,
    without: &[Person],
    own: &dyn Fn(&str) -> bool,
) -> Vec<Person<'a>>
where
    'a: 'b,
{
    let mut chosen: Vec<Person<'a>> = Vec::new();
    for person in people {
        let address = fold_email(person.address);
        let known = |list: &[Person]| list.iter().any(|other| fold_email(other.address) == address);
        if is_address(person.address.trim()) && !own(&address) && !known(&chosen) && !known(without) {
            chosen.push(*person);
        }
    }
    chosen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const OURS: &str = "support@shop.co.jp";

    fn own(address: &str) -> bool {
        address == OURS
    }

    const fn at(address: &str) -> Person<'_> {
        Person { name: None, address }
    }

    fn addresses<'a>(people: &[Person<'a>]) -> Vec<&'a str> {
        people.iter().map(|person| person.address).collect()
    }

    fn came<'a>(
        reply_to: &'a [Person],
        from: &'a [Person],
        to: &'a [Person],
        cc: &'a [Person],
    ) -> Answered<'a> {
        Answered { direction: Direction::In, reply_to, from, to, cc }
    }

    #[test]
    fn an_answer_goes_to_the_writer_and_copies_are_only_proposed() {
        let (from, to, cc) =
            ([at("hana@x.jp")], [at(OURS), at("taro@x.jp")], [at("HANA@x.jp"), at("jiro@x.jp")]);
        let proposal = propose(&came(&[], &from, &to, &cc), &own);
        assert_eq!(addresses(&proposal.to), ["hana@x.jp"]);
        assert_eq!(addresses(&proposal.cc), ["taro@x.jp", "jiro@x.jp"]);
    }

    #[test]
    fn where_the_writer_wants_answers_counts() {
        let (reply_to, from, to) = ([at("office@x.jp")], [at("hana@x.jp")], [at(OURS)]);
        let proposal = propose(&came(&reply_to, &from, &to, &[]), &own);
        assert_eq!(addresses(&proposal.to), ["office@x.jp"]);
        assert_eq!(proposal.cc, []);
    }

    #[test]
    fn a_reply_to_that_is_ours_or_no_address_does_not_count() {
        for wanted in [OURS, "hana", "Support@Shop.co.jp"] {
            let (reply_to, from, to) = ([at(wanted)], [at("hana@x.jp")], [at(OURS)]);
            assert_eq!(
                addresses(&propose(&came(&reply_to, &from, &to, &[]), &own).to),
                ["hana@x.jp"],
                "{wanted}"
            );
        }
    }

    #[test]
    fn a_form_that_writes_as_us_is_answered_at_the_customers_address() {
        let (reply_to, from, to) = ([at("hana@x.jp")], [at(OURS)], [at(OURS)]);
        assert_eq!(addresses(&propose(&came(&reply_to, &from, &to, &[]), &own).to), ["hana@x.jp"]);
    }

    #[test]
    fn a_word_after_our_own_mail_goes_to_the_same_people() {
        let (from, to, cc) = ([at(OURS)], [at("hana@x.jp")], [at("taro@x.jp")]);
        let sent = Answered { direction: Direction::Out, ..came(&[], &from, &to, &cc) };
        let proposal = propose(&sent, &own);
        assert_eq!(addresses(&proposal.to), ["hana@x.jp"]);
        assert_eq!(addresses(&proposal.cc), ["taro@x.jp"]);
    }

    #[test]
    fn addresses_that_old_phones_have_are_answered() {
        let from = [at("a..b@docomo.ne.jp")];
        assert_eq!(addresses(&propose(&came(&[], &from, &[], &[]), &own).to), ["a..b@docomo.ne.jp"]);
    }

    proptest! {
        #[test]
        fn we_never_write_to_ourselves_and_to_nobody_twice(
            lists in prop::collection::vec(prop::collection::vec("([a-c]@x\\.jp|support@shop\\.co\\.jp|no)", 0..4), 4),
            out in any::<bool>(),
        ) {
            let people: Vec<Vec<Person>> = lists.iter().map(|list| list.iter().map(|a| at(a)).collect()).collect();
            let direction = if out { Direction::Out } else { Direction::In };
            let message = Answered { direction, reply_to: &people[0], from: &people[1], to: &people[2], cc: &people[3] };
            let proposal = propose(&message, &own);
            let mut all = addresses(&proposal.to);
            all.extend(addresses(&proposal.cc));
            prop_assert!(!all.contains(&OURS) && !all.contains(&"no"));
            let count = all.len();
            all.sort_unstable();
            all.dedup();
            prop_assert_eq!(all.len(), count);
        }
    }
}
