//! The loop guard: whether a machine of ours may answer this mail. The only automatic mail is the acknowledgement;
//! every path to it goes through here. It fails towards silence, and says why.

use crate::codes::codes;
use crate::mailbox::Switch;
use crate::message::{ArrivedBy, Kind};
use std::sync::LazyLock;

codes! {
    /// Why nothing automatic answers a mail.
    pub enum WhyNot {
        /// The mailbox does not acknowledge.
        SwitchedOff => "switched_off",
        /// The mailbox sends nothing at all.
        SendingIsOff => "sending_is_off",
        /// It is old mail.
        Imported => "imported",
        /// It goes on with a ticket; only a first mail is acknowledged.
        NotTheFirst => "not_the_first",
        /// No person wrote it.
        NotAPerson => "not_a_person",
        /// Its header carries a machine's sign.
        MachineSign => "machine_sign",
        /// It came with the empty envelope sender, as machines' mail does.
        NullSender => "null_sender",
        /// There is no address to answer to.
        NoSender => "no_sender",
        /// Behind an address of it no person reads (daemon, noreply, list).
        Robot => "robot",
        /// It comes from, or the answer would go to, an address of ours.
        OwnAddress => "own_address",
        /// It is suspected of spam or a virus; an answer would tell the sender that we read.
        Suspected => "suspected",
        /// The ticket has had its automatic mail.
        TicketHadOne => "ticket_had_one",
        /// The address has had its acknowledgement within the hour.
        AddressHadOne => "address_had_one",
        /// The address has had all automatic mail it may get within the hour.
        AddressHadItsShare => "address_had_its_share",
    }
}

/// Most automatic mails to one ticket.
pub const PER_TICKET: u32 = 1;
/// Most acknowledgements to one address within an hour.
pub const ACKNOWLEDGEMENTS_PER_HOUR: u32 = 1;
/// Most automatic mails of any kind to one address within an hour.
pub const ALL_PER_HOUR: u32 = 5;

/// What matters of the mail and of its mailbox.
#[derive(Clone, Copy)]
pub struct Facts<'a> {
    /// The mailbox acknowledges.
    pub acknowledge: Switch,
    /// The mailbox sends.
    pub sending: Switch,
    /// How it arrived.
    pub arrived_by: ArrivedBy,
    /// It began its ticket.
    pub first_of_ticket: bool,
    /// What wrote it.
    pub kind: Kind,
    /// The reader found a machine's sign in the header (Auto-Submitted, Precedence, List-Id …).
    pub machine_sign: bool,
    /// It is suspected of spam or a virus.
    pub suspected: bool,
    /// The envelope sender; `Some("")` is the null sender, `None` where the door knows none (IMAP without
    /// Return-Path).
    pub envelope_from: Option<&'a str>,
    /// Every address in From and Sender.
    pub writers: &'a [&'a str],
    /// Where the answer would go: Reply-To, else From.
    pub answer_to: Option<&'a str>,
}

/// What was sent automatically so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Recent {
    /// To this ticket, ever.
    pub to_ticket: u32,
    /// Acknowledgements to this address within the last hour, by the whole desk.
    pub acknowledgements_to_address: u32,
    /// Automatic mails of any kind to this address within the last hour, by the whole desk.
    pub all_to_address: u32,
}

/// Whether the mail may be acknowledged. `own` tells whether an address is one of our mailboxes or agents.
pub fn may_answer(facts: &Facts, recent: &Recent, own: &dyn Fn(&str) -> bool) -> Result<(), WhyNot> {
    let reasons = [
        (facts.acknowledge == Switch::Off, WhyNot::SwitchedOff),
        (facts.sending == Switch::Off, WhyNot::SendingIsOff),
        (matches!(facts.arrived_by, ArrivedBy::Import), WhyNot::Imported),
        (!facts.first_of_ticket, WhyNot::NotTheFirst),
        (!matches!(facts.kind, Kind::Human | Kind::Form), WhyNot::NotAPerson),
        (facts.machine_sign, WhyNot::MachineSign),
        (facts.suspected, WhyNot::Suspected),
        (facts.envelope_from.is_some_and(|sender| bare(sender).is_empty()), WhyNot::NullSender),
        (!facts.answer_to.is_some_and(crate::agent::is_address), WhyNot::NoSender),
        (addresses(facts).any(own_or_tagged(own)), WhyNot::OwnAddress),
        (addresses(facts).any(is_robot), WhyNot::Robot),
        (recent.to_ticket >= PER_TICKET, WhyNot::TicketHadOne),
        (recent.acknowledgements_to_address >= ACKNOWLEDGEMENTS_PER_HOUR, WhyNot::AddressHadOne),
        (recent.all_to_address >= ALL_PER_HOUR, WhyNot::AddressHadItsShare),
    ];
    reasons.into_iter().find(|(applies, _)| *applies).map_or(Ok(()), |(_, why)| Err(why))
}

