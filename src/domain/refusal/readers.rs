//! What readers and their subscriptions are refused for.

super::codes! {
    LIST_UNKNOWN "list_unknown": Invalid, "There is no list “{list}”. Pick one of those shown.";
    NAME_LONG "name_long": Invalid, "A name has at most {max} characters, on one line.";
    TAG_MISSING "tag_missing": Invalid, "Type a tag. Like this: founding reader";
    TAG_LONG "tag_long": Invalid, "A tag has at most {max} characters, and no comma.";
    TOO_MANY_TAGS "too_many_tags": Invalid, "That is more than {max} tags.";
    CONSENT_SHORT "consent_short": Invalid,
        "Say how they agreed, so that it can be shown if somebody asks. Like this: card filled in at the fair, 3 May";
    CONSENT_LONG "consent_long": Invalid, "That is long: {max} characters at most.";
    /// What is wrong with an address is the sentence of what reads addresses.
    READER_ADDRESS_WRONG "reader_address_wrong": Invalid, "{why}";
    NO_LIST_TICKED "no_list_ticked": Invalid, "Tick a list: without one they get nothing.";
    ADD_SUPPRESSED "add_suppressed": Invalid, "{reason} Lift the suppression first.";
    LISTS_SUPPRESSED "lists_suppressed": Invalid, "No list can be added: the address is suppressed. {reason}";
    ADDRESS_TAKEN "address_taken": Invalid,
        "Somebody else has that address. Search for it, and see which of the two to keep.";
    ADDRESS_SUPPRESSED "address_suppressed": Invalid, "That address is suppressed. {reason}";
    NO_CADENCE "no_cadence": Invalid, "Say how often they get mail.";
    CADENCE_UNKNOWN "cadence_unknown": Invalid, "There is no such cadence.";
    NOBODY_TICKED "nobody_ticked": Invalid, "Nobody is ticked.";
    TICKED_TOO_MANY "ticked_too_many": Invalid, "That is more than a page.";
    BULK_LIST_GONE "bulk_list_gone": Invalid, "There is no list of that name any more.";
    CHANGE_GONE "change_gone": Conflict, "There is no such change.";
    CHANGE_TAKEN_BACK "change_taken_back": Conflict, "It was taken back already.";
    CHANGE_OLD "change_old": Conflict, "That was more than 24 hours ago. Make the opposite change.";
    ERASE_ADDRESS_WRONG "erase_address_wrong": Invalid, "That is not their address. Nothing was erased.";
    /// Its link names nobody any more.
    READER_GONE "reader_gone": NotFound, "We keep nothing about this address. It was erased, and gets no mail from us.";
    TOO_MANY_LISTS "too_many_lists": Invalid,
        "That is more lists than anybody can ask for at once. Name {max} at most.";
    NO_LIST_OPEN "no_list_open": Conflict,
        "No list is open to readers. The publication opens one with: postrider list add.";
}
