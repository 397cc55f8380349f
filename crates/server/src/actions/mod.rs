//! The verbs of the work, one file each: who may, what is there, what the rule says, write, record, commit. The only
//! place where behaviour is assembled.

pub mod acknowledge;
pub mod add_agent;
pub mod answer_to;
pub mod attach;
pub mod change_agent;
pub mod change_ticket;
pub mod desk_settings;
pub mod examine;
pub mod fetch_past;
pub mod fix_reply;
pub mod handle_bounce;
pub mod import_mail;
pub mod keep_mail;
pub mod load_samples;
pub mod make_token;
pub mod merge_tickets;
pub mod note_ticket;
pub mod once;
pub mod queue_reply;
pub mod receive_mail;
pub mod record_sending;
pub mod save_draft;
pub mod save_mailbox;
pub mod send_reply;
pub mod set_up_desk;
pub mod sign_in;
pub mod sign_out;
pub mod start_ticket;
pub mod test_mailbox;
pub mod undo_reply;
