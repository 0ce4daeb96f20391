//! What is refused of campaigns: what holds them, and what may be done to one where it stands.

super::codes! {
    CAMPAIGN_GONE "campaign_gone": NotFound;
    CAMPAIGN_NOT_HELD "campaign_not_held": Conflict;
    CAMPAIGN_AWAITS_APPROVAL "campaign_awaits_approval": Conflict;
    CAMPAIGN_LIST_RETIRED "campaign_list_retired": Conflict;
    CAMPAIGN_UNREADABLE "campaign_unreadable": Conflict;
    DATABASE_IS_COPY "database_is_copy": Conflict;
    DATABASE_IS_RESTORED "database_is_restored": Conflict;
    DATABASE_IS_THE_SAME "database_is_the_same": Conflict;
    REASON_TOO_LONG "reason_too_long": Invalid;
    CAMPAIGN_ON_HOLD "campaign_on_hold": Conflict;
    NO_DIGEST "no_digest": Conflict;
    DIGEST_NOT_PICKED "digest_not_picked": Conflict;
    DIGEST_ARTICLE_GONE "digest_article_gone": Conflict;
    CAMPAIGN_IS_DRAFT "campaign_is_draft": Conflict;
    CAMPAIGN_HAS_NOT_BEGUN "campaign_has_not_begun": Conflict;
    CAMPAIGN_IS_SENDING "campaign_is_sending": Conflict;
    CAMPAIGN_IS_PAUSED "campaign_is_paused": Conflict;
    CAMPAIGN_IS_SENT "campaign_is_sent": Conflict;
    CAMPAIGN_IS_CANCELLED "campaign_is_cancelled": Conflict;
    MISSED_NEVER_BEGAN "missed_never_began": Conflict;
    MISSED_SENDING "missed_sending": Conflict;
    MISSED_PAUSED "missed_paused": Conflict;
    MISSED_IN_HAND "missed_in_hand": Conflict;
}
