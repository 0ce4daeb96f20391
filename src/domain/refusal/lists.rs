//! What is refused of lists: their fields, and what became of them meanwhile.

super::codes! {
    LIST_NAME_WRONG "list_name_wrong": Invalid;
    LIST_NAME_MISSING "list_name_missing": Invalid;
    LIST_DESCRIPTION_LONG "list_description_long": Invalid;
    LIST_SENDER_LONG "list_sender_long": Invalid;
    LIST_POSITION_WRONG "list_position_wrong": Invalid;
    LIST_SLUG_MISSING "list_slug_missing": Invalid;
    LIST_SLUG_WRONG "list_slug_wrong": Invalid;
    LIST_SLUG_TAKEN "list_slug_taken": Invalid;
    LIST_CHANGED "list_changed": Conflict;
    LIST_GONE "list_gone": NotFound;
    SCHEDULE_OFFERS_NOTHING "schedule_offers_nothing": Invalid;
    SCHEDULE_DEFAULT_WRONG "schedule_default_wrong": Invalid;
    SCHEDULE_TIME_WRONG "schedule_time_wrong": Invalid;
    SCHEDULE_QUIET_WRONG "schedule_quiet_wrong": Invalid;
    SCHEDULE_CHOICE_WRONG "schedule_choice_wrong": Invalid;
    WELCOME_TEXT_LONG "welcome_text_long": Invalid;
    WELCOME_ARTICLES_WRONG "welcome_articles_wrong": Invalid;
    WELCOME_EMPTY "welcome_empty": Invalid;
    SCHEDULE_CAP_WRONG "schedule_cap_wrong": Invalid;
}
