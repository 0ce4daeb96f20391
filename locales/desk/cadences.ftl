# Cadences: a list's schedule, digests, breaking news and pauses.

schedule-title = Schedule of { $name }
schedule-heading = Schedule
schedule-button = Schedule
schedule-zone = All times are in { $zone }, the publication’s time zone, in summer and winter alike.
schedule-saved = Saved.
schedule-offered = Readers can choose
schedule-default = Chosen at first
schedule-when = When digests go out
schedule-hour = Time of day
schedule-weekday = Day of the weekly digest
schedule-month-day = Day of the monthly digest
schedule-month-day-hint = 31 means the last day of the month.
schedule-day-end = End of the day
schedule-day-end-hint = Readers of every article then get what came on top of the daily limit, or is for digests only.
schedule-what = What is in them
schedule-order = Order
schedule-order-newest = Newest first
schedule-order-oldest = Oldest first
schedule-order-feed = By feed
schedule-order-picked = Picked by hand, else newest first
schedule-text = Text
schedule-excerpt = Excerpts
schedule-full = Whole articles
schedule-subject = Subject
schedule-subject-hint = Left empty, it names the first article and says how many more there are. It can name <code>{ $codes }</code>.
schedule-approve = An editor approves each digest before it is sent
schedule-missed = A digest that is 12 hours late or more
schedule-missed-hold = Waits for an admin
schedule-missed-join = Joins the next digest
schedule-limits = Limits
schedule-cap = Daily limit
schedule-cap-hint = How many articles are sent on their own each day. Left empty, there is no limit. What comes on top goes out at the end of the day, in one email.
schedule-quiet = Quiet hours
schedule-quiet-from = From
schedule-quiet-to = To
schedule-quiet-none = None
schedule-quiet-hint = Nothing is sent then. It goes out in the morning, unless an editor sends it as breaking news.
schedule-next = Next digests
schedule-nothing-yet = if there is something to send

digest-day-end = End of the day
digest-daily = Daily
digest-weekly = Weekly
digest-monthly = Monthly

hold-why-digest = An editor must approve this digest

digest-of-day = End-of-day digest of { $list }
digest-of-daily = Daily digest of { $list }
digest-of-weekly = Weekly digest of { $list }
digest-of-monthly = Monthly digest of { $list }
digest-articles = { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
}
digest-preview = Preview
digest-would-have = If it were sent now.
digest-order = Order: { $order }.
digest-variants = { $variants ->
    [one] All its readers get the same.
   *[other] { $variants } versions, since its readers have had different articles; the preview shows the one with all.
}
digest-no-articles = Nothing yet, except for readers who are owed something from before.
digest-up = Up
digest-down = Down
digest-up-named = Move “{ $title }” up
digest-down-named = Move “{ $title }” down
digest-moved = Moved.
digest-send-now = Send now
digest-sent-now = Sending now.
digest-cancel-day = Nobody gets it, and its articles won’t be in another end-of-day digest.
digest-cancel-daily = Nobody gets it, and its articles won’t be in another daily digest.
digest-cancel-weekly = Nobody gets it, and its articles won’t be in another weekly digest.
digest-cancel-monthly = Nobody gets it, and its articles won’t be in another monthly digest.

campaign-waits-until = <strong>Waits until { $time }.</strong> Its list is quiet until then.
breaking-open = Send now, breaking…
breaking-ask = Send it now, as breaking news?
breaking-lead = It goes to the readers of <strong>{ $list }</strong> at once, past the list’s daily limit and quiet hours. What is on hold stays on hold.
breaking-button = Send now
breaking-keep = Don’t send
breaking-sent = Sending now, as breaking news.
breaking-waits = Breaking news, but still on hold. It is sent as soon as it is released.
audit-did-breaking = sent as breaking news
audit-did-sent-early = sent before its time

subscriber-paused-until = Paused until { $day }
