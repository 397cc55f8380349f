//! What is typed, and what it means: the node tree and the condition as short texts.

use super::parse::Node;
use super::{Around, Condition, Named, Place, Question, Text};
use crate::ids::{AgentId, MailboxId, TeamId};
use crate::time::{Millis, parse_rfc3339};
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// The tree of a question: `(a b)` for all, `[a | b]` for one of them.
fn read(question: &str) -> String {
    node(&Question::parse(question).root)
}

fn node(asked: &Node) -> String {
    let list = |nodes: &[Node], joint: &str| nodes.iter().map(node).collect::<Vec<_>>().join(joint);
    match asked {
        Node::All(nodes) => format!("({})", list(nodes, " ")),
        Node::Any(nodes) => format!("[{}]", list(nodes, " | ")),
        Node::Not(inner) => format!("-{}", node(inner)),
        Node::Term(term) => match term.field {
            Some(field) => format!("{field}:<{}>", term.text),
            None => format!("<{}>", term.text),
        },
    }
}

/// Saturday, 2026-11-21, 9:30 in Tokyo.
fn now() -> Millis {
    parse_rfc3339("2026-11-21T09:30:00+09:00").unwrap()
}

fn around() -> Around {
    let named = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    Around {
        zone: TimeZone::get("Asia/Tokyo").unwrap(),
        agents: vec![
            Named { id: AgentId(1), names: named(&["鈴木", "suzuki@komorebi-cha.example"]) },
            Named { id: AgentId(2), names: named(&["鈴木 花子", "hanako@komorebi-cha.example"]) },
            Named { id: AgentId(3), names: named(&["佐藤 健", "sato@komorebi-cha.example"]) },
        ],
        teams: vec![Named { id: TeamId(1), names: named(&["サポート"]) }],
        mailboxes: vec![Named {
            id: MailboxId(4),
            names: named(&["お客様係", "support@komorebi-cha.example"]),
        }],
        ..Around::only(AgentId(3), now())
    }
}

/// The condition of a question, or what was refused.
fn means(question: &str) -> String {
    match Question::parse(question).settle(&around()) {
        Ok(found) => found.as_ref().map_or_else(|| "nothing".to_owned(), condition),
        Err(unknown) => format!("unknown {}:{}", unknown.field, unknown.value),
    }
}

fn condition(what: &Condition) -> String {
    let list = |parts: &[Condition], joint: &str| parts.iter().map(condition).collect::<Vec<_>>().join(joint);
    match what {
        Condition::All(parts) => format!("({})", list(parts, " and ")),
        Condition::Any(parts) => format!("({})", list(parts, " or ")),
        Condition::Not(inner) => format!("not {}", condition(inner)),
        Condition::Text(inner) => format!("{{{}}}", text(inner)),
        Condition::Message(inner) => format!("{inner:?}"),
        Condition::Ticket(inner) => format!("{inner:?}"),
    }
}

fn text(what: &Text) -> String {
    let list = |parts: &[Text], joint: &str| parts.iter().map(text).collect::<Vec<_>>().join(joint);
    match what {
        Text::All(parts) => format!("({})", list(parts, " & ")),
        Text::Any(parts) => format!("({})", list(parts, " | ")),
        Text::Word(word) => {
            let marks = [(Place::From, "from:"), (Place::To, "to:"), (Place::Subject, "subject:")];
            let spelled = word.tokens().join("+") + if word.is_prefix() { "*" } else { "" };
            marks.iter().fold(spelled, |text, (place, name)| text.replace(place.mark(), name))
        }
    }
}

#[test]
fn words_phrases_and_operators_are_told_apart() {
    let table = [
        ("", "()"),
        ("返品", "(<返品>)"),
        ("急須  返品", "(<急須> <返品>)"),
        ("\"hello world\" 返品", "(<hello world> <返品>)"),
        ("急須 -返品", "(<急須> -<返品>)"),
        ("-\"old tea\" -(a b)", "(-<old tea> -(<a> <b>))"),
        ("急須 返品 OR 交換", "(<急須> [<返品> | <交換>])"),
        ("a OR b OR c d", "([<a> | <b> | <c>] <d>)"),
        ("(a b) OR c", "([(<a> <b>) | <c>])"),
        ("a OR -b", "([<a> | -<b>])"),
        ("a or b", "(<a> <or> <b>)"),
        ("A-10234", "(<A-10234>)"),
        ("--help", "(<--help>)"),
        ("ール ー", "(<ール> <ー>)"),
    ];
    for (typed, tree) in table {
        assert_eq!(read(typed), tree, "{typed}");
    }
}

