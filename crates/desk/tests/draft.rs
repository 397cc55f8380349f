//! The life of a draft between two people.

use desk::draft::{
    DraftError, HeldReply, Reply, ReplyError, SEND_WITHIN, Saved, Stored, Taken, discard, leaves_at,
    may_leave, moved_on, save, take,
};
use desk::ids::{AgentId, MessageId};
use proptest::prelude::*;

const HANA: AgentId = AgentId(1);
const TARO: AgentId = AgentId(2);

const fn stored() -> Stored {
    Stored {
        writer: HANA,
        version: 4,
        begun_at: 0,
        snapshot_at: Some(60_000),
        recorded_at: Some(60_000),
        frozen: false,
    }
}

fn reply() -> Reply<'static> {
    Reply {
        draft: None,
        draft_version: None,
        by: HANA,
        sending: true,
        based_on: Some(MessageId(5)),
        newest: Some(MessageId(5)),
        text: "ご返品を承ります。",
        to: &["a..b@docomo.ne.jp"],
        copies: &[],
        attached_bytes: 0,
        send_at: None,
        now: 70_000,
    }
}

#[test]
fn the_first_save_begins_the_draft() {
    let first = Saved { version: 1, begun_at: 70_000, snapshot: true, record: true };
    assert_eq!(save(None, HANA, 0, 70_000), Ok(first));
    assert_eq!(
        save(None, HANA, 3, 70_000),
        Err(DraftError::Changed { now: 0 }),
        "it was sent or thrown away"
    );
}

#[test]
fn a_save_follows_the_version_it_saw() {
    assert_eq!(save(Some(&stored()), HANA, 4, 61_000).map(|saved| saved.version), Ok(5));
    assert_eq!(save(Some(&stored()), HANA, 3, 61_000), Err(DraftError::Changed { now: 4 }));
    assert_eq!(save(Some(&stored()), TARO, 4, 61_000), Err(DraftError::SomebodyElseWrites { writer: HANA }));
    let frozen = Stored { frozen: true, ..stored() };
    assert_eq!(save(Some(&frozen), HANA, 4, 61_000), Err(DraftError::Frozen));
}

#[test]
fn a_snapshot_is_kept_every_thirty_seconds_and_an_event_every_minute() {
    let table =
        [(89_999, false, false), (90_000, true, false), (119_999, true, false), (120_000, true, true)];
    for (now, snapshot, record) in table {
        let saved = save(Some(&stored()), HANA, 4, now).unwrap();
        assert_eq!((saved.snapshot, saved.record), (snapshot, record), "at {now}");
    }
}

#[test]
fn the_pen_changes_hands_and_the_old_hand_can_no_longer_save() {
    assert_eq!(take(Some(&stored()), TARO), Ok(Some(Taken { from: HANA, version: 5 })));
    assert_eq!(take(Some(&stored()), HANA), Ok(None));
    assert_eq!(take(None, TARO), Err(DraftError::None));
    assert_eq!(take(Some(&Stored { frozen: true, ..stored() }), TARO), Err(DraftError::Frozen));
    let now_taros = Stored { writer: TARO, version: 5, ..stored() };
    assert_eq!(save(Some(&now_taros), HANA, 4, 70_000), Err(DraftError::SomebodyElseWrites { writer: TARO }));
}

#[test]
fn only_who_writes_it_throws_it_away() {
    assert_eq!(discard(Some(&stored()), HANA, 4), Ok(()));
    assert_eq!(discard(Some(&stored()), HANA, 3), Err(DraftError::Changed { now: 4 }));
    assert_eq!(discard(Some(&stored()), TARO, 4), Err(DraftError::SomebodyElseWrites { writer: HANA }));
    assert_eq!(discard(None, HANA, 1), Err(DraftError::None));
}

#[test]
fn a_message_the_writer_has_not_seen_stops_the_reply() {
    assert!(moved_on(Some(MessageId(5)), Some(MessageId(6))));
    assert!(!moved_on(Some(MessageId(6)), Some(MessageId(6))));
    assert!(!moved_on(None, Some(MessageId(6))), "who says nothing claims nothing");
    assert!(!moved_on(Some(MessageId(6)), None));
    let late = Reply { newest: Some(MessageId(6)), ..reply() };
    assert_eq!(may_leave(&late), Err(ReplyError::MovedOn { newest: MessageId(6) }));
}

