//! Threading told in the words of the mails it decides.

use desk::ids::TicketId;
use desk::message::{Direction, Kind};
use desk::thread::{
    Around, Arrived, Because, Candidate, Named, Said, SentMail, Threading, people, returned, thread,
};
use desk::ticket::Suggestion;
use desk::time::DAY;
use proptest::prelude::*;

const OURS: &str = "support@shop.co.jp";

fn organisation(domain: &str) -> Option<String> {
    let registrable = ["kaisha.co.jp", "daigaku.ac.jp", "city.lg.jp", "shop.co.jp"];
    registrable
        .iter()
        .find(|known| domain == **known || domain.ends_with(&format!(".{known}")))
        .map(|d| (*d).to_owned())
}

fn decide(mail: &Arrived, candidates: &[Candidate]) -> Threading {
    let own = |address: &str| address == OURS;
    thread(mail, candidates, &Around { own: &own, organisation: &organisation })
}

fn words(list: &[&str]) -> Vec<String> {
    list.iter().map(|word| (*word).to_owned()).collect()
}

fn named(ticket: i64, id: &str, direction: Direction, people: &[&str]) -> Candidate {
    let named = Named::Message { id: id.to_owned(), direction };
    Candidate { ticket: TicketId(ticket), named, people: words(people) }
}

fn by_token(ticket: i64, people: &[&str]) -> Candidate {
    Candidate { ticket: TicketId(ticket), named: Named::Token, people: words(people) }
}

fn alike(ticket: i64, from: &str, subject: &str, at: i64) -> Candidate {
    let named = Named::Alike { from: from.to_owned(), base_subject: subject.to_owned(), at };
    Candidate { ticket: TicketId(ticket), named, people: words(&[from]) }
}

struct Letter {
    from: Option<&'static str>,
    in_reply_to: Vec<String>,
    references: Vec<String>,
    subject: &'static str,
    kind: Kind,
}

impl Letter {
    fn from(from: &'static str) -> Self {
        Self {
            from: Some(from),
            in_reply_to: vec![],
            references: vec![],
            subject: "返品について",
            kind: Kind::Human,
        }
    }

    fn references(mut self, ids: &[&str]) -> Self {
        self.references = words(ids);
        self
    }

    fn in_reply_to(mut self, ids: &[&str]) -> Self {
        self.in_reply_to = words(ids);
        self
    }

    fn among(&self, candidates: &[Candidate]) -> Threading {
        decide(&self.arrived(), candidates)
    }

    fn arrived(&self) -> Arrived<'_> {
        Arrived {
            kind: self.kind,
            from: self.from,
            in_reply_to: &self.in_reply_to,
            references: &self.references,
            base_subject: self.subject,
            at: 100 * DAY,
        }
    }
}

fn joins(ticket: i64, because: Because) -> Threading {
    Threading::Joins { ticket: TicketId(ticket), because }
}

fn suggests(ticket: i64, because: Because) -> Threading {
    Threading::New { because, suggest: Some(Suggestion { ticket: TicketId(ticket), because }) }
}

const NEW: Threading = Threading::New { because: Because::NothingBeforeIt, suggest: None };

#[test]
fn a_first_mail_begins_a_ticket() {
    assert_eq!(Letter::from("hana@gmail.com").among(&[]), NEW);
    assert_eq!(Letter::from("hana@gmail.com").references(&["unknown@x"]).among(&[]), NEW);
}

#[test]
fn the_answer_of_whom_we_wrote_to_joins() {
    let letter = Letter::from("Hana@Gmail.com").in_reply_to(&["ours"]);
    let ticket = named(1, "ours", Direction::Out, &["hana@gmail.com"]);
    assert_eq!(letter.among(&[ticket]), joins(1, Because::AnswersOurMail));
}

#[test]
fn a_customer_who_answers_himself_joins() {
    let letter = Letter::from("hana@gmail.com").references(&["hers"]);
    let ticket = named(1, "hers", Direction::In, &["hana@gmail.com"]);
    assert_eq!(letter.among(&[ticket]), joins(1, Because::AnswersCustomersMail));
}