#[test]
fn a_field_takes_a_word_a_phrase_or_a_group() {
    let table = [
        ("from:tanaka status:new", "(from:<tanaka> status:<new>)"),
        ("subject:\"tea pot\"", "(subject:<tea pot>)"),
        ("from:(田中 OR 佐藤) 返品", "(([from:<田中> | from:<佐藤>]) <返品>)"),
        ("-status:done", "(-status:<done>)"),
        ("差出人:田中 状態:完了", "(from:<田中> status:<完了>)"),
        ("https://example.com Re:返品 10:30", "(<https://example.com> <Re:返品> <10:30>)"),
        ("from: tanaka", "(<from:> <tanaka>)"),
        ("\"status:new\"", "(<status:new>)"),
        ("from:a:b", "(from:<a:b>)"),
    ];
    for (typed, tree) in table {
        assert_eq!(read(typed), tree, "{typed}");
    }
}

#[test]
fn the_marks_of_a_japanese_keyboard_are_the_same_marks() {
    let table = [
        ("差出人：田中　（返品　ＯＲ　交換）", "(from:<田中> ([<返品> | <交換>]))"),
        ("「領収書の発行」　−返品", "(<領収書の発行> -<返品>)"),
        ("“tea pot” ＂green tea＂", "(<tea pot> <green tea>)"),
        ("件名：「返品 送料」", "(subject:<返品 送料>)"),
        ("－ｓｔａｔｕｓ：ｄｏｎｅ", "(-status:<ｄｏｎｅ>)"),
    ];
    for (typed, tree) in table {
        assert_eq!(read(typed), tree, "{typed}");
    }
}

#[test]
fn what_has_no_partner_means_nothing() {
    let table = [
        ("\"返品", "(<返品>)"),
        ("(返品 (送料", "((<返品> (<送料>)))"),
        ("返品) 送料)", "(<返品> <送料>)"),
        ("OR 返品 OR", "(<返品>)"),
        ("() \"\" 「」 返品", "(<返品>)"),
        ("」返品」", "(<返品>)"),
        ("-(", "()"),
        ("-) -\" ", "(<->)"),
        ("status:( ", "()"),
    ];
    for (typed, tree) in table {
        assert_eq!(read(typed), tree, "{typed}");
    }
}

#[test]
fn length_depth_and_number_of_terms_are_limited() {
    assert_eq!(read(&"a ".repeat(1_000)).matches("<a>").count(), 32);
    assert!(read(&"(".repeat(1_000)).len() < 50);
    assert_eq!(read(&format!("{}a", "(".repeat(500))).matches("<a>").count(), 1);
    assert!(read(&"a".repeat(10_000)).len() < 1_100);
}

#[test]
fn words_of_one_message_are_one_question_to_the_index() {
    let table = [
        ("返品", "{返品}"),
        ("返品 送料", "{(返品 & 送料)}"),
        ("A-10234", "{a+10234*}"),
        ("返品 OR 交換 送料", "{((返品 | 交換) & 送料)}"),
        ("((返品) (送料))", "{(返品 & 送料)}"),
        ("from:tanaka@customer.example 返品", "{(from:tanaka+from:customer+from:example* & 返品)}"),
        ("件名:領収書", "{subject:領収+subject:収書}"),
        ("返品 -送料", "({返品} and not {送料})"),
        ("返品 status:new OR 交換", "({返品} and ({交換} or Status(New)))"),
        ("、", "nothing"),
        ("-、 ()", "nothing"),
        ("返品 OR 、", "{返品}"),
    ];
    for (typed, meaning) in table {
        assert_eq!(means(typed), meaning, "{typed}");
    }
}

#[test]
fn values_are_said_by_code_or_by_the_words_of_the_screen() {
    let table = [
        ("status:waiting_on_customer", "Status(WaitingOnCustomer)"),
        ("status:\"Waiting on customer\"", "Status(WaitingOnCustomer)"),
        ("状態:お客様待ち", "Status(WaitingOnCustomer)"),
        ("lane:todo OR 流れ:新着", "(Lane(Todo) or Lane(New))"),
        ("outcome:spam -priority:low", "(Outcome(Spam) and not Priority(Low))"),
        ("優先度:至急 channel:mail shelf:bounce", "(Priority(Urgent) and Channel(Mail) and Shelf(Bounce))"),
        ("number:20418 番号:＃７", "(Number(20418) and Number(7))"),
        ("has:attachment has:添付", "(WithAttachment and WithAttachment)"),
        ("is:unanswered is:snoozed", "(Unanswered and Snoozed)"),
        ("status:foo", "unknown status:foo"),
        ("返品 OR -lane:", "({返品} or not {lane*})"),
        ("number:12a", "unknown number:12a"),
        ("has:money", "unknown has:money"),
    ];
    for (typed, meaning) in table {
        assert_eq!(means(typed), meaning, "{typed}");
    }
    assert_eq!(means("is:overdue"), format!("Overdue({})", now()));
}

