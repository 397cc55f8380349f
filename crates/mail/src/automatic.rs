//! Why a mail is a machine's: each sign with the header line (or words) that gave it.

use crate::lists::closed_list;
use serde::{Deserialize, Serialize};

closed_list! {
    /// One way in which a machine shows itself.
    Sign {
        /// `Auto-Submitted` other than `no`.
        AutoSubmitted = "auto_submitted",
        /// `Precedence: bulk|junk|list|auto_reply`.
        Precedence = "precedence",
        /// Any `List-*` header of a mailing list.
        ListMail = "list_mail",
        /// The sender asks for no automatic answer (`X-Auto-Response-Suppress` …).
        AnswersUnwanted = "answers_unwanted",
        /// Sent with the empty return path.
        NullSender = "null_sender",
        /// Sent by mailer-daemon, noreply and the like.
        RobotSender = "robot_sender",
        /// A vacation or absence note by its words.
        VacationNote = "vacation_note",
        /// A header that vacation programs and auto-responders leave.
        RobotHeader = "robot_header",
        /// A mark that machines put in to see their own mail come round again (`X-Loop` …).
        LoopMark = "loop_mark",
        /// A delivery report (`multipart/report`).
        Report = "report",
    }
}

/// One sign with its ground.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AutomaticSign {
    /// Which sign.
    pub sign: Sign,
    /// The header line or the words that gave it.
    pub because: String,
}
