### What goes out when, and what would have gone out

# The calendar
calendar-title = { $count ->
    [0] Nothing goes out in the next { $days } days.
    [one] One email goes out in the next { $days } days.
   *[other] { $count } emails go out in the next { $days } days.
}
calendar-lead = The last { $back } days and the next { $days }. A digest marked “if there’s news” is sent only if its list has new articles by then.
calendar-none = Nothing went out, and nothing is scheduled.
calendar-more = There is more than fits here; the furthest days aren’t complete.
calendar-quiet = { $list } is quiet from { $from }:00 to { $to }:00.
calendar-today = Today
calendar-col-time = Time
calendar-col-what = What
calendar-col-list = List
calendar-col-often = Frequency
calendar-col-readers = Readers
calendar-digest = { $often } digest
calendar-if-news = if there’s news
calendar-on-hold = On hold: { $why }
calendar-put-off = Moved from { $time } by quiet hours
calendar-about = about { $readers }
calendar-not-counted = not counted yet

# Replay
replay-open = Replay the past…
replay-title = What { $feed } would have sent
replay-lead = Past articles, run through the settings below. Nothing is sent and nothing is saved.
replay-days = Days
replay-list = List
replay-list-all = Lists this feed is connected to
replay-mode = Articles are
replay-mode-send = sent by themselves
replay-mode-draft = sent once approved
replay-mode-digest = sent in digests only
replay-mode-collect = collected, not sent
replay-cadence = Frequency
replay-cadence-all = All
replay-cap = Daily limit
replay-cap-hint = Leave empty to keep the list’s limit.
replay-quiet = Quiet hours
replay-quiet-hint = Like this: 22-6. Leave empty to keep the list’s.
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
replay-more = This feed has more articles than a replay covers. The oldest are left out.
replay-only-newest = Only the newest { $shown } emails are shown.
replay-known = Articles as this feed brought them.
replay-unknown = This feed isn’t connected, so the articles are those it lists now, by their dates.
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
command-replay-readers = to about { $readers ->
    [one] one reader
   *[other] { $readers } readers
}
command-replay-nothing-sent = Nothing was sent, and nothing was stored.