#[test]
fn people_teams_and_mailboxes_are_said_by_name_address_or_id() {
    let table = [
        ("assignee:me", "Assignee([AgentId(3)])"),
        ("担当:自分", "Assignee([AgentId(3)])"),
        ("assignee:none", "Unassigned"),
        ("担当：未担当", "Unassigned"),
        ("assignee:鈴木", "Assignee([AgentId(1)])"),
        ("assignee:鈴木花子", "Assignee([AgentId(2)])"),
        ("assignee:komorebi", "Assignee([AgentId(1), AgentId(2), AgentId(3)])"),
        ("assignee:SATO@komorebi-cha.example", "Assignee([AgentId(3)])"),
        ("assignee:17", "Assignee([AgentId(17)])"),
        ("assignee:高橋", "unknown assignee:高橋"),
        ("team:さぽーと", "Team([TeamId(1)])"),
        ("team:none", "NoTeam"),
        ("team:、", "unknown team:、"),
        ("mailbox:support@komorebi-cha.example", "Mailbox([MailboxId(4)])"),
        ("mailbox:4", "Mailbox([MailboxId(4)])"),
        ("mailbox:sales@komorebi-cha.example", "unknown mailbox:sales@komorebi-cha.example"),
    ];
    for (typed, meaning) in table {
        assert_eq!(means(typed), meaning, "{typed}");
    }
}

#[test]
fn a_day_begins_where_the_desk_is() {
    let midnight = parse_rfc3339("2026-11-21T00:00:00+09:00").unwrap();
    let days = ["2026-11-21", "2026/11/21", "2026年11月21日", "２０２６－１１－２１", "today", "今日"];
    for day in days {
        assert_eq!(means(&format!("after:{day}")), format!("Since({midnight})"), "{day}");
        assert_eq!(means(&format!("before:{day}")), format!("Before({midnight})"), "{day}");
    }
    assert_eq!(
        means("after:2026-1-5"),
        format!("Since({})", parse_rfc3339("2026-01-05T00:00:00+09:00").unwrap())
    );
    for day in ["2026-02-30", "2026", "26-11-21", "soon", "2026-11-21-3", "99999-1-1"] {
        assert_eq!(means(&format!("after:{day}")), format!("unknown after:{day}"));
    }
}

#[test]
fn only_what_may_need_a_name_or_a_day_asks_around() {
    for question in ["assignee:me", "-(team:a)", "x OR mailbox:4", "before:today"] {
        assert!(Question::parse(question).asks_around(), "{question}");
    }
    for question in ["返品", "from:me status:new", "\"assignee:me\"", "is:overdue"] {
        assert!(!Question::parse(question).asks_around(), "{question}");
    }
}

#[test]
fn what_is_looked_for_can_be_shown_where_it_stands() {
    let question = Question::parse("返品 -送料 from:田中 status:new (急須 OR \"tea pot\")");
    assert_eq!(question.texts(), ["返品", "田中", "急須", "tea pot"]);
}

/// Whether the promises of [`Condition`] hold: flat lists of two and more, one text in each.
fn is_in_order(what: &Condition) -> bool {
    let list = |parts: &[Condition], own: fn(&Condition) -> bool| {
        let texts = parts.iter().filter(|part| matches!(part, Condition::Text(_))).count();
        parts.len() > 1 && texts <= 1 && !parts.iter().any(own) && parts.iter().all(is_in_order)
    };
    match what {
        Condition::All(parts) => list(parts, |part| matches!(part, Condition::All(_))),
        Condition::Any(parts) => list(parts, |part| matches!(part, Condition::Any(_))),
        Condition::Not(inner) => is_in_order(inner),
        Condition::Text(_) | Condition::Message(_) | Condition::Ticket(_) => true,
    }
}

proptest! {
    #[test]
    fn any_text_is_a_question(typed in any::<String>()) {
        let question = Question::parse(&typed);
        question.texts();
        if let Ok(Some(found)) = question.settle(&around()) {
            prop_assert!(is_in_order(&found));
        }
    }

    #[test]
    fn any_heap_of_marks_is_a_question(typed in "([a返「」\"()（） :：\\-－　]|OR |from:|status:new|担当:鈴木|-after:今日){0,40}") {
        let question = Question::parse(&typed);
        if let Ok(Some(found)) = question.settle(&around()) {
            prop_assert!(is_in_order(&found), "{:?}", found);
        }
    }

    /// Plain words mean what they meant before there was a language.
    #[test]
    fn words_alone_are_all_looked_for(words in prop::collection::vec("[a-z0-9返品送料カー]{1,6}", 1..8)) {
        let typed = words.join(" ");
        let wanted: Vec<Text> = japanese::tokens::query(&typed).into_iter().map(Text::Word).collect();
        let found = Question::parse(&typed).settle(&around()).unwrap();
        let found = match found {
            Some(Condition::Text(Text::All(texts))) => texts,
            Some(Condition::Text(text)) => vec![text],
            _ => Vec::new(),
        };
        prop_assert_eq!(found, wanted);
    }
}
