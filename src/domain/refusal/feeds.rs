//! What is refused of feeds: their addresses, what binds them, and what they hold.

super::codes! {
    FEED_ADDRESS_WRONG "feed_address_wrong": Invalid;
    FEED_ADDRESS_UNKNOWN "feed_address_unknown": Invalid;
    FEED_LIST_UNKNOWN "feed_list_unknown": Invalid;
    FEED_LIST_MISSING "feed_list_missing": Invalid;
    FEED_LIST_RETIRED "feed_list_retired": Invalid;
    GRACE_WRONG "grace_wrong": Invalid;
    POLL_INTERVAL_WRONG "poll_interval_wrong": Invalid;
    FEED_SLOW "feed_slow": Conflict;
    FEED_UNREADABLE "feed_unreadable": Conflict;
    FEED_RETIRED "feed_retired": Invalid;
    FEED_NOT_POLLED "feed_not_polled": Invalid;
    FEED_GONE "feed_gone": NotFound;
    FEED_NOT_BOUND "feed_not_bound": NotFound;
    RULE_TERMS_MANY "rule_terms_many": Invalid;
    RULE_TERM_LONG "rule_term_long": Invalid;
    RULE_TERM_EMPTY "rule_term_empty": Invalid;
    RULE_MODE_MISSING "rule_mode_missing": Invalid;
    BRAKE_LIMIT_WRONG "brake_limit_wrong": Invalid;
    FEED_ADDRESS_TAKEN "feed_address_taken": Conflict;
    FEED_MOVE_CHANGED "feed_move_changed": Conflict;
    REPLAY_DAYS_WRONG "replay_days_wrong": Invalid;
    REPLAY_MODE_WRONG "replay_mode_wrong": Invalid;
    REPLAY_CADENCE_WRONG "replay_cadence_wrong": Invalid;
    REPLAY_QUIET_WRONG "replay_quiet_wrong": Invalid;
    REPLAY_CAP_WRONG "replay_cap_wrong": Invalid;
    ARTICLE_NOT_HELD "article_not_held": Invalid;
}
