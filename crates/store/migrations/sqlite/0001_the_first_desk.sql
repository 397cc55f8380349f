-- The first desk. Times are Unix milliseconds (UTC); addresses to compare by are folded in Rust.
-- The other folder holds the same tables under the same headings; a test compares them column by column.

-- settings
create table settings (
    key         TEXT    not null primary key,
    value       TEXT    not null,
    version     INTEGER not null,
    changed_at  INTEGER not null
) strict;

-- agents
create table agents (
    id            INTEGER primary key,
    email         TEXT    not null,
    email_folded  TEXT    not null unique,
    name          TEXT    not null,
    role          TEXT    not null,
    password_hash TEXT    not null,
    language      TEXT,
    timezone      TEXT,
    active        INTEGER not null,
    version       INTEGER not null,
    created_at    INTEGER not null
) strict;

-- sessions
create table sessions (
    id          INTEGER primary key autoincrement,
    id_hash     BLOB    not null unique,
    agent       INTEGER not null references agents (id),
    created_at  INTEGER not null,
    seen_at     INTEGER not null,
    user_agent  TEXT    not null
) strict;
create index sessions_by_agent on sessions (agent);

-- tokens
create table tokens (
    id           INTEGER primary key autoincrement,
    sha256       BLOB    not null unique,
    agent        INTEGER not null references agents (id),
    name         TEXT    not null,
    verbs        TEXT    not null,
    created_at   INTEGER not null,
    last_used_at INTEGER,
    expires_at   INTEGER,
    revoked_at   INTEGER
) strict;
create index tokens_by_agent on tokens (agent);

-- teams
create table teams (
    id          INTEGER primary key,
    name        TEXT    not null unique,
    version     INTEGER not null,
    created_at  INTEGER not null
) strict;
insert into teams (name, version, created_at) values ('サポート', 1, 0);

-- mailboxes: passwords are sealed by the server (contract 6.1)
create table mailboxes (
    id                INTEGER primary key,
    address           TEXT    not null,
    address_folded    TEXT    not null,
    name              TEXT    not null,
    company           TEXT    not null,
    signature         TEXT    not null,
    incoming_kind     TEXT    not null,
    incoming_host     TEXT,
    incoming_port     INTEGER,
    incoming_tls      TEXT    not null,
    incoming_user     TEXT,
    incoming_password BLOB,
    outgoing_host     TEXT,
    outgoing_port     INTEGER,
    outgoing_tls      TEXT    not null,
    outgoing_user     TEXT,
    outgoing_password BLOB,
    sending           TEXT    not null,
    hold_seconds      INTEGER not null,
    cool_down_seconds INTEGER not null,
    line_width        INTEGER not null,
    after_fetch       TEXT    not null,
    acknowledge       TEXT    not null,
    acknowledge_text  TEXT    not null,
    catch_all         INTEGER not null,
    self_test_passed  INTEGER not null,
    health            TEXT    not null,
    version           INTEGER not null,
    created_at        INTEGER not null,
    deleted_at        INTEGER
) strict;
create unique index mailboxes_by_address on mailboxes (address_folded) where deleted_at is null;

-- folders: the ledger of what was fetched by IMAP (contract 6.5)
create table folders (
    id            INTEGER primary key,
    mailbox       INTEGER not null references mailboxes (id),
    name          TEXT    not null,
    kind          TEXT    not null,
    uidvalidity   INTEGER not null,
    live_from_uid INTEGER not null,
    last_uid      INTEGER not null,
    on_server     INTEGER not null,
    live_taken    INTEGER not null,
    past_state    TEXT    not null,
    past_below    INTEGER not null,
    past_total    INTEGER not null,
    past_taken    INTEGER not null,
    connected_at  INTEGER not null,
    looked_at     INTEGER,
    unique (mailbox, name)
) strict;

-- blobs: content-addressed, packed with zstd
create table blobs (
    sha256     BLOB    not null primary key,
    size       INTEGER not null,
    bytes      BLOB    not null,
    stored_at  INTEGER not null
) strict;

-- originals: the bytes that came from outside, by any channel (contract 6.4)
create table originals (
    id                INTEGER primary key,
    sha256            BLOB    not null unique,
    media_type        TEXT    not null,
    size              INTEGER not null,
    first_received_at INTEGER not null
) strict;

