//! What is refused of feeds: their addresses, what binds them, and what they hold.

super::codes! {
    FEED_ADDRESS_WRONG "feed_address_wrong": Invalid,
        "That is no web address. Like this: https://news.example/feed/";
    FEED_ADDRESS_UNKNOWN "feed_address_unknown": Invalid,
        "{typed} is no web address. Like this: https://news.example/feed/";
    FEED_LIST_UNKNOWN "feed_list_unknown": Invalid, "Pick one of the lists.";
    FEED_LIST_MISSING "feed_list_missing": Invalid, "Choose the list that gets its articles.";
    FEED_LIST_RETIRED "feed_list_retired": Invalid, "The list “{list}” is retired. Bring it back first.";
    GRACE_WRONG "grace_wrong": Invalid, "The grace is a number of minutes from 0 to {max}.";
    POLL_INTERVAL_WRONG "poll_interval_wrong": Invalid, "A feed is polled every 1 to {max} seconds.";
    FEED_SLOW "feed_slow": Conflict,
        "It did not answer within {secs} seconds. Try again, or look at the site.";
    FEED_UNREADABLE "feed_unreadable": Conflict, "The feed {url} can't be read: {why}.";
    FEED_RETIRED "feed_retired": Invalid, "This feed is not polled. Bring it back first.";
    FEED_NOT_POLLED "feed_not_polled": Invalid, "It is not polled. Bring it back first.";
    FEED_GONE "feed_gone": NotFound, "There is no such feed any more.";
    ARTICLE_NOT_HELD "article_not_held": Invalid, "It is not held any more.";
}
