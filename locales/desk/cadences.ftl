# Cadences: a list's schedule, digests, breaking news and pauses.

schedule-title = Schedule for { $name }
schedule-heading = Schedule
schedule-button = Schedule
schedule-zone = All times are in the publication’s time zone, { $zone }.
schedule-saved = Saved.
schedule-offered = Readers can choose
schedule-default = Default
schedule-when = When digests are sent
schedule-hour = Time of day
schedule-weekday = Day of the weekly digest
schedule-month-day = Day of the monthly digest
schedule-month-day-hint = 31 means the last day of the month.
schedule-day-end = End of the day
schedule-day-end-hint = At this hour, readers who get every article are sent a digest of articles that were over the daily limit or kept for digests.
schedule-what = What digests contain
schedule-order = Order
schedule-order-newest = Newest first
schedule-order-oldest = Oldest first
schedule-order-feed = By feed
schedule-order-picked = By hand, otherwise newest first
schedule-text = Text
schedule-excerpt = Excerpts
schedule-full = Full articles
schedule-subject = Subject
schedule-subject-hint = If left empty, the subject is the title of the first article, followed by how many more there are. You can use <code>{ $codes }</code>.
schedule-approve = An editor must approve each digest before it is sent
schedule-missed = If a digest is 12 hours late or more
schedule-missed-hold = Put it on hold for an admin
schedule-missed-join = Add its articles to the next digest
schedule-limits = Limits
schedule-cap = Daily limit
schedule-cap-hint = How many articles a day are sent as separate emails. Any others are sent at the end of the day, in one email. If left empty, there is no limit.
schedule-quiet = Quiet hours
schedule-quiet-from = From
schedule-quiet-to = To
schedule-quiet-none = None
schedule-quiet-hint = Nothing is sent during these hours, except breaking news. Everything else is sent when they end.
schedule-next = Next digests
schedule-nothing-yet = if there is anything to send

digest-day-end = End of the day
digest-daily = Daily
digest-weekly = Weekly
digest-monthly = Monthly

hold-why-digest = An editor must approve this digest

digest-of-day = End-of-day digest for { $list }
digest-of-daily = Daily digest for { $list }
digest-of-weekly = Weekly digest for { $list }
digest-of-monthly = Monthly digest for { $list }
digest-articles = { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
}
digest-preview = Preview
digest-would-have = This is what would be sent now.
digest-order = Order: { $order }.
digest-variants = { $variants ->
    [one] All readers get the same version.
   *[other] { $variants } versions, because some readers have already been sent some of the articles. The preview shows the version with all of them.
}
digest-no-articles = No new articles yet. This digest is only for readers who are still due earlier articles.
digest-up = Up
digest-down = Down
digest-up-named = Move “{ $title }” up
digest-down-named = Move “{ $title }” down
digest-moved = Moved.
digest-send-now = Send now
digest-sent-now = Sending now.
digest-cancel-day = Nobody will get this digest, and its articles won’t be in another end-of-day digest.
digest-cancel-daily = Nobody will get this digest, and its articles won’t be in another daily digest.
digest-cancel-weekly = Nobody will get this digest, and its articles won’t be in another weekly digest.
digest-cancel-monthly = Nobody will get this digest, and its articles won’t be in another monthly digest.

campaign-waits-until = <strong>Waiting until { $time }.</strong> That’s when the list’s quiet hours end.
breaking-open = Send as breaking news…
breaking-ask = Send this now as breaking news?
breaking-lead = It will be sent to the readers of <strong>{ $list }</strong> immediately, regardless of the list’s daily limit and quiet hours. Anything on hold stays on hold.
breaking-button = Send now
breaking-keep = Don’t send
breaking-sent = Sending now as breaking news.
breaking-waits = Marked as breaking news, but still on hold. It will be sent as soon as it is released.
audit-did-breaking = sent as breaking news
audit-did-sent-early = sent early

subscriber-paused-until = Paused until { $day }
