### The rule of a feed and a list: what becomes of its new articles there

rule-title = What goes to { $list }
rule-new-articles = New articles
rule-mode-send = Sent automatically
rule-mode-draft = Saved as drafts for an editor to send
rule-mode-digest = Kept for digests only
rule-mode-collect = Collected without sending
rule-takes = Which articles
rule-takes-hint = Separate entries with commas. Put quotation marks around an entry that contains a comma. An empty field lets every article through.
rule-its-category = The category is one of
rule-its-author = The author is one of
rule-its-title = The title has one of the words
rule-and-none-of = and none of
rule-seen = In the last 50 articles: { $terms }
rule-brake = Put new articles on hold when one check finds more than
rule-brake-hint = If left empty, it is worked out from how many new articles the feed usually has. If several lists set a number, the lowest applies to the feed.
rule-brake-held = { $checks ->
    [0] With a limit of { $limit }, no check in the last 90 days would have put articles on hold.
    [one] With a limit of { $limit }, one check in the last 90 days would have put { $articles } articles on hold.
   *[other] With a limit of { $limit }, { $checks } checks in the last 90 days would have put { $articles } articles on hold.
}
rule-brake-elsewhere = Another list for this feed sets a lower limit: { $limit }.
rule-brake-poll = { $time }: { $articles } new articles
rule-limit = Put on hold when more than { $limit } new articles arrive at once
rule-try = Try on the last 50 articles
rule-not-saved = Nothing has been saved yet. Check below what the rule would have done, then save it.
rule-tried-none = The feed has no articles to try this on yet
rule-tried-send = { $taken } of the last { $articles } articles would have been sent
rule-tried-draft = { $taken } of the last { $articles } articles would have become drafts
rule-tried-digest = { $taken } of the last { $articles } articles would have been kept for digests
rule-tried-collect = None of the last { $articles } articles would have been sent
rule-tried-caption = The last { $articles } articles and what the rule would have done, newest first
rule-col-why = Reason
rule-route-send = Sent
rule-route-draft = Draft
rule-route-digest = Digest
rule-route-nothing = Not sent
rule-why-every = No conditions
rule-why-not-excluded = Not excluded
rule-why-category = Category: { $term }
rule-why-author = Author: { $term }
rule-why-title = Title has “{ $term }”
rule-why-excluded-category = Category excluded: { $term }
rule-why-excluded-author = Author excluded: { $term }
rule-why-excluded-title = Title has an excluded word: “{ $term }”
rule-why-no-category = Another category, or none
rule-why-no-author = Another author, or none
rule-why-no-title = The title has none of the words
rule-only-category = only the categories { $terms }
rule-not-category = not the categories { $terms }
rule-only-author = only the authors { $terms }
rule-not-author = not the authors { $terms }
rule-only-title = only titles with { $terms }
rule-not-title = no titles with { $terms }

refusal-feed_not_bound = This feed isn’t connected to that list.
refusal-rule_terms_many = You can enter up to { $max } entries here.
refusal-rule_term_long = An entry can have up to { $max } characters.
refusal-rule_term_empty = “{ $term }” has no letter or number.
refusal-rule_mode_missing = Choose what happens to new articles.
refusal-brake_limit_wrong = Enter a number from 1 to { $max }, or leave it empty.

audit-did-rule = rule changed
audit-field-mode = new articles
audit-field-brake-limit = limit for new articles

### Drafts that feeds make

today-draft = Draft
today-draft-why = For { $list }. It won’t be sent automatically.
campaign-send-draft = Send
account-alert-drafts = a draft from a feed is waiting for approval
alert-draft-waits = Drafts are waiting for approval
alert-draft-waits-lead = “{ $name }” has new articles that are saved as drafts. They won’t be sent until an editor sends them.
alert-draft-waits-advice = Send or delete them at /admin.
alert-draft-waits-more = { $titles } · and { $more } more
feed-released-draft = Released. It is now a draft that an editor can send.
held-articles-released-drafts = { $articles ->
    [one] Released one article. { $drafts ->
        [one] One draft is waiting for an editor to send it.
       *[other] { $drafts } drafts are waiting for an editor to send them.
    }
   *[other] Released { $articles } articles. { $drafts ->
        [one] One draft is waiting for an editor to send it.
       *[other] { $drafts } drafts are waiting for an editor to send them.
    }
}
held-articles-drafts = { $drafts ->
    [one] One draft is waiting for an editor to send it.
   *[other] { $drafts } drafts are waiting for an editor to send them.
}
command-feed-drafts = { $drafts ->
    [one] One draft is waiting for an editor to send it.
   *[other] { $drafts } drafts are waiting for an editor to send them.
}
feed-check-item-draft = to { $list }, as a draft
feed-check-item-not-taken = new, but not sent under any list’s rule
held-articles-released-digest = { $articles ->
    [one] Released one article. It will be sent in a digest.
   *[other] Released { $articles } articles. They will be sent in one digest.
}
held-release-digest = Release as one digest
held-release-selected-digest = Release selected as one digest
hold-why-many-limit = { $feed }: { $articles } new articles in one check, and the limit is { $limit }
