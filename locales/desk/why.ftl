### Why a reader got, or did not get, an article: one sentence each

# The digest, as the sentences below name it
why-digest-each = end-of-day digest
why-digest-daily = daily digest
why-digest-weekly = weekly digest
why-digest-monthly = monthly digest

# What came, or is on its way
why-got = Received by itself from { $list } on { $time }.
why-got-reply = Received by itself from { $list } on { $time }; the relay answered “{ $reply }”.
why-got-once = Received by itself from { $list } on { $time }, so { $others } didn’t send it again.
why-got-digest = Received in the { $digest } of { $list } on { $time }.
why-got-digest-reply = Received in the { $digest } of { $list } on { $time }; the relay answered “{ $reply }”.
why-got-digest-once = Received in the { $digest } of { $list } on { $time }, so { $others } didn’t send it again.
why-got-welcome = Received in the welcome email.
why-uncertain = May have arrived from { $list } on { $time }: the relay closed the connection before it answered, and nothing is sent again by itself.
why-uncertain-next = May have arrived from { $list } on { $time }: the relay closed the connection before it answered, so it is sent again on { $next } under the same Message-ID.
why-on-its-way = { $list } is sending it now.
why-deferred = { $list } could not deliver it yet; the relay answered “{ $reply }”.
why-deferred-next = { $list } tries again on { $next }; the relay answered “{ $reply }”.
why-bounced = Bounced on { $time } from { $list }; the relay answered “{ $reply }”.
why-failed = Delivery from { $list } failed on { $time }; the relay answered “{ $reply }”.

# What will come
why-will-get = Comes in the { $digest } of { $list } on { $time }.
why-over-cap = Over the daily limit of { $list }, so it comes in the end-of-day digest on { $time }.
why-digest-held = The { $digest } of { $list } it is in is on hold: { $why }.
why-quiet = { $list } is in its quiet hours until { $time }, then it is sent.
why-waits = Waits on { $list } until { $time }, then it is sent by itself.
why-waits-digest = Waits on { $list } until { $time }, then comes in the { $digest } on { $then }.
why-after-pause = Comes from { $list } once their pause ends on { $time }.
why-campaign-paused = Its campaign to { $list } is paused.
why-campaign-paused-because = Its campaign to { $list } is paused: { $why }.
why-campaign-held = Its campaign to { $list } is on hold.
why-campaign-held-because = Its campaign to { $list } is on hold: { $why }.

# What the reader did
why-paused = { $list } is paused for this reader until { $until }.
why-paused-since = { $list } is paused for this reader from { $since } to { $until }.
why-away = This reader was away from { $list } when it was sent.
why-away-between = This reader was away from { $list } from { $from } to { $to }.
why-joined-after = This reader joined { $list } on { $joined }, after it was sent.
why-joined-after-at = This reader joined { $list } on { $joined }, after it was sent on { $numbered }.
why-unconfirmed = This reader hasn’t confirmed { $list }.
why-ended-left = This reader unsubscribed from { $list } on { $time }.
why-ended-bounced = { $list } ended for this reader on { $time } because the address bounced.
why-ended-complained = { $list } ended for this reader on { $time } because they reported spam.
why-suppressed = This address has been suppressed since { $time }: { $why }.
why-never-on = This reader has never been on { $lists }.

# What was decided about the article
why-stopped = { $list } does not send it: it was cancelled.
why-stopped-because = { $list } does not send it: { $why }.
why-digest-stopped = The { $digest } of { $list } it was in was cancelled.
why-digest-stopped-because = The { $digest } of { $list } it was in was cancelled: { $why }.
why-draft = { $list } has it as a draft that nobody has sent yet.
why-list-retired = { $list } is retired and sends nothing.
why-not-among = { $list } has not sent it to this reader.
why-not-among-at = { $list } sent it on { $time }, and this reader was not among its readers.
why-article-held = The article is on hold: { $why }.
why-article-retired = The article was retired on { $time }.
why-seen-at-first = It was already in its feed when that was first checked on { $time }, so it was marked as seen.
why-came-back = It is old and came back into its feed, so it was not sent.
why-known-elsewhere = Another feed had listed it for days, so it was not sent.
why-dropped = An editor skipped it.
why-on-no-list = No list has this article.

# The pages
why-title = Articles and this reader
why-on-reader = Articles received
why-more = More articles, search
why-col-article = Article
why-col-answer = What happened, and why
why-search = Title of an article
why-find = Search
why-none = No articles on this reader’s lists yet.
why-none-match = No articles match “{ $typed }”.
why-on-article = Did a reader get it?
why-reader = Reader’s email
why-ask = Find out
why-reader-unknown = Nobody with the address { $email } is a subscriber.
