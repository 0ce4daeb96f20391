### What goes out when, and what would have gone out

# The calendar
calendar-title = { $count ->
    [0] No emails are scheduled for the next { $days } days.
    [one] One email is scheduled for the next { $days } days.
   *[other] { $count } emails are scheduled for the next { $days } days.
}
calendar-lead = This shows the last { $back } days and the next { $days }. A digest marked “if there’s news” will be sent only if its list has new articles by then.
calendar-none = Nothing was sent, and nothing is scheduled.
calendar-more = There are too many emails to show here, so the days furthest from today are incomplete.
calendar-quiet = Quiet hours for { $list }: { $from }:00 to { $to }:00.
calendar-today = Today
calendar-col-time = Time
calendar-col-what = What
calendar-col-list = List
calendar-col-often = Frequency
calendar-col-readers = Readers
calendar-digest = { $often ->
    [each] End-of-day digest
    [daily] Daily digest
    [weekly] Weekly digest
   *[monthly] Monthly digest
}
calendar-if-news = if there’s news
calendar-on-hold = On hold: { $why }
calendar-put-off = Moved from { $time } because of quiet hours
calendar-about = about { $readers }
calendar-not-counted = not counted yet

# Replay
replay-open = Replay past articles…
replay-title = What { $feed } would have sent
replay-lead = Run past articles through the settings below. Nothing is sent or saved.
replay-days = Days
replay-list = List
replay-list-all = All lists this feed is connected to
replay-mode = Articles are
replay-mode-send = sent automatically
replay-mode-draft = sent once approved
replay-mode-digest = sent in digests only
replay-mode-collect = collected, not sent
replay-cadence = Frequency
replay-cadence-all = All
replay-cap = Daily limit
replay-cap-hint = Leave empty to keep the list’s limit.
replay-quiet = Quiet hours
replay-quiet-hint = For example: 22-6. Leave empty to keep the list’s quiet hours.
replay-run = Replay
replay-summary = { $articles ->
    [one] One article
   *[other] { $articles } articles
} in the last { $days ->
    [one] day
   *[other] { $days } days
}.
replay-list-emails = { $list }: { $emails ->
    [0] no emails
    [one] one email
   *[other] { $emails } emails
}
replay-no-list = No list
replay-more = This feed has more articles than a replay can cover, so the oldest are left out.
replay-only-newest = Only the newest { $shown } emails are shown.
replay-known = These are the articles as they appeared in this feed.
replay-unknown = This feed isn’t connected, so these are the articles it lists now, by date.
replay-held-title = On hold
replay-held = { $articles ->
    [one] One article
   *[other] { $articles } articles
} on { $time }: { $why }.
replay-collected = { $articles ->
    [one] One article would have been collected.
   *[other] { $articles } articles would have been collected.
} Nothing would have been sent.
replay-none = Nothing would have been sent.
replay-articles = { $articles ->
    [one] One article
   *[other] { $articles } articles
}
replay-still-to-come = still to come
replay-col-articles = Articles
command-replay-line = { $time }  { $often }  { $articles ->
    [one] one article
   *[other] { $articles } articles
}  { $readers }
command-replay-readers = to { $readers ->
    [one] one reader
   *[other] about { $readers } readers
}
command-replay-nothing-sent = Nothing was sent or stored.