-- deliveries: each arrival of an original
create table deliveries (
    id             INTEGER primary key,
    original       INTEGER not null references originals (id),
    channel        TEXT    not null,
    mailbox        INTEGER references mailboxes (id),
    arrived_by     TEXT    not null,
    folder         TEXT,
    uidvalidity    INTEGER,
    uid            INTEGER,
    uidl           TEXT,
    envelope_from  TEXT,
    envelope_to    TEXT    not null,
    trace          TEXT,
    mode           TEXT    not null,
    open_since     INTEGER,
    junk           INTEGER not null,
    received_at    INTEGER not null,
    unique (mailbox, folder, uidvalidity, uid),
    unique (mailbox, uidl)
) strict;
create index deliveries_by_original on deliveries (original);

-- contacts
create table contacts (
    id          INTEGER primary key,
    name        TEXT    not null,
    version     INTEGER not null,
    created_at  INTEGER not null
) strict;

-- contact addresses
create table contact_addresses (
    address_folded TEXT    not null primary key,
    address        TEXT    not null,
    contact        INTEGER not null references contacts (id),
    added_at       INTEGER not null
) strict;
create index contact_addresses_by_contact on contact_addresses (contact);

-- tickets: lane and priority_rank are computed by the desk at each write
create table tickets (
    id                 INTEGER primary key,
    number             INTEGER not null unique,
    token              TEXT    not null unique,
    channel            TEXT    not null,
    mailbox            INTEGER not null references mailboxes (id),
    contact            INTEGER references contacts (id),
    subject            TEXT    not null,
    status             TEXT    not null,
    outcome            TEXT,
    outcome_reason     TEXT,
    priority           TEXT    not null,
    priority_rank      INTEGER not null,
    assignee           INTEGER references agents (id),
    team               INTEGER references teams (id),
    shelf              TEXT,
    lane               TEXT    not null,
    ever_answered      INTEGER not null,
    drafting           INTEGER not null,
    queued_replies     INTEGER not null,
    approval_asked     INTEGER not null,
    snoozed_until      INTEGER,
    due_at             INTEGER,
    delivery           TEXT,
    last_message_at    INTEGER not null,
    last_message_id    INTEGER,
    created_at         INTEGER not null,
    done_at            INTEGER,
    excerpt            TEXT    not null,
    kind               TEXT    not null,
    suggestion_ticket  INTEGER references tickets (id),
    suggestion_because TEXT,
    merged_into        INTEGER references tickets (id),
    version            INTEGER not null
) strict;
create index tickets_by_due on tickets (lane, coalesce(due_at, 9223372036854775807), id);
create index tickets_by_last_message on tickets (last_message_at, id);
create index tickets_by_lane_and_last_message on tickets (lane, last_message_at, id);
create index tickets_by_lane_and_shelf on tickets (lane, shelf);
create index tickets_by_assignee on tickets (assignee, lane) where assignee is not null;
create index tickets_by_contact on tickets (contact, last_message_at);

-- messages
create table messages (
    id                INTEGER primary key autoincrement,
    ticket            INTEGER not null references tickets (id),
    original          INTEGER references originals (id),
    channel           TEXT    not null,
    direction         TEXT    not null,
    kind              TEXT    not null,
    message_id_header TEXT,
    in_reply_to       TEXT    not null,
    reference_ids     TEXT    not null,
    from_address      TEXT,
    from_folded       TEXT,
    to_addresses      TEXT    not null,
    cc_addresses      TEXT    not null,
    subject           TEXT    not null,
    at                INTEGER not null,
    text              TEXT    not null,
    new_text          TEXT    not null,
    quoted            TEXT    not null,
    signature         TEXT,
    has_html          INTEGER not null,
    attachments       TEXT    not null,
    because           TEXT,
    suspicions        TEXT    not null,
    warnings          TEXT    not null,
    problems          TEXT    not null,
    soft_key          BLOB    unique,
    author            INTEGER references agents (id),
    created_at        INTEGER not null
) strict;
create index messages_by_ticket on messages (ticket, at, id);
create index messages_by_original on messages (original) where original is not null;
create index messages_by_message_id on messages (message_id_header) where message_id_header is not null;

-- message copies: the same message arrived in other bytes too ("also arrived at")
create table message_copies (
    original INTEGER not null references originals (id),
    message  INTEGER not null references messages (id),
    delivery INTEGER not null references deliveries (id),
    primary key (original, message)
) strict;
create index message_copies_by_message on message_copies (message);

-- drafts: one for each ticket (contract 6.13)
create table drafts (
    ticket   INTEGER not null primary key references tickets (id),
    writer   INTEGER not null references agents (id),
    version  INTEGER not null,
    body     TEXT    not null,
    begun_at INTEGER not null,
    saved_at INTEGER not null
) strict;

