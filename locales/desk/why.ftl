### Why a reader got, or did not get, an article: one sentence each

# The digest, as the sentences below name it
why-digest-each = end-of-day digest
why-digest-daily = daily digest
why-digest-weekly = weekly digest
why-digest-monthly = monthly digest

# What came, or is on its way
why-got = Sent as a separate email to { $list } on { $time }.
why-got-reply = Sent as a separate email to { $list } on { $time }; the relay replied “{ $reply }”.
why-got-once = Sent as a separate email to { $list } on { $time }, so it wasn’t sent again to { $others }.
why-got-digest = Sent in the { $digest } for { $list } on { $time }.
why-got-digest-reply = Sent in the { $digest } for { $list } on { $time }; the relay replied “{ $reply }”.
why-got-digest-once = Sent in the { $digest } for { $list } on { $time }, so it wasn’t sent again to { $others }.
why-got-welcome = Sent in the welcome email.
why-uncertain = The email sent to { $list } on { $time } may not have arrived: the relay closed the connection before replying. It won’t be sent again automatically.
why-uncertain-next = The email sent to { $list } on { $time } may not have arrived: the relay closed the connection before replying. It will be sent again on { $next }, with the same Message-ID.
why-on-its-way = Being sent to { $list } now.
why-deferred = The email to { $list } hasn’t been delivered yet; the relay replied “{ $reply }”.
why-deferred-next = The email to { $list } will be tried again on { $next }; the relay replied “{ $reply }”.
why-bounced = The email to { $list } bounced on { $time }; the relay replied “{ $reply }”.
why-failed = The email to { $list } failed on { $time }; the relay replied “{ $reply }”.

# What will come
why-will-get = Will be sent in the { $digest } for { $list } on { $time }.
why-over-cap = Over the daily limit for { $list }, so it will be sent in the end-of-day digest on { $time }.
why-digest-held = Part of the { $digest } for { $list }, which is on hold: { $why }.
why-quiet = Will be sent to { $list } when its quiet hours end on { $time }.
why-waits = Will be sent as a separate email to { $list } on { $time }.
why-waits-digest = Waiting until { $time }. It will then be sent in the { $digest } for { $list } on { $then }.
why-after-pause = This reader has paused { $list }. The article will be sent after the pause ends on { $time }.
why-campaign-paused = The campaign for { $list } is paused.
why-campaign-paused-because = The campaign for { $list } is paused: { $why }.
why-campaign-held = The campaign for { $list } is on hold.
why-campaign-held-because = The campaign for { $list } is on hold: { $why }.

# What the reader did
why-paused = This reader has paused { $list } until { $until }.
why-paused-since = On { $since }, this reader paused { $list } until { $until }.
why-away = The article was sent while this reader wasn’t getting { $list }.
why-away-between = This reader wasn’t getting { $list } from { $from } to { $to }, and the article was sent during that time.
why-joined-after = This reader joined { $list } on { $joined }, after the article was sent.
why-joined-after-at = This reader joined { $list } on { $joined }, after the article was sent on { $numbered }.
why-unconfirmed = This reader hasn’t confirmed their subscription to { $list }.
why-ended-left = This reader unsubscribed from { $list } on { $time }.
why-ended-bounced = This reader’s subscription to { $list } ended on { $time } because mail to their address bounced.
why-ended-complained = This reader’s subscription to { $list } ended on { $time } because they reported our mail as spam.
why-suppressed = This address has been suppressed since { $time }: { $why }.
why-never-on = This reader has never subscribed to { $lists }.

# What was decided about the article
why-stopped = Not sent to { $list }: the campaign was cancelled.
why-stopped-because = Not sent to { $list }: { $why }.
why-digest-stopped = The { $digest } for { $list } that included this article was cancelled.
why-digest-stopped-because = The { $digest } for { $list } that included this article was cancelled: { $why }.
why-draft = In a draft for { $list } that hasn’t been sent yet.
why-list-retired = The list “{ $list }” is retired, so nothing is sent to it.
why-not-among = The article was sent to { $list }, but not to this reader.
why-not-among-at = Sent to { $list } on { $time }, but this reader wasn’t a recipient.
why-article-held = The article is on hold: { $why }.
why-article-retired = The article was retired on { $time }.
why-seen-at-first = The article was already in its feed when the feed was first checked on { $time }, so it wasn’t sent.
why-came-back = This is an old article that reappeared in its feed, so it wasn’t sent.
why-known-elsewhere = The article had already been in another feed for days, so it wasn’t sent.
why-dropped = An editor skipped the article.
why-on-no-list = No list includes this article.

# The pages
why-title = Articles for this reader
why-on-reader = Recent articles
why-more = Search all articles
why-col-article = Article
why-col-answer = What happened and why
why-search = Article title
why-find = Search
why-none = No articles on this reader’s lists yet.
why-none-match = No articles match “{ $typed }”.
why-on-article = Did a reader get this article?
why-reader = Reader’s email
why-ask = Find out
why-reader-unknown = There is no subscriber with the email { $email }.
