//! What readers and their subscriptions are refused for.

super::codes! {
    LIST_UNKNOWN "list_unknown": Invalid;
    NAME_LONG "name_long": Invalid;
    TAG_MISSING "tag_missing": Invalid;
    TAG_LONG "tag_long": Invalid;
    TOO_MANY_TAGS "too_many_tags": Invalid;
    CONSENT_SHORT "consent_short": Invalid;
    CONSENT_LONG "consent_long": Invalid;
    /// What is wrong with an address is the sentence of what reads addresses.
    READER_ADDRESS_WRONG "reader_address_wrong": Invalid;
    NO_LIST_TICKED "no_list_ticked": Invalid;
    ADD_SUPPRESSED "add_suppressed": Invalid;
    LISTS_SUPPRESSED "lists_suppressed": Invalid;
    ADDRESS_TAKEN "address_taken": Invalid;
    ADDRESS_SUPPRESSED "address_suppressed": Invalid;
    NO_CADENCE "no_cadence": Invalid;
    CADENCE_UNKNOWN "cadence_unknown": Invalid;
    NOBODY_TICKED "nobody_ticked": Invalid;
    TICKED_TOO_MANY "ticked_too_many": Invalid;
    BULK_LIST_GONE "bulk_list_gone": Invalid;
    CHANGE_GONE "change_gone": Conflict;
    CHANGE_TAKEN_BACK "change_taken_back": Conflict;
    CHANGE_OLD "change_old": Conflict;
    IMPORT_STARTED "import_started": Conflict;
    IMPORT_ENDED "import_ended": Conflict;
    IMPORT_NOT_DONE "import_not_done": Conflict;
    EVERYTHING_NOT_EMPTY "everything_not_empty": Conflict;
    ERASE_ADDRESS_WRONG "erase_address_wrong": Invalid;
    /// Its link names nobody any more.
    READER_GONE "reader_gone": NotFound;
    PAUSE_TOO_LONG "pause_too_long": Invalid;
    NOTHING_TO_PAUSE "nothing_to_pause": Conflict;
    UNDO_OVER "undo_over": Conflict;
    COMMENT_LONG "comment_long": Invalid;
    /// A link that was mailed for a while only.
    LINK_OLD "link_old": Conflict;
    NEW_ADDRESS_SAME "new_address_same": Invalid;
    NEW_ADDRESS_TAKEN "new_address_taken": Conflict;
    NEW_ADDRESS_BLOCKED "new_address_blocked": Conflict;
    PERMISSION_DAY_WRONG "permission_day_wrong": Invalid;
    PERMISSION_DAYS_WRONG "permission_days_wrong": Invalid;
    PERMISSION_UNDER_WAY "permission_under_way": Conflict;
    PERMISSION_OVER "permission_over": Conflict;
    TOO_MANY_LISTS "too_many_lists": Invalid;
    NO_LIST_OPEN "no_list_open": Conflict;
    SEGMENT_NAME_MISSING "segment_name_missing": Invalid;
    SEGMENT_NAME_LONG "segment_name_long": Invalid;
    SEGMENT_NAME_TAKEN "segment_name_taken": Invalid;
    SEGMENT_LIMITS "segment_limits": Invalid;
    SEGMENTS_MANY "segments_many": Conflict;
    SEGMENT_GONE "segment_gone": NotFound;
    SEGMENT_CHOSEN_GONE "segment_chosen_gone": Invalid;
    SEGMENT_IN_DRAFT "segment_in_draft": Conflict;
    MERGE_NOBODY "merge_nobody": Invalid;
    MERGE_SAME "merge_same": Invalid;
    /// Mail to whoever is to be merged is on its way.
    MERGE_UNDER_WAY "merge_under_way": Conflict;
    MERGE_UNDONE "merge_undone": Conflict;
    /// Another merge stands on it.
    MERGE_NOT_LAST "merge_not_last": Conflict;
    MERGE_ADDRESS_USED "merge_address_used": Conflict;
    /// Of a sign-up: what it was proved with was used before.
    PROOF_SPENT "proof_spent": Conflict;
    PATTERN_MISSING "pattern_missing": Invalid;
    PATTERN_WRONG "pattern_wrong": Invalid;
    PATTERN_EVERYBODY "pattern_everybody": Invalid;
    PATTERN_THERE "pattern_there": Invalid;
    TOO_MANY_RULES "too_many_rules": Invalid;
}