-- draft versions: snapshots
create table draft_versions (
    id      INTEGER primary key,
    ticket  INTEGER not null references tickets (id),
    version INTEGER not null,
    writer  INTEGER not null references agents (id),
    body    TEXT    not null,
    why     TEXT    not null,
    at      INTEGER not null
) strict;
create index draft_versions_by_ticket on draft_versions (ticket, id);

-- uploads: files waiting to be attached
create table uploads (
    id         INTEGER primary key autoincrement,
    sha256     BLOB    not null,
    name       TEXT    not null,
    media_type TEXT    not null,
    size       INTEGER not null,
    agent      INTEGER not null references agents (id),
    created_at INTEGER not null,
    used_at    INTEGER
) strict;
create index uploads_by_sha256 on uploads (sha256);
create index uploads_unused on uploads (created_at) where used_at is null;

-- outbound: replies whose bytes are fixed (contract 6.15)
create table outbound (
    id                INTEGER primary key autoincrement,
    ticket            INTEGER not null references tickets (id),
    message           INTEGER references messages (id),
    mailbox           INTEGER not null references mailboxes (id),
    channel           TEXT    not null,
    message_id_header TEXT    not null unique,
    bytes_sha256      BLOB    not null,
    size              INTEGER not null,
    envelope_from     TEXT    not null,
    state             TEXT    not null,
    not_before        INTEGER not null,
    attempts          INTEGER not null,
    lease_until       INTEGER,
    node              TEXT,
    answer            TEXT,
    ticket_before     TEXT,
    draft             TEXT,
    automatic         INTEGER not null,
    agent             INTEGER references agents (id),
    created_at        INTEGER not null,
    sent_at           INTEGER,
    version           INTEGER not null
) strict;
create index outbound_by_state on outbound (state, not_before, id);
create index outbound_by_ticket on outbound (ticket, id);
create unique index outbound_by_message on outbound (message) where message is not null;
create index outbound_by_bytes on outbound (bytes_sha256);

-- outbound recipients
create table outbound_recipients (
    id             INTEGER primary key autoincrement,
    outbound       INTEGER not null references outbound (id),
    address        TEXT    not null,
    address_folded TEXT    not null,
    state          TEXT    not null,
    answer         TEXT,
    unique (outbound, address_folded)
) strict;

-- automatic mails: what the caps of the loop guard count
create table automatic_mails (
    id             INTEGER primary key,
    address_folded TEXT    not null,
    kind           TEXT    not null,
    at             INTEGER not null
) strict;
create index automatic_mails_by_address on automatic_mails (address_folded, at);

-- jobs
create table jobs (
    id          INTEGER primary key autoincrement,
    kind        TEXT    not null,
    payload     TEXT    not null,
    run_at      INTEGER not null,
    attempts    INTEGER not null,
    lease_until INTEGER,
    dedup_key   TEXT,
    last_error  TEXT,
    dead_at     INTEGER,
    created_at  INTEGER not null
) strict;
create index jobs_to_run on jobs (kind, run_at, id) where dead_at is null;
create unique index jobs_alive on jobs (dedup_key) where dead_at is null;
create index jobs_dead on jobs (id) where dead_at is not null;

-- duties: which node does what only one may do
create table duties (
    name        TEXT    not null primary key,
    node        TEXT    not null,
    lease_until INTEGER not null
) strict;

-- events: history, audit trail, live stream and source of reports (contract 6.9)
create table events (
    id       INTEGER primary key,
    at       INTEGER not null,
    kind     TEXT    not null,
    ticket   INTEGER references tickets (id),
    mailbox  INTEGER references mailboxes (id),
    team     INTEGER,
    assignee INTEGER,
    lane     TEXT,
    version  INTEGER,
    actor    INTEGER references agents (id),
    detail   TEXT    not null
) strict;
create index events_by_ticket on events (ticket, id) where ticket is not null;

-- idempotency
create table idempotency (
    agent     INTEGER not null references agents (id),
    path      TEXT    not null,
    key       TEXT    not null,
    body_hash BLOB    not null,
    status    INTEGER,
    response  TEXT,
    at        INTEGER not null,
    primary key (agent, path, key)
) strict;
create index idempotency_by_time on idempotency (at);

-- search: the words of each message under a key that sorts by time (contract 6.19)
create table search_keys (
    key     INTEGER primary key,
    message INTEGER not null references messages (id)
) strict;
create index search_keys_by_message on search_keys (message);
create virtual table search using fts5 (words, content='', contentless_delete=1, detail=full, tokenize='ascii');
