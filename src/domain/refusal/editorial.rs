//! What is refused of what editors write: texts, articles, tests, and when a campaign is sent.

super::codes! {
    SAVED_BETWEEN "saved_between": Conflict, "{by} saved another version. Look at it, then go on.";
    LINE_BROKEN "line_broken": Invalid, "{name} is one line: take the line breaks out.";
    LINE_EMPTY "line_empty": Invalid, "{name} is empty. Say in a few words what it is about.";
    LINE_TOO_LONG "line_too_long": Invalid, "{name} has at most {max} characters.";
    TEXT_TOO_LONG "text_too_long": Invalid,
        "The text has {mb} MB; at most {max} MB can be kept, and a mail shows 100 KB. Cut it, or link to it.";
    TEXT_HAS_NUL "text_has_nul": Invalid, "The text holds a NUL: it is no text. Paste it again as text.";
    TEXT_TOO_COMPLICATED "text_too_complicated": Invalid, "{why}.";
    TEXT_EMPTY "text_empty": Invalid, "There is nothing to read in it. Write something, or pick an article.";
    TOO_MANY_ARTICLES "too_many_articles": Invalid, "At most {max} articles fit into one campaign.";
    ARTICLE_HELD "article_held": Invalid, "“{title}” is held. Let it go first, or leave it out.";
    ARTICLE_RETIRED "article_retired": Invalid, "“{title}” is retired. Bring it back first, or leave it out.";
    ARTICLE_ADDRESS_WRONG "article_address_wrong": Invalid,
        "That is no address on the web. Like this: https://example.org/story";
    ARTICLE_IN_CAMPAIGN "article_in_campaign": Conflict,
        "A campaign holds it. Take it out there first; what was mailed stays.";
    ARTICLE_WAITS "article_waits": Conflict,
        "It is held. Let it go, or decide not to mail it, on its feed’s page.";
    ARTICLE_ON_ITS_WAY "article_on_its_way": Conflict,
        "It is on its way in “{subject}”. Cancel that first, or let it go out.";
    CHOSEN_LIST_RETIRED "chosen_list_retired": Invalid, "“{list}” is retired. Choose another.";
    CHOSEN_LIST_GONE "chosen_list_gone": Invalid, "That list is gone. Choose another.";
    LIST_SENDS_NOTHING "list_sends_nothing": Invalid,
        "“{list}” is retired and sends nothing. Choose another list.";
    CORRECTION_LIST_FIXED "correction_list_fixed": Invalid, "A correction goes to the list of what it corrects.";
    NOBODY_GOT_IT "nobody_got_it": Conflict, "Nobody has got it yet: change it, or cancel it.";
    NO_DRAFT_TO_CHANGE "no_draft_to_change": Conflict, "It is {status} and can't be changed. Take it back first.";
    NO_DRAFT_TO_DISCARD "no_draft_to_discard": Conflict, "It is {status}, and no draft any more.";
    NO_DRAFT_TO_SCHEDULE "no_draft_to_schedule": Conflict, "It is {status} already.";
    NOT_BROUGHT_BACK "not_brought_back": Conflict,
        "Only what was cancelled before it began becomes a draft again.";
    TAKEN_BACK_TOO_LATE "taken_back_too_late": Conflict, "It has begun. Pause it, or write a correction.";
    TAKEN_BACK_SENT "taken_back_sent": Conflict, "It is sent and can't be taken back. Write a correction.";
    TAKEN_BACK_FEEDS "taken_back_feeds": Conflict, "It was made by a feed: cancel it instead.";
    TAKEN_BACK_OTHERWISE "taken_back_otherwise": Conflict, "It is {status}.";
    TIME_IS_OVER "time_is_over": Invalid, "{time} is over. Choose a time to come, or send it now.";
    TIME_TOO_FAR "time_too_far": Invalid, "That is more than two years off. Choose an earlier day.";
    APPROVAL_NOT_AWAITED "approval_not_awaited": Conflict, "It does not wait for a second person any more.";
    APPROVAL_OF_OWN "approval_of_own": Conflict, "You scheduled it yourself. Another person must look at it.";
    TEST_ADDRESS_WRONG "test_address_wrong": Invalid, "{why}";
    TEST_ADDRESS_MISSING "test_address_missing": Invalid,
        "Say where the test goes. Like this: ines@example.org";
    TEST_ADDRESSES_TOO_MANY "test_addresses_too_many": Invalid, "A test goes to at most {max} addresses.";
    TESTS_OFTEN "tests_often": TooSoon, "{address} got {max} tests within an hour. Wait a while.";
}
