//! What is refused of what editors write: texts, articles, tests, and when a campaign is sent.

super::codes! {
    SAVED_BETWEEN "saved_between": Conflict;
    LINE_BROKEN "line_broken": Invalid;
    LINE_EMPTY "line_empty": Invalid;
    LINE_TOO_LONG "line_too_long": Invalid;
    TEXT_TOO_LONG "text_too_long": Invalid;
    TEXT_HAS_NUL "text_has_nul": Invalid;
    TEXT_TOO_COMPLICATED "text_too_complicated": Invalid;
    TEXT_EMPTY "text_empty": Invalid;
    PLACEHOLDER_UNKNOWN "placeholder_unknown": Invalid;
    PLACEHOLDER_MISTYPED "placeholder_mistyped": Invalid;
    PLACEHOLDER_OPEN "placeholder_open": Invalid;
    PLACEHOLDER_WRONG "placeholder_wrong": Invalid;
    PLACEHOLDER_DEFAULT_LONG "placeholder_default_long": Invalid;
    PLACEHOLDER_IN_LINK "placeholder_in_link": Invalid;
    TOO_MANY_PLACEHOLDERS "too_many_placeholders": Invalid;
    TOO_MANY_ARTICLES "too_many_articles": Invalid;
    ARTICLE_HELD "article_held": Invalid;
    ARTICLE_RETIRED "article_retired": Invalid;
    ARTICLE_ADDRESS_WRONG "article_address_wrong": Invalid;
    ARTICLE_IN_CAMPAIGN "article_in_campaign": Conflict;
    ARTICLE_WAITS "article_waits": Conflict;
    ARTICLE_ON_ITS_WAY "article_on_its_way": Conflict;
    CHOSEN_LIST_RETIRED "chosen_list_retired": Invalid;
    CHOSEN_LIST_GONE "chosen_list_gone": Invalid;
    LIST_SENDS_NOTHING "list_sends_nothing": Invalid;
    CORRECTION_LIST_FIXED "correction_list_fixed": Invalid;
    NOBODY_GOT_IT "nobody_got_it": Conflict;
    NO_DRAFT_TO_CHANGE "no_draft_to_change": Conflict;
    NO_DRAFT_TO_DISCARD "no_draft_to_discard": Conflict;
    NO_DRAFT_TO_SCHEDULE "no_draft_to_schedule": Conflict;
    NOT_BROUGHT_BACK "not_brought_back": Conflict;
    TAKEN_BACK_TOO_LATE "taken_back_too_late": Conflict;
    TAKEN_BACK_SENT "taken_back_sent": Conflict;
    TAKEN_BACK_FEEDS "taken_back_feeds": Conflict;
    TAKEN_BACK_OTHERWISE "taken_back_otherwise": Conflict;
    TIME_IS_OVER "time_is_over": Invalid;
    TIME_TOO_FAR "time_too_far": Invalid;
    APPROVAL_NOT_AWAITED "approval_not_awaited": Conflict;
    APPROVAL_OF_OWN "approval_of_own": Conflict;
    TEST_ADDRESS_WRONG "test_address_wrong": Invalid;
    TEST_ADDRESS_MISSING "test_address_missing": Invalid;
    TEST_ADDRESSES_TOO_MANY "test_addresses_too_many": Invalid;
    TESTS_OFTEN "tests_often": TooSoon;
}