#[test]
fn a_mail_to_the_tickets_address_joins_if_one_of_its_people_writes() {
    let ticket = by_token(1, &["hana@gmail.com"]);
    assert_eq!(
        Letter::from("hana@gmail.com").among(std::slice::from_ref(&ticket)),
        joins(1, Because::CameByOurAddress)
    );
    assert_eq!(Letter::from("else@gmail.com").among(&[ticket]), suggests(1, Because::StrangerWithOurId));
}

#[test]
fn a_stranger_with_stolen_references_begins_a_ticket_of_his_own() {
    let letter = Letter::from("thief@gmail.com").in_reply_to(&["ours"]).references(&["hers", "ours"]);
    let candidates = [
        named(1, "ours", Direction::Out, &["hana@gmail.com"]),
        named(1, "hers", Direction::In, &["hana@gmail.com"]),
    ];
    assert_eq!(letter.among(&candidates), suggests(1, Because::StrangerWithOurId));
}

#[test]
fn a_colleague_joins_where_the_domain_is_an_organisations() {
    let table = [
        ("boss@kaisha.co.jp", "taro@kaisha.co.jp", joins(1, Because::SameDomain)),
        ("boss@mail.kaisha.co.jp", "taro@kaisha.co.jp", joins(1, Because::SameDomain)),
        ("sensei@daigaku.ac.jp", "gakusei@cs.daigaku.ac.jp", joins(1, Because::SameDomain)),
        ("a@city.lg.jp", "b@city.lg.jp", joins(1, Because::SameDomain)),
        ("boss@other.co.jp", "taro@kaisha.co.jp", suggests(1, Because::StrangerWithOurId)),
        ("thief@gmail.com", "hana@gmail.com", suggests(1, Because::StrangerWithOurId)),
        ("thief@docomo.ne.jp", "hana@docomo.ne.jp", suggests(1, Because::StrangerWithOurId)),
    ];
    for (from, person, expected) in table {
        let letter = Letter::from(from).in_reply_to(&["ours"]);
        assert_eq!(
            letter.among(&[named(1, "ours", Direction::Out, &[person])]),
            expected,
            "{from} and {person}"
        );
    }
}

#[test]
fn our_own_address_in_the_copies_lets_nobody_of_our_domain_in() {
    let letter = Letter::from("thief@shop.co.jp").in_reply_to(&["ours"]);
    let ticket = named(1, "ours", Direction::Out, &["hana@gmail.com", OURS]);
    assert_eq!(letter.among(&[ticket]), suggests(1, Because::StrangerWithOurId));
}

#[test]
fn a_mail_that_claims_to_be_from_us_does_not_join() {
    let letter = Letter::from(OURS).in_reply_to(&["ours"]);
    let ticket = named(1, "ours", Direction::Out, &["hana@gmail.com", OURS]);
    assert_eq!(letter.among(&[ticket]), suggests(1, Because::StrangerWithOurId));
}

#[test]
fn a_mail_without_a_sender_does_not_join() {
    let letter = Letter { from: None, ..Letter::from("").in_reply_to(&["ours"]) };
    let ticket = named(1, "ours", Direction::Out, &["", "hana@gmail.com"]);
    assert_eq!(letter.among(std::slice::from_ref(&ticket)), suggests(1, Because::StrangerWithOurId));
    assert_eq!(
        Letter::from("").in_reply_to(&["ours"]).among(&[ticket]),
        suggests(1, Because::StrangerWithOurId)
    );
}

#[test]
fn what_is_answered_counts_before_what_was_said_long_ago() {
    let people = ["hana@gmail.com"];
    let candidates = [named(1, "old", Direction::Out, &people), named(2, "late", Direction::Out, &people)];
    let mine = || Letter::from("hana@gmail.com");
    assert_eq!(mine().references(&["old", "late"]).among(&candidates), joins(2, Because::AnswersOurMail));
    assert_eq!(mine().references(&["late", "old"]).among(&candidates), joins(1, Because::AnswersOurMail));
    let answers_old = mine().in_reply_to(&["old"]).references(&["old", "late"]);
    assert_eq!(answers_old.among(&candidates), joins(1, Because::AnswersOurMail));
}