/// Every address the mail speaks from or wants answers at.
fn addresses<'a>(facts: &Facts<'a>) -> impl Iterator<Item = &'a str> {
    facts
        .writers
        .iter()
        .copied()
        .chain(facts.envelope_from)
        .chain(facts.answer_to)
        .filter(|one| !bare(one).is_empty())
}

/// An address with a plus tag is the same mailbox.
fn own_or_tagged(own: &dyn Fn(&str) -> bool) -> impl Fn(&str) -> bool {
    move |address| {
        let address = bare(address);
        own(&address) || without_tag(&address).is_some_and(|plain| own(&plain))
    }
}

fn without_tag(address: &str) -> Option<String> {
    let (local, domain) = address.rsplit_once('@')?;
    let (plain, _) = local.split_once('+')?;
    Some(format!("{plain}@{domain}"))
}

fn bare(address: &str) -> String {
    address.trim().trim_start_matches('<').trim_end_matches('>').trim().to_lowercase()
}

static ROBOTS: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    include_str!("../data/robots.tsv").lines().filter_map(|line| line.split_once('\t')).collect()
});

/// Whether no person reads behind the address: a daemon, a no-reply address, a list's own address.
pub fn is_robot(address: &str) -> bool {
    let address = bare(address);
    let local = address.rsplit_once('@').map_or(address.as_str(), |(local, _)| local);
    let is_cut = |c: char| matches!(c, '.' | '-' | '_' | '+' | '=');
    ROBOTS.iter().any(|(name, how)| {
        local.match_indices(name).any(|(at, _)| {
            let first = at == 0;
            let last = at + name.len() == local.len();
            let cut_before = first || local[..at].ends_with(is_cut);
            let cut_after = last || local[at + name.len()..].starts_with(is_cut);
            match *how {
                "exact" => first && last,
                "begins" => first && cut_after,
                "ends" => last && cut_before && !first,
                _ => cut_before && cut_after,
            }
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn hana() -> Facts<'static> {
        Facts {
            acknowledge: Switch::On,
            sending: Switch::On,
            arrived_by: ArrivedBy::Imap,
            first_of_ticket: true,
            kind: Kind::Human,
            machine_sign: false,
            suspected: false,
            envelope_from: Some("hana@gmail.com"),
            writers: &["hana@gmail.com"],
            answer_to: Some("hana@gmail.com"),
        }
    }

    fn own(address: &str) -> bool {
        address == "support@shop.co.jp"
    }

    fn judged(facts: &Facts) -> Result<(), WhyNot> {
        may_answer(facts, &Recent::default(), &own)
    }

    #[test]
    fn a_persons_first_mail_is_acknowledged() {
        assert_eq!(judged(&hana()), Ok(()));
        assert_eq!(judged(&Facts { kind: Kind::Form, envelope_from: None, ..hana() }), Ok(()));
    }

    #[test]
    fn nothing_else_is() {
        let table = [
            (Facts { acknowledge: Switch::Off, ..hana() }, WhyNot::SwitchedOff),
            (Facts { sending: Switch::Off, ..hana() }, WhyNot::SendingIsOff),
            (Facts { arrived_by: ArrivedBy::Import, ..hana() }, WhyNot::Imported),
            (Facts { first_of_ticket: false, ..hana() }, WhyNot::NotTheFirst),
            (Facts { kind: Kind::AutoReply, ..hana() }, WhyNot::NotAPerson),
            (Facts { kind: Kind::Bounce, ..hana() }, WhyNot::NotAPerson),
            (Facts { kind: Kind::Receipt, ..hana() }, WhyNot::NotAPerson),
            (Facts { kind: Kind::List, ..hana() }, WhyNot::NotAPerson),
            (Facts { kind: Kind::Newsletter, ..hana() }, WhyNot::NotAPerson),
            (Facts { kind: Kind::Notification, ..hana() }, WhyNot::NotAPerson),
            (Facts { kind: Kind::Unreadable, ..hana() }, WhyNot::NotAPerson),
            (Facts { machine_sign: true, ..hana() }, WhyNot::MachineSign),
            (Facts { suspected: true, ..hana() }, WhyNot::Suspected),
            (Facts { envelope_from: Some(""), ..hana() }, WhyNot::NullSender),
            (Facts { envelope_from: Some("<>"), ..hana() }, WhyNot::NullSender),
            (Facts { answer_to: None, ..hana() }, WhyNot::NoSender),
            (Facts { answer_to: Some("hana"), ..hana() }, WhyNot::NoSender),
            (Facts { writers: &["MAILER-DAEMON@x.jp"], ..hana() }, WhyNot::Robot),
            (Facts { answer_to: Some("noreply@x.jp"), ..hana() }, WhyNot::Robot),
            (Facts { envelope_from: Some("list-bounces@x.jp"), ..hana() }, WhyNot::Robot),
            (Facts { answer_to: Some("Support@Shop.co.jp"), ..hana() }, WhyNot::OwnAddress),
            (Facts { writers: &["support+h234@shop.co.jp"], ..hana() }, WhyNot::OwnAddress),
        ];
        for (facts, why) in table {
            assert_eq!(judged(&facts), Err(why));
        }
    }

    #[test]
    fn nobody_gets_many() {
        let table = [
            (Recent { to_ticket: 1, ..Recent::default() }, WhyNot::TicketHadOne),
            (
                Recent { acknowledgements_to_address: 1, all_to_address: 1, to_ticket: 0 },
                WhyNot::AddressHadOne,
            ),
            (Recent { all_to_address: 5, ..Recent::default() }, WhyNot::AddressHadItsShare),
        ];
        for (recent, why) in table {
            assert_eq!(may_answer(&hana(), &recent, &own), Err(why));
        }
        let four = Recent { all_to_address: 4, ..Recent::default() };
        assert_eq!(may_answer(&hana(), &four, &own), Ok(()));
    }

    #[test]
    fn robots_are_known_by_their_local_part() {
        for address in [
            "MAILER-DAEMON@docomo.ne.jp",
            "postmaster@x.jp",
            "no-reply@x.jp",
            "noreply-order@x.jp",
            "order.noreply@x.jp",
            "do_not_reply@x.jp",
            "bounce+taro=x.jp@list.jp",
            "owner-ml@x.jp",
            "ml-request@x.jp",
            "<root@localhost>",
        ] {
            assert!(is_robot(address), "{address}");
        }
    }

    #[test]
    fn people_with_similar_names_are_no_robots() {
        for address in [
            "hana@x.jp",
            "daemona@x.jp",
            "rooter@x.jp",
            "bouncer@x.jp",
            "request@x.jp",
            "ownership@x.jp",
            "reply@x.jp",
        ] {
            assert!(!is_robot(address), "{address}");
        }
    }

    proptest! {
        #[test]
        fn a_sign_of_a_machine_always_means_silence(
            kind in prop::sample::select(Kind::ALL),
            machine_sign in any::<bool>(),
            null_sender in any::<bool>(),
            to_ticket in 0..3_u32,
            to_address in 0..8_u32,
        ) {
            let envelope_from = Some(if null_sender { "" } else { "hana@gmail.com" });
            let facts = Facts { kind, machine_sign, envelope_from, ..hana() };
            let recent = Recent { to_ticket, acknowledgements_to_address: to_address, all_to_address: to_address };
            let allowed = may_answer(&facts, &recent, &own).is_ok();
            let person = matches!(kind, Kind::Human | Kind::Form);
            prop_assert_eq!(allowed, person && !machine_sign && !null_sender && to_ticket == 0 && to_address == 0);
        }
    }
}