#[test]
fn a_sound_reply_may_leave() {
    assert_eq!(may_leave(&reply()), Ok(()));
    let draft = stored();
    assert_eq!(may_leave(&Reply { draft: Some(&draft), draft_version: Some(4), ..reply() }), Ok(()));
    assert_eq!(may_leave(&Reply { draft: Some(&draft), ..reply() }), Ok(()));
    assert_eq!(may_leave(&Reply { draft_version: Some(0), ..reply() }), Ok(()), "nothing was saved yet");
}

#[test]
fn an_unsound_reply_says_why_it_may_not() {
    let draft = stored();
    let long = "あ".repeat(200_001);
    let many = ["a@x.jp"; 101];
    let field = |field, code| ReplyError::Field { field, code };
    let with_draft = Reply { draft: Some(&draft), ..reply() };
    let table = [
        (Reply { sending: false, ..reply() }, ReplyError::SendingIsOff),
        (Reply { draft_version: Some(3), ..with_draft }, ReplyError::Draft(DraftError::Changed { now: 4 })),
        (Reply { draft_version: Some(3), ..reply() }, ReplyError::Draft(DraftError::Changed { now: 0 })),
        (
            Reply { by: TARO, ..with_draft },
            ReplyError::Draft(DraftError::SomebodyElseWrites { writer: HANA }),
        ),
        (Reply { text: " \n", ..reply() }, field("text", "required")),
        (Reply { text: &long, ..reply() }, field("text", "too_long")),
        (Reply { to: &[], ..reply() }, field("to", "required")),
        (Reply { to: &["hana"], ..reply() }, field("to", "not_an_address")),
        (Reply { copies: &["a@x.jp\r\nBcc: b@x.jp"], ..reply() }, field("cc", "not_an_address")),
        (Reply { to: &many, ..reply() }, field("to", "too_many")),
        (Reply { attached_bytes: 20_000_001, ..reply() }, field("attachments", "too_large")),
        (Reply { send_at: Some(70_001 + SEND_WITHIN), ..reply() }, field("send_at", "too_far")),
    ];
    for (reply, error) in table {
        assert_eq!(may_leave(&reply), Err(error));
    }
}

#[test]
fn a_reply_leaves_at_the_chosen_moment_but_never_before_its_waits_are_over() {
    assert_eq!(leaves_at(90_000, None), 90_000);
    assert_eq!(leaves_at(90_000, Some(500_000)), 500_000);
    assert_eq!(leaves_at(90_000, Some(10_000)), 90_000, "the moment is past: only the hold counts");
    assert_eq!(may_leave(&Reply { send_at: Some(70_000 + SEND_WITHIN), ..reply() }), Ok(()));
}

#[test]
fn whoever_goes_on_writing_edits_the_reply_that_waits() {
    let held = HeldReply { writer: HANA, version: 4 };
    assert!(held.is_edited(HANA, false));
    assert!(!held.is_edited(TARO, false), "a colleague's draft leaves it alone");
    assert!(!held.is_edited(HANA, true), "there is another draft");
    let restored = Stored { version: 5, ..stored() };
    assert_eq!(save(Some(&restored), HANA, held.seen(4, 5), 70_000).map(|saved| saved.version), Ok(6));
    let unseen = save(Some(&restored), HANA, held.seen(0, 5), 70_000);
    assert_eq!(
        unseen,
        Err(DraftError::Changed { now: 5 }),
        "its words were not seen: nothing goes over them"
    );
}

proptest! {
    #[test]
    fn of_two_saves_that_saw_the_same_version_one_is_refused(saves in prop::collection::vec((1..3_i64, 0..6_i64), 1..40)) {
        let mut draft: Option<Stored> = None;
        let mut won = std::collections::BTreeSet::new();
        for (now, (agent, seen)) in (0..).zip(saves) {
            if let Ok(saved) = save(draft.as_ref(), AgentId(agent), seen, now) {
                prop_assert!(won.insert(seen), "two saves followed version {seen}");
                prop_assert_eq!(saved.version, seen + 1);
                let writer = draft.map_or(AgentId(agent), |draft| draft.writer);
                prop_assert_eq!(writer, AgentId(agent));
                draft = Some(Stored { writer, version: saved.version, begun_at: saved.begun_at, snapshot_at: None, recorded_at: None, frozen: false });
            }
        }
    }
}
