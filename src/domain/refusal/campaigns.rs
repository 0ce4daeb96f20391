//! What is refused of campaigns: what holds them, and what may be done to one where it stands.

super::codes! {
    CAMPAIGN_GONE "campaign_gone": NotFound, "There is no such campaign any more.";
    CAMPAIGN_NOT_HELD "campaign_not_held": Conflict, "It is not held any more.";
    CAMPAIGN_AWAITS_APPROVAL "campaign_awaits_approval": Conflict,
        "It waits for another person's yes. Open it and approve it.";
    CAMPAIGN_LIST_RETIRED "campaign_list_retired": Conflict, "Its list is retired. Bring the list back first.";
    CAMPAIGN_UNREADABLE "campaign_unreadable": Conflict,
        "Its HTML is too complicated to read. Take it back and shorten it, or cancel it.";
    DATABASE_IS_COPY "database_is_copy": Conflict,
        "This database looks like a copy: {differs}. Say first that it is the real one; until then nothing leaves it.";
    DATABASE_IS_RESTORED "database_is_restored": Conflict,
        "This database {what}. Say first that it is the real one; until then no campaign leaves it.";
    DATABASE_IS_THE_SAME "database_is_the_same": Conflict,
        "This database is the one it was before. Nothing was changed.";
    REASON_TOO_LONG "reason_too_long": Invalid, "A reason has at most {max} characters, on one line.";
    CAMPAIGN_IS_DRAFT "campaign_is_draft": Conflict,
        "It is a draft and can't be {done}: only one that is being sent can be.";
    CAMPAIGN_HAS_NOT_BEGUN "campaign_has_not_begun": Conflict,
        "It has not begun and can't be {done}: only one that is being sent can be. Cancel it, or change its time.";
    CAMPAIGN_IS_SENDING "campaign_is_sending": Conflict, "It is being sent and can't be {done}.";
    CAMPAIGN_IS_PAUSED "campaign_is_paused": Conflict, "It is paused and can't be {done}.";
    CAMPAIGN_IS_SENT "campaign_is_sent": Conflict, "It is sent and can't be {done}. Write a correction.";
    CAMPAIGN_IS_CANCELLED "campaign_is_cancelled": Conflict,
        "It is cancelled and can't be {done}. Send it to those who missed it instead.";
    MISSED_NEVER_BEGAN "missed_never_began": Conflict, "It never began, so nobody has missed it.";
    MISSED_SENDING "missed_sending": Conflict,
        "It is being sent. Wait until it is sent, or pause it to see who has not got it.";
    MISSED_PAUSED "missed_paused": Conflict,
        "It is paused. Resume it; when it is sent, send to those who missed it.";
    MISSED_IN_HAND "missed_in_hand": Conflict,
        "A worker still has some of its mails in hand. Try again in half a minute.";
}