#[test]
fn an_id_counts_before_a_token() {
    let people = ["hana@gmail.com"];
    let candidates = [by_token(1, &people), named(2, "ours", Direction::Out, &people)];
    let letter = Letter::from("hana@gmail.com").references(&["ours"]);
    assert_eq!(letter.among(&candidates), joins(2, Because::AnswersOurMail));
}

#[test]
fn a_later_id_where_the_sender_is_known_outweighs_one_where_he_is_not() {
    let candidates = [
        named(1, "b", Direction::Out, &["else@gmail.com"]),
        named(2, "a", Direction::In, &["hana@gmail.com"]),
    ];
    let letter = Letter::from("hana@gmail.com").references(&["a", "b"]);
    assert_eq!(letter.among(&candidates), joins(2, Because::AnswersCustomersMail));
}

#[test]
fn the_same_subject_of_the_same_sender_is_a_hint_for_two_weeks() {
    let hana = || Letter::from("hana@gmail.com");
    let lately = alike(1, "hana@gmail.com", "返品について", 86 * DAY);
    assert_eq!(hana().among(&[lately]), suggests(1, Because::SameSenderSameSubject));
    assert_eq!(hana().among(&[alike(1, "hana@gmail.com", "返品について", 86 * DAY - 1)]), NEW);
    assert_eq!(hana().among(&[alike(1, "hana@gmail.com", "交換について", 99 * DAY)]), NEW);
    assert_eq!(hana().among(&[alike(1, "else@gmail.com", "返品について", 99 * DAY)]), NEW);
    let newest = [
        alike(1, "hana@gmail.com", "返品について", 97 * DAY),
        alike(2, "hana@gmail.com", "返品について", 99 * DAY),
    ];
    assert_eq!(hana().among(&newest), suggests(2, Because::SameSenderSameSubject));
}

#[test]
fn forms_and_mails_without_a_subject_give_no_hint() {
    let lately = [alike(1, "hana@gmail.com", "返品について", 99 * DAY)];
    assert_eq!(Letter { kind: Kind::Form, ..Letter::from("hana@gmail.com") }.among(&lately), NEW);
    let silent = [alike(1, "hana@gmail.com", "", 99 * DAY)];
    assert_eq!(Letter { subject: " ", ..Letter::from("hana@gmail.com") }.among(&silent), NEW);
}

#[test]
fn a_bounce_belongs_to_the_mail_it_names() {
    let sent = |recipients: &[&str]| SentMail { ticket: TicketId(1), recipients: words(recipients) };
    let table: [(&[&str], &[&str], &[usize]); 5] = [
        (&["hana@gmail.com"], &["HANA@gmail.com"], &[0]),
        (&["hana@gmail.com"], &["forwarded@else.jp"], &[0]),
        (&["hana@gmail.com"], &[], &[0]),
        (&["a@x.jp", "b@x.jp"], &["b@x.jp"], &[1]),
        (&["a@x.jp", "b@x.jp"], &["c@x.jp"], &[]),
    ];
    for (recipients, named, failed) in table {
        let bounce = returned(&sent(recipients), named);
        assert_eq!(
            (bounce.ticket, bounce.failed.as_slice()),
            (TicketId(1), failed),
            "{recipients:?} {named:?}"
        );
    }
}

#[test]
fn people_are_who_wrote_to_us_and_whom_we_wrote_to() {
    let said = |direction, kind, from: &'static str, recipients: &[&'static str]| Said {
        direction,
        kind,
        from: Some(from),
        recipients: recipients.to_vec(),
    };
    let ticket = [
        said(Direction::In, Kind::Human, "Hana@Gmail.com", &[OURS, "copied@evil.com"]),
        said(Direction::Out, Kind::Human, OURS, &["hana@gmail.com", "taro@kaisha.co.jp"]),
        said(Direction::In, Kind::Bounce, "mailer-daemon@evil.com", &[OURS]),
        said(Direction::Note, Kind::Human, "", &["colleague@shop.co.jp"]),
        Said { direction: Direction::In, kind: Kind::Human, from: None, recipients: vec![] },
    ];
    assert_eq!(people(&ticket), ["hana@gmail.com", "taro@kaisha.co.jp"]);
}

fn any_said() -> impl Strategy<Value = (Direction, Kind, String, Vec<String>)> {
    let direction = prop::sample::select(Direction::ALL);
    let kind = prop::sample::select(Kind::ALL);
    (direction, kind, "[a-d]@x\\.jp", prop::collection::vec("[a-d]@x\\.jp", 0..4))
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let person =
        prop::sample::select(vec!["hana@gmail.com", "taro@kaisha.co.jp", "x@docomo.ne.jp", OURS, ""]);
    let people = prop::collection::vec(person.prop_map(str::to_owned), 0..4);
    let named = prop_oneof![
        ("[abc]", any::<bool>()).prop_map(|(id, out)| Named::Message {
            id,
            direction: if out { Direction::Out } else { Direction::In },
        }),
        Just(Named::Token),
        ("[abc]", 80..120_i64).prop_map(|(base_subject, day)| Named::Alike {
            from: "stranger@gmail.com".to_owned(),
            base_subject,
            at: day * DAY,
        }),
    ];
    (0..5_i64, named, people).prop_map(|(ticket, named, people)| Candidate {
        ticket: TicketId(ticket),
        named,
        people,
    })
}

proptest! {
    #[test]
    fn a_stranger_never_joins(
        candidates in prop::collection::vec(any_candidate(), 0..8),
        ids in prop::collection::vec("[abc]", 0..4),
        from in prop::sample::select(vec!["stranger@gmail.com", "x@evil.co.jp", "y@docomo.ne.jp", "z@shop.co.jp", OURS, "", "@", "kaisha.co.jp"]),
    ) {
        let mail = Arrived { kind: Kind::Human, from: Some(from), in_reply_to: &ids, references: &ids, base_subject: "a", at: 100 * DAY };
        let decision = decide(&mail, &candidates);
        prop_assert!(matches!(decision, Threading::New { .. }), "{decision:?}");
        // What is suggested was named, or is alike.
        if let Threading::New { suggest: Some(suggestion), .. } = decision {
            prop_assert!(candidates.iter().any(|candidate| candidate.ticket == suggestion.ticket));
        }
    }

    #[test]
    fn whom_incoming_mail_copies_is_nobody(said in prop::collection::vec(any_said(), 0..6)) {
        let messages: Vec<Said> = said
            .iter()
            .map(|(direction, kind, from, to)| Said {
                direction: *direction,
                kind: *kind,
                from: Some(from),
                recipients: to.iter().map(String::as_str).collect(),
            })
            .collect();
        for person in people(&messages) {
            let wrote = said.iter().any(|(way, kind, from, _)| *way == Direction::In && *kind != Kind::Bounce && *from == person);
            let was_written_to = said.iter().any(|(way, _, _, to)| *way == Direction::Out && to.contains(&person));
            prop_assert!(wrote || was_written_to, "{person}");
        }
    }

    #[test]
    fn the_order_of_candidates_decides_nothing_between_ids(
        ids in prop::sample::subsequence(vec!["a".to_owned(), "b".to_owned(), "c".to_owned()], 1..=3),
        shuffled in Just(vec![("a", 1), ("b", 2), ("c", 3)]).prop_shuffle(),
    ) {
        let candidates: Vec<Candidate> =
            shuffled.iter().map(|(id, ticket)| named(*ticket, id, Direction::In, &["hana@gmail.com"])).collect();
        let mail = Arrived { kind: Kind::Human, from: Some("hana@gmail.com"), in_reply_to: &[], references: &ids, base_subject: "", at: 0 };
        let last = ids.last().unwrap();
        let expected = shuffled.iter().find(|(id, _)| id == last).unwrap().1;
        prop_assert_eq!(decide(&mail, &candidates), joins(expected, Because::AnswersCustomersMail));
    }
}
