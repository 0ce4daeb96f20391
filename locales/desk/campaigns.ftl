# What editors and admins meet about campaigns, articles, feeds, reports and what is on hold.

### Campaigns: words that several pages use

campaign-campaigns = Campaigns
campaign-readers = { $readers ->
    [one] { $readers } reader
   *[other] { $readers } readers
}
campaign-readers-about = about { $readers } readers
campaign-untitled = Untitled
campaign-edit = Edit
campaign-save = Save
campaign-cancel = Cancel
campaign-not-now = Not now
campaign-show = Show
campaign-show-all = Show all
campaign-newest = Newest
campaign-older = Older
campaign-pages = Pages
campaign-all-times = All times in { $zone }
campaign-as-table = Table
campaign-status-draft = Draft
campaign-status-scheduled = Scheduled
campaign-status-sending = Sending
campaign-status-paused = Paused
campaign-status-sent = Sent
campaign-status-cancelled = Cancelled
campaign-status-held = On hold
# Within a sentence: “This campaign is being sent”
campaign-is-draft = a draft
campaign-is-scheduled = scheduled
campaign-is-sending = being sent
campaign-is-paused = paused
campaign-is-sent = sent
campaign-is-cancelled = cancelled
campaign-withdrawn = withdrawn: { $why }
campaign-withdrawn-page = its page returns { $code }: { $url }
campaign-withdrawn-feed = it was removed from the feed { $feed }, which still lists an older article
campaign-signed-out = You’ve been signed out, so this page is no longer up to date. Sign in again.

### A campaign’s page

campaign-cancel-open = Cancel campaign…
campaign-cancel-rest-open = Cancel the rest…
campaign-correct-open = Write correction…
campaign-pausing = Pausing…
campaign-pause = Pause
campaign-resuming = Resuming…
campaign-resume = Resume
campaign-missed-open = Send to readers who missed it…
campaign-report = Report
campaign-make-draft = Restore as draft
campaign-on-hold = On hold.
campaign-since = Since { $time }.
campaign-look = Review
campaign-approve = Approve
campaign-decide = Decide what to do
campaign-see-held = See what’s on hold
campaign-why-paused = Why it’s paused:
campaign-why = Why:
campaign-progress = Progress
campaign-started = started { $time }
campaign-reload = Reload
campaign-rate = Rate
campaign-rate-unit = emails a second
campaign-col-from = From
campaign-col-to = To
campaign-col-sent = Sent
campaign-col-a-second = Per second
campaign-rate-none = Not known yet. The rate is measured every few seconds.
campaign-by-domain = By recipient domain
campaign-by-domain-table = Recipient domains
campaign-col-domain = Domain
campaign-col-readers = Readers
campaign-col-bounced = Bounced
campaign-col-other = Other
campaign-all-domains = All { $domains } domains
campaign-never-sent = Nothing was sent.
campaign-progress-later = You’ll see the progress here once the first email is sent.
campaign-timeline = Timeline
campaign-all-deliveries = All deliveries
campaign-pause-note = Pausing takes up to 2 seconds. Emails already handed to the relay will still go out and be recorded, so nobody gets the campaign twice.
campaign-cancel-title = Cancel campaign
campaign-cancel-named = Cancel “{ $subject }”
campaign-cancel-rest-ask = Cancel the rest of this campaign?
campaign-cancel-ask = Cancel this campaign?
campaign-cancel-rest-lead = <span data-rest>{ $rest }</span> won’t get it. <span data-have>{ $have }</span> already got it.
campaign-cancel-lead = Nobody will get it. The text will be kept under Campaigns.
campaign-cancel-moment = Sending continues until you cancel, so these numbers may change. To stop them changing, pause the campaign first.
campaign-cancel-type = Type <span data-open>{ $number }</span> to confirm
campaign-cancel-rest-button = Cancel the rest
campaign-cancel-button = Cancel campaign
campaign-keep = Keep campaign

### Writing a campaign

campaign-conflict = Conflicting versions
campaign-the-campaign = The campaign
campaign-conflict-head = { $name } saved another version. Keep yours, take theirs, or compare.
campaign-conflict-head-at = { $name } saved another version ({ $time }). Keep yours, take theirs, or compare.
campaign-conflict-lead = Nothing is lost: the other version will stay in the history.
campaign-yours = Yours
campaign-theirs = Theirs
campaign-subject = Subject
campaign-preheader = Preview text
campaign-text = Text
campaign-keep-mine = Keep mine
campaign-take-theirs = Take theirs
campaign-correct = Write a correction
campaign-correct-lead = The correction will go only to those who got the original ({ $readers }), as a reply to the original.
campaign-correct-reason = What was wrong
campaign-correct-reason-hint = One or two sentences. They are shown above the text in the email and in the archive.
campaign-correct-button = Write correction
campaign-deliveries = Deliveries
campaign-who-sent = Who got it
campaign-who-deferred = Who will get it later
campaign-who-bounced = Whose email bounced
campaign-who-failed = Whose email was refused, and why
campaign-who-uncertain = Who may have got it
campaign-who-skipped = Who was skipped, and why
campaign-who-queued = Who is waiting for it
campaign-states = States
campaign-all = All
campaign-clear-status = Clear the status filter
campaign-clear-list = Clear the list filter
campaign-parts = On this page
campaign-check = Check
campaign-deliveries-further = None found so far. Keep searching to check the rest.
campaign-deliveries-none = No readers.
campaign-col-address = Address
campaign-col-state = State
campaign-col-since = Since
campaign-col-attempts = Attempts
campaign-col-reply = Relay’s reply
campaign-erased = erased
campaign-again-at = next attempt { $time }
campaign-requeued = (resent { $times }×)
campaign-csv = Download CSV
campaign-from-start = First page
campaign-look-further = Keep searching
campaign-more = More
campaign-version = version <span data-version>{ $version }</span>
campaign-history = History
campaign-corrects = This campaign corrects <a href="{ $url }">{ $subject }</a>. It will go only to those who got the original, as a reply. The reason will be shown above the text: { $reason }
campaign-waits = On hold: { $why }.
campaign-sends-at = Will be sent on <time datetime="{ $machine }">{ $time }</time> to { $readers }. You can undo it until then.
campaign-sends-now = Sending to { $readers } now.
campaign-undo-send = Undo send
campaign-preheader-example = The first words of the email
campaign-preheader-title = What the inbox shows after the subject
campaign-list = List
campaign-text-hint = Markdown, shown before the articles
campaign-placeholders = Placeholders
campaign-placeholders-hint = In the subject, preview text and text, these are replaced with what you know about each reader. Add what to show when you don’t know it: { "{{" } name | "reader" { "}}" }. Placeholders in articles aren’t replaced.
campaign-articles = Articles
campaign-article-place = Position of { $title }
campaign-newest-articles = Newest articles
campaign-save-note = Changes aren’t kept until you save.
campaign-preview = Preview
campaign-preview-as = Preview as
campaign-preview-phone = Phone
campaign-preview-desktop = Desktop
campaign-preview-dark = Dark
campaign-preview-no-images = No images
campaign-preview-text = Plain text
campaign-preview-source = Source
campaign-preview-reader = As seen by
campaign-preview-frame = Preview of the email
campaign-before = Before you send
campaign-would-get = If you send it now, it will go to { $readers }.
campaign-test-to = Send a test to
campaign-test = Send test
campaign-send-at = Send at
campaign-which = Which hour
campaign-sure = Number of readers
campaign-sure-hint = to send now, type { $number }
campaign-schedule = Schedule
campaign-send-hint = The last saved version will be sent. You can undo the send until sending starts.
campaign-send-hint-no-undo = The last saved version will be sent. “Send now” can’t be undone: there is no undo window (see Settings).
campaign-delete-draft = Delete draft
campaign-history-none = Nothing saved yet
campaign-history-none-lead = Every saved version is kept here. Saves by the same person within two minutes count as one.
campaign-history-read = Show text
campaign-history-restore-named = Restore the version from { $time }
campaign-history-restore = Restore
campaign-missed-title = Who missed it
campaign-missed-at-most = { $readers ->
    [one] At most { $readers } reader missed it.
   *[other] At most { $readers } readers missed it.
}
campaign-missed-some = Some readers may have missed it.
campaign-missed-none = Nobody missed it.
campaign-missed-none-certain = As far as we know, nobody missed it.
campaign-missed = { $readers ->
    [one] { $readers } reader missed it.
   *[other] { $readers } readers missed it.
}
campaign-missed-lead = These readers were subscribed to { $list } when the campaign was sent, and still are. Their addresses aren’t suppressed, and the relay never accepted this campaign for them. Those who already got it won’t get it again.
campaign-missed-lead-more = Anyone who has since unsubscribed or been suppressed is left out. You’ll see the exact number when you send it.
campaign-missed-uncertain = { $readers ->
    [one] Also send it to { $readers } reader who may have got it: the relay didn’t respond. They may get it twice.
   *[other] Also send it to { $readers } readers who may have got it: the relay didn’t respond. Some may get it twice.
}
campaign-missed-uncertain-some = Also send it to those who may have got it: the relay didn’t respond. Some may get it twice.
campaign-missed-busy = Sending…
campaign-missed-button = Send to them
campaign-back = Back to the campaign
campaign-new = New campaign
campaign-no-list = No lists yet
campaign-no-list-lead = A campaign goes to a list. Add a list first.
campaign-lists = Lists
campaign-begin = Create draft

### The list of campaigns

campaign-empty = No campaigns yet
campaign-empty-lead = A campaign is created when a feed has a new article, or when someone writes one.
campaign-empty-button = Write the first campaign
campaign-status = Status
campaign-none-match = No campaigns match. <a href="/admin/campaigns">Show all</a>
campaign-col-when = When
campaign-correction = correction
campaign-n-sent = sent

### Articles

article-restore = Restore
article-retire = Retire
article-campaign = Create campaign…
article-retired-since = Retired on { $date }. It can’t be added to campaigns; emails already sent aren’t affected.
article-on-hold = On hold: { $why }.
held-release = Release
held-release-of = Release: { $what }
held-skip = Skip
article-feed = See the feed
article-from-feed = From a feed
article-author = Author
article-no-author = Not given
article-published = Published
article-first-seen = First seen
article-url = Web address
article-in-mail = In an email
article-preview-title = Preview of the article
article-their-text = Their text
article-title = Title
article-markdown = Markdown
article-optional = optional
article-delete = Delete
article-in-campaigns = { $campaigns ->
    [one] It can’t be deleted: a campaign uses it.
   *[other] It can’t be deleted: { $campaigns } campaigns use it.
}
article-delete-open = Delete article…
article-delete-lead = The article and its history will be permanently deleted. No campaign uses the article.
article-delete-button = Delete article
article-new = Write an article
article-empty = No articles yet
article-empty-lead = Connect a feed, and its articles will be listed here. You can also write an article yourself.
article-feeds = Feeds
article-filter-title = Title contains
article-from = From
article-a-feed = A feed
article-the-desk = Written in Postrider
article-none-match = No articles match. <a href="/admin/articles">Show all</a>
article-select = Select
article-article = Article
article-select-named = Select { $title }
article-state-retired = Retired
article-state-not-sent = Not sent
article-campaign-of-selected = Create campaign from selected

### What is on hold

today-today = Today
held-release-all = Release all { $campaigns }
held-differs-heading = What has changed
held-differs-caption = This database when it last sent mail, and now
held-differs-was = When it last sent mail
held-differs-is = Now
held-differs-address = Address
held-differs-database = Database
held-differs = changed
held-copy-lead = If this is a copy, for a test or from a backup, do nothing: the original will keep sending. If you moved the database, or changed the address on purpose, confirm that this is the real one. After a restore, campaigns that were due may already have been sent: keep them on hold and check each one.
held-real-release = This is the real one: release all
held-real-keep = This is the real one: keep campaigns on hold
held-restored-heading = What we know
held-restored-lead = The database has no record of who got mail after this copy was made. If you release a campaign, some readers may get it twice. If you cancel it, those who didn’t get it never will. Articles that were new at each feed’s first check after the restore are on hold too. Compare with the relay’s log, then decide about each campaign. Anyone who unsubscribed in the meantime is subscribed again.
held-use-keep = Use this database and keep campaigns on hold
held-use-release = Use this database and release all
held-none-lead = Everything that is due is sent automatically. Campaigns are put on hold when they are more than 15 minutes late, when the database looks like a copy or was restored, when their list is retired, or when their HTML is too complex. Articles are put on hold when a feed has far more new articles than usual.
held-admins-lead = An admin can release or cancel these.
held-paused = paused
held-due = due { $time }
held-button-named = { $button }: { $subject }
held-see-list = See the list
held-cancel-named = Cancel { $subject }
held-batch-read = <a href="{ $url }">The feed</a> was checked on { $time }.
held-batch-lists = The feed’s articles go to { $lists }.
held-batch-no-list = The feed isn’t connected to a list.
hold-late = Late
hold-clone = Copy
hold-restored = Restored
hold-retired = List retired
hold-approval = Needs approval
hold-html = HTML too complex
hold-brake = Too many new articles
hold-page = Page not found
hold-unclear = On hold
held-batch-move = Are these old articles with new addresses or GUIDs? <a href="{ $url }">Match them with the ones you already have</a>.
held-batch-lead = None of these articles will be sent until you release them. Each article you release will be sent to every reader as a separate email. Articles you skip won’t be sent.
held-skip-all = { $articles ->
    [one] Skip { $articles }
   *[other] Skip all { $articles }
}
held-releasing = Releasing…
held-batch-release-all = { $articles ->
    [one] Release { $articles }: { $articles } email to each reader
   *[other] Release all { $articles }: { $articles } emails to each reader
}
held-batch-more = { $articles ->
    [one] Only the newest articles are shown. “Release all” and “Skip all” include { $articles } more.
   *[other] Only the newest articles are shown. “Release all” and “Skip all” include { $articles } more.
}
held-release-selected = Release selected
held-skip-selected = Skip selected

### Today

today-setup = Setup isn’t finished.
today-setup-button = Continue setup
today-held = Needs your attention
today-held-none = Nothing is on hold. Anything paused or put on hold will appear here, with the reason.
today-next = Up next
today-all-scheduled = All scheduled
today-next-none = Nothing is scheduled. New articles from your feeds are sent automatically. You can also <a href="/admin/campaigns/new">write to your readers</a> at any time.
today-health = Health
today-health-ok = (OK):
today-health-bad = (failing):
today-health-warn = (needs attention):
today-grown = <strong>{ $change }</strong> in the last 30 days
today-no-subscribers = No subscribers yet. Put the sign-up form on your site, or <a href="/admin/subscribers">import subscribers</a>.
today-no-lists = No subscribers yet. <a href="/admin/lists">Add a list</a> first.
today-table-of-subscribers = Table<span class="hidden"> of { $title }</span>
today-subscribers-table = Table of { $title }
today-deliveries-table = Deliveries per day
today-col-week = Week of
today-col-day = Day
today-col-active = Active
today-col-joined = Joined
today-col-left = Left
today-col-left-bounced = of which bounced
today-col-complained = Spam reports
today-each-day = per day
today-no-deliveries = Nothing was sent in the last 14 days.
today-table-of-deliveries = Table<span class="hidden"> of deliveries</span>
today-col-share = Bounce rate

### Feeds

feed-checking = Checking…
feed-check = Check now
feed-latest-open = Send the latest…
feed-failures = { $checks ->
    [one] The last check failed.
   *[other] Failed { $checks } times in a row.
}
feed-checks = Checks
feed-last = Last
feed-never = never
feed-next = Next
feed-next-none = none
feed-now = now
feed-usually = Interval
feed-every-mins = every { $mins } min
feed-every-secs = every { $secs } s
feed-every-rarer = now every { $mins } min, because pushes deliver articles sooner
feed-push = Push
feed-push-none = Off. The feed doesn’t name a hub, or this server can’t be reached over https.
feed-push-wanted = Asking { $hub } to send pushes
feed-push-asked = Waiting for { $hub } to confirm
feed-push-active = On, from { $hub }, until { $time } (renewed automatically)
feed-push-ended = Off: { $hub } didn’t renew the subscription. We’ll ask again.
feed-push-denied = { $hub } refused. We’ll ask again in a day.
feed-push-why = Last problem: { $why }
feed-pushed = Last push
feed-pushed-never = none yet
feed-pushed-ping = { $time }, by ping
feed-pushed-websub = { $time }, from the hub
feed-in-week = Last 7 days
feed-in-week-counts = { $new } new, { $sent } sent
feed-moves-to = Moved to
feed-goes-to = Goes to
feed-no-list = No list, so its articles aren’t sent.
feed-list-retired = retired, so nothing is sent to it
feed-list-delay = { $mins } min after an article appears
feed-change = Change
feed-remove-named = Remove { $list }
feed-another-list = Another list
feed-delay = Delay before sending, in minutes
feed-delay-hint-list = How long to wait before sending an article after it appears. Articles already in the feed won’t be sent.
feed-add-list = Add list
feed-seen-at = Found { $time }
feed-skip-named = Skip { $title }
feed-items-none = No articles yet.
feed-items-no-older = No older articles.
feed-items-caption = The feed’s articles, newest first; all times in { $zone }
feed-col-outcome = Outcome
feed-col-found = Found
feed-left = no longer in the feed
feed-newest-first = Newest first.
feed-latest = Send the latest
feed-latest-lead = Creates a campaign from each of the newest articles that haven’t been sent to the list.
feed-no-lists = There are no lists yet.
feed-latest-to = Send to list
feed-latest-count = Maximum number of articles
feed-latest-show = Show articles
feed-latest-none = Everything has been sent to this list
feed-latest-none-lead = The feed has no other articles.
feed-latest-found = { $articles ->
    [one] { $readers ->
        [one] One article for { $readers } reader of { $list }
       *[other] One article for { $readers } readers of { $list }
    }
   *[other] { $readers ->
        [one] { $articles } articles for { $readers } reader of { $list }
       *[other] { $articles } articles for { $readers } readers of { $list }
    }
}
feed-latest-found-uncounted = { $articles ->
    [one] One article for the readers of { $list }
   *[other] { $articles } articles for the readers of { $list }
}
feed-latest-twice = Readers who already got an article through another list won’t get it again.
feed-latest-uncounted = Readers haven’t been counted yet.
feed-latest-busy = Scheduling…
feed-latest-send = Send article
feed-latest-send-selected = Send selected
feed-connect = Connect a feed
feed-new-lead = RSS, Atom or JSON. Articles already in the feed won’t be sent.
feed-new-no-list = There is no list to send the articles to yet.
feed-new-add-list = Add a list
feed-url = Feed address
feed-delay-hint = How long to wait before sending an article after it appears. Edits made in the meantime are included.
feed-connecting = Connecting…
feed-connect-button = Connect feed
feed-check-again = Check again
feed-check-first = Check feed
feed-articles = { $articles ->
    [one] { $articles } article
   *[other] { $articles } articles
}
feed-moved = This feed has moved to { $url }. Connect that address instead.
feed-known = This feed is already connected to { $lists }.
feed-new-outcome = If you connect this feed now, none of these articles will be sent. If it had already been connected, this is what would have happened:
feed-would-hold = The next check would put all new articles on hold. { $why }.
feed-holds-above = { $articles ->
    [one] If one check finds more than { $articles } new article, all of them will be put on hold until an editor decides.
   *[other] If one check finds more than { $articles } new articles, all of them will be put on hold until an editor decides.
}
feed-empty = The feed is empty.
feed-articles-caption = The feed’s articles, newest first
feed-col-date = Date
feed-undated = undated
feed-none-heading = Articles come from a feed
feed-none-lead = Connect your site’s RSS, Atom or JSON feed. Articles already in the feed won’t be sent; new ones will.
feed-none-lead-editor = An admin can connect the first feed.
feed-caption = Feeds; all times in { $zone }
feed-col-feed = Feed
feed-col-last = Last check
feed-col-next = Next check
feed-col-new = New, 7 days
feed-row-no-list = no list
feed-move = Move this feed
feed-move-open = Move this feed…
feed-move-there = Move feed…
feed-move-elsewhere = Has the feed moved?
feed-move-lead = Use this when a feed gets a new address, a new domain, https or new GUIDs. Before anything changes, you’ll see which of its articles you already have. Those won’t be sent again.
feed-move-url = New address
feed-move-url-hint = The feed’s address, or a page that links to it. If only GUIDs or links have changed, enter the feed’s current address.
feed-move-look = Match articles
feed-move-from = From
feed-move-to = To
feed-move-found = { $matched } of { $articles ->
    [one] { $articles } article matched
   *[other] { $articles } articles matched
}
feed-move-new = { $articles ->
    [one] { $articles } new article
   *[other] { $articles } new articles
}
feed-move-new-lead = You have no articles like these. Select the ones to send. The others will be recorded but never sent; articles already on hold stay on hold.
feed-move-more = { $articles ->
    [one] Only the newest articles are shown. There is { $articles } more.
   *[other] Only the newest articles are shown. There are { $articles } more.
}
feed-move-all = { $articles ->
    [one] Send the { $articles } new article
   *[other] Send all { $articles } new articles
}
feed-move-unclear = { $articles ->
    [one] { $articles } possible match
   *[other] { $articles } possible matches
}
feed-move-unclear-lead = Each of these resembles an article you already have, but may not be the same one. Readers may have got it already, so it will be sent only if you select it.
feed-move-like = Like “{ $title }”: { $by }
feed-move-on-hold = on hold
feed-move-off-hold = on hold until the move
feed-move-matched = { $articles ->
    [one] { $articles } matched article (won’t be sent again)
   *[other] { $articles } matched articles (won’t be sent again)
}
feed-move-col-new = Article in the feed
feed-move-col-known = Article you have
feed-move-col-by = Matched by
feed-move-by-guid = same GUID
feed-move-by-address = same address
feed-move-by-link = same link and title
feed-move-by-path = same path
feed-move-by-slug = same last part of the address
feed-move-by-title = same title and date
feed-move-by-title-alone = same title
feed-move-busy = Moving…
feed-move-button = Move feed
feed-move-done = Feed moved. { $matched ->
    [0] No articles matched.
    [one] One article matched.
   *[other] { $matched } articles matched.
} { $campaigns ->
    [0] Nothing will be sent.
    [one] One campaign is scheduled.
   *[other] { $campaigns } campaigns are scheduled.
}
feed-move-done-await = Feed moved. { $matched ->
    [0] No articles matched.
    [one] One article matched.
   *[other] { $matched } articles matched.
} { $campaigns ->
    [one] One campaign is scheduled; it needs a second approval.
   *[other] { $campaigns } campaigns are scheduled; { $waiting ->
        [one] one of them needs a second approval.
       *[other] { $waiting } of them need a second approval.
    }
}

### Reports

report-reports = Reports
report-csv = Download all deliveries (CSV)
report-numbers = Summary
report-got-it = { $readers ->
    [one] { $sent } of { $readers } reader got it.
   *[other] { $sent } of { $readers } readers got it.
}
report-took = It took { $time }.
report-started = Started { $time }
report-ended = ended { $time }
report-why = Why some readers didn’t get it
report-col-reason = Reason
report-why-part = These counts are incomplete.
report-why-file = The CSV file lists every delivery.
report-to-nobody = This campaign was sent to nobody.
report-counting = Still counting. Reload this page in a minute.
report-by-hour = By hour
report-no-hours = Nothing yet.
report-none = No reports yet
report-none-lead = Each campaign gets a report once its last email has been sent. Until then, follow it under Campaigns.
report-col-started = Started
report-col-took = Took
campaign-delivery-failed = Failed
campaign-delivery-uncertain = Uncertain
report-row-counting = counting…

### States

campaign-delivery-queued = Queued
campaign-delivery-sending = Sending
campaign-delivery-sent = Sent
campaign-delivery-deferred = Deferred
campaign-delivery-bounced = Bounced
campaign-delivery-skipped = Skipped

### How a campaign is coming along

campaign-line-draft = Nobody will get this campaign until it is scheduled or sent.
campaign-line-held = Nothing will be sent while this campaign is on hold.
campaign-line-scheduled = Scheduled for { $time }.
campaign-line-unscheduled = Not scheduled yet.
campaign-line-paused = { $readers ->
    [one] Nothing is being sent. { $readers } reader is waiting for this campaign.
   *[other] Nothing is being sent. { $readers } readers are waiting for this campaign.
}
campaign-line-cancelled-unsent = Nobody got it.
campaign-line-cancelled = { $readers ->
    [one] { $sent } of { $readers } reader got it.
   *[other] { $sent } of { $readers } readers got it.
}
campaign-line-sent-at = Sent { $time }. It took { $duration }.
campaign-line-sent = Sent.
campaign-line-retrying = { $readers ->
    [one] { $readers } reader is waiting for another attempt (next: { $time }).
   *[other] { $readers } readers are waiting for another attempt (next: { $time }).
}
campaign-line-last-replies = Waiting for the last replies.
campaign-line-rate = { $rate }, about { $left } left, should finish around { $time }
campaign-line-enqueueing = Preparing the list of readers.
campaign-line-stalled = Nothing has been sent for half a minute. Check the workers and the relay under Today.
campaign-line-starting = Starting. The rate will appear in a few seconds.
campaign-counted-at = Counted at { $time }
campaign-not-counted = Not counted yet
campaign-uncertain-again = will be sent again
campaign-uncertain-final = won’t be sent again
campaign-bounced-note = now suppressed
campaign-failed-note = permanently refused
campaign-deferred-until = next attempt { $time }
campaign-deferred-note = will be tried again
campaign-skipped-note = unsubscribed before it was sent
campaign-skipped-cancelled = cancelled or unsubscribed
campaign-none = none
campaign-rate-a-second = { $number } a second
campaign-rate-a-minute = { $number } a minute
campaign-duration-secs = { $secs } s
campaign-duration-mins-secs = { $mins } min { $secs } s
campaign-duration-mins = { $mins } min
campaign-duration-hours = { $hours } h { $mins } min
campaign-duration-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}
campaign-still-held = Still on hold: { $why }
campaign-paused = Paused. Emails already handed to the relay will still go out and be recorded, so nobody gets the campaign twice.
campaign-paused-already = This campaign is already paused.
campaign-resumed = Resumed.
campaign-resumed-already = This campaign is already being sent.
campaign-cancel-type-missing = Type the number of readers who won’t get it.
campaign-cancel-type-wrong = That number doesn’t match. Check it and type it again.
campaign-cancelled = Cancelled. Nobody else will get it.
campaign-cancelled-unsent = Cancelled. Nobody got it.
campaign-cancelled-already = This campaign is already cancelled.
campaign-missed-nobody = Nobody missed it, so nothing was sent.
campaign-missed-sending = { $readers ->
    [one] Sending to { $readers } reader who missed it.
   *[other] Sending to { $readers } readers who missed it.
}

### A campaign’s timeline

campaign-other-domains = all others
campaign-did-begun = Draft created
campaign-did-correction = Correction created
campaign-did-scheduled = Scheduled
campaign-did-undone = Send undone
campaign-did-approved = Approved
campaign-did-deleted = Draft deleted
campaign-did-restored = Restored as a draft
campaign-did-released = Released
campaign-did-paused = Paused
campaign-did-resumed = Resumed
campaign-did-cancelled = Cancelled
campaign-did-test = Test sent
campaign-did-missed = Sent to those who missed it
campaign-did-by = by { $name }
campaign-did-reason-by = by { $name }: { $reason }
campaign-did-readers-by = { $readers ->
    [one] { $readers } reader, by { $name }
   *[other] { $readers } readers, by { $name }
}
campaign-did-paused-itself = Paused automatically
campaign-did-made = Created
campaign-did-started = Sending started
campaign-did-enqueued = List of readers ready
campaign-did-sent = Sent

### What a form about a campaign answers

campaign-correction-subject = Correction: { $subject }
campaign-correction-begun = Correction created. It will go only to those who got the original.
campaign-version-restored = Version restored. The version it replaced is in the history.
campaign-preview-nobody = No subscriber has the address { $address }. Find the right address under Subscribers.
campaign-test-sent = { $addresses ->
    [one] Test sent.
   *[other] Test sent to { $addresses } addresses.
}
campaign-awaits-approval = Scheduled. It won’t be sent until someone else approves it.
campaign-scheduled = Scheduled. It will be sent on { $time }; you can undo it until then.
campaign-sending-now = Sending now.
campaign-changed-since = { $name } saved another version after you opened this page. Review it, then send the campaign.
campaign-sure-missing = This campaign will be sent immediately, and that can’t be undone. Type the number of readers to confirm.
campaign-time-missing = Choose a day and a time, or send it now.
campaign-hour-first = The first time, { $time }
campaign-hour-second = The second time, { $time }
campaign-hour-twice = The clocks go back that night, so this hour happens twice. Choose which one, then schedule again.
campaign-deleted = Draft deleted.
campaign-deleted-named = Draft “{ $subject }” deleted.
campaign-draft-again = Restored as a draft.
campaign-undone = Send undone. Nobody got it, and the campaign is a draft again.
campaign-approved = Approved. It will be sent on { $time }.
campaign-approved-held = Approved. Still on hold: { $why }
campaign-send-now = Send now
campaign-send-in-mins = Send in { $mins } min
campaign-send-in-secs = Send in { $secs } s
campaign-saved = Saved.
campaign-saved-at = Saved at { $time }
campaign-saved-between = { $name } saved another version. To keep yours, save again. You can also take theirs, or compare the two.
campaign-saved-between-at = { $name } saved another version ({ $time }). To keep yours, save again. You can also take theirs, or compare the two.

### Before a campaign is sent

preflight-nobody = Nobody would get this campaign: the list has no active subscribers.
preflight-article-held = “{ $title }” is on hold.
preflight-article-retired = “{ $title }” is retired.
preflight-failed = The email can’t be built: { $why }.
preflight-no-subject = The subject is empty. Add one.
preflight-subject-long = The subject is { $characters } characters long; phones show about 40.
preflight-subject = The subject’s length is fine.
preflight-size = { $kb } KB of HTML (Gmail clips emails over 102 KB), { $whole } KB in total.
preflight-unsubscribe = Has one-click unsubscribe, and says why readers are receiving it.
preflight-pictures = Every image has alt text.
preflight-pictures-without = { $pictures ->
    [one] The image has no alt text.
   *[other] { $without ->
        [one] { $without } of { $pictures } images has no alt text.
       *[other] { $without } of { $pictures } images have no alt text.
    }
}
preflight-pictures-http = { $number ->
    [one] An image is loaded over http, not https: many email apps don’t show it.
   *[other] { $number } images are loaded over http, not https: many email apps don’t show them.
}
preflight-links-http = { $number ->
    [one] A link goes to http, not https.
   *[other] { $number } links go to http, not https.
}
preflight-links-empty = { $number ->
    [one] A link has no address, so it goes nowhere.
   *[other] { $number } links have no address, so they go nowhere.
}
preflight-links-wordless = { $number ->
    [one] A link has no text, so nobody can see or click it.
   *[other] { $number } links have no text, so nobody can see or click them.
}
preflight-link-missing = The link “{ $link }” is broken: its site returns { $code }.
preflight-link-unreachable = The link “{ $link }” can’t be reached: { $why }.
preflight-links-awaited = { $number ->
    [one] Checking a link…
   *[other] Checking { $number } links…
}
preflight-empty = The campaign is empty. Write something, or add an article.

### Why something is on hold; without the full stop

hold-why-nothing-ran = Postrider wasn’t running from { $from } to { $to } ({ $zone })
hold-why-not-begun = It couldn’t be started within { $mins } minutes of when it was due
hold-why-copied = This database looks like a copy: { $differs }
hold-why-restored = This database { $what }
hold-why-may-have-been-sent = This database was restored, and the article may have been sent before that
hold-why-list-retired = The list “{ $list }” is retired, so nothing is sent to it
hold-why-approval = Someone else must approve it
hold-why-guid-reused = It has the same GUID as “{ $title }” but a different title and address. It may be a new article, or the same article moved and renamed
hold-why-page = The article is still in its feed, but its page can’t be found ({ $code }): { $url }
hold-why-nameless = It has no GUID or address of its own, so if its title is edited, it will look like a new article
hold-why-many = { $feed }: { $articles } new articles in one check, usually { $high }
hold-why-many-range = { $feed }: { $articles } new articles in one check, usually { $low } to { $high }
hold-why-many-new-feed = { $feed }: { $articles } new articles in one check, and no history to compare with
hold-why-many-after = { $feed }: { $articles } new articles after { $away } without a check, usually { $high }
hold-why-many-range-after = { $feed }: { $articles } new articles after { $away } without a check, usually { $low } to { $high }
hold-why-many-new-feed-after = { $feed }: { $articles } new articles after { $away } without a check, and no history to compare with
hold-span-mins = { $mins ->
    [one] { $mins } minute
   *[other] { $mins } minutes
}
hold-span-hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
hold-span-days = { $days ->
    [one] { $days } day
   *[other] { $days } days
}

### What happened to a restored database; the rest of a sentence that begins with “This database”

hold-restored-behind-some = was replaced by an older copy: it has no record of mail that may have been sent since that copy was made, up to { $to } ({ $zone })
hold-restored-behind-some-since = was replaced by an older copy, from about { $from }: it has no record of mail that may have been sent since then, up to { $to } ({ $zone })
hold-restored-behind = { $mails ->
    [one] was replaced by an older copy: it has no record of at least { $mails } email sent since that copy was made, up to { $to } ({ $zone })
   *[other] was replaced by an older copy: it has no record of at least { $mails } emails sent since that copy was made, up to { $to } ({ $zone })
}
hold-restored-behind-since = { $mails ->
    [one] was replaced by an older copy, from about { $from }: it has no record of at least { $mails } email sent since then, up to { $to } ({ $zone })
   *[other] was replaced by an older copy, from about { $from }: it has no record of at least { $mails } emails sent since then, up to { $to } ({ $zone })
}
hold-restored-backup = was restored from a backup dated { $time } ({ $zone }): it has no record of what has been sent since
hold-restored-folder = was restored, with its folder, from a copy dated { $time } ({ $zone }) or later: it has no record of what has been sent since
hold-restored-mixed = was replaced while the previous file’s write-ahead log was still beside it, and may be a mixture of both. Stop postrider serve, delete the files whose names end in -wal and -shm, and copy the backup again
hold-restored-other = was restored from an older copy: it has no record of what has been sent since
hold-differs-address = BASE_URL was { $was } and is now { $is }
hold-differs-database = the database was { $was } and is now { $is }
hold-differs-both = BASE_URL was { $was } and is now { $is }; the database was { $database_was } and is now { $database_is }
hold-alert-restored = This database { $what }. Campaigns on hold: { $campaigns }.
hold-alert-nothing-ran = Postrider wasn’t running from { $from } to { $to } ({ $zone }). Campaigns on hold: { $campaigns }.
hold-alert-late = Campaigns on hold because they couldn’t be started in time: { $campaigns }.
hold-cancelled-because = On hold: { $why }

### Health

today-feeds = Feeds
today-feeds-none = None yet.
today-feeds-unchecked = { $working } of { $feeds } ready, not checked yet
today-feeds-ok = { $working } of { $feeds } working, last check { $ago }
today-feeds-failing = { $working } of { $feeds } working.
today-feeds-button = See what to do
today-workers = Workers
today-workers-none = None are running, so no mail is being sent. Start postrider serve.
today-workers-ok = { $workers } running, none behind
today-workers-behind = { $workers } running, { $behind } behind. Other workers will take over their mail.
today-relay = Relay
today-relay-mailbox = None: mail is captured in a mailbox here and not sent.
today-relay-mailbox-button = Open the mailbox
today-relay-captured = None: mail is captured in { $folder } and not sent.
today-relay-unreachable = { $relay } can’t be reached. Mail is waiting.
today-relay-untrusted = { $relay } has a certificate that isn’t trusted. Mail is waiting.
today-relay-busy = { $relay } isn’t accepting mail right now. Mail is waiting.
today-relay-refuses = { $relay } is refusing our mail. Mail is waiting.
today-relay-ok = { $relay }
today-bounced = Bounced
today-bounced-share = { $share } in the last 7 days
today-see-reports = See reports
today-see-users = See users
today-codes = Two-factor sign-in
today-ago-secs = { $secs } s ago
today-ago-mins = { $mins } min ago
today-ago-hours = { $hours } h ago
job-bulk-changes = Bulk changes
job-campaigns = Starting campaigns
job-reminders = Reminding people to confirm
job-digests = Preparing digests
job-statistics = Statistics
job-expired = Deleting expired data
job-imports = Imports
job-feeds = Checking feeds
job-pushes = Checking feeds that sent a ping
job-hubs = Subscribing to hubs
job-search = Subscriber search index
job-crashed = it crashed: see the log
today-job-late = Last ran { $time }. Check that postrider serve is running.
today-ago-days = { $days ->
    [one] { $days } day ago
   *[other] { $days } days ago
}
today-job-fails = { $times ->
    [one] Failed once ({ $time }). It will be tried again. { $why }
   *[other] Failing since { $time } ({ $times } times). It will be tried again. { $why }
}
today-codes-unreadable = { $users ->
    [one] One user’s codes can’t be checked: a key is missing from SECRET_KEY.
   *[other] The codes of { $users } users can’t be checked: a key is missing from SECRET_KEY.
}
today-subscribers = Subscribers
today-subscriptions = Subscriptions
today-title-well = You’re all caught up
today-title-late = Mail is late
today-title-bad = Something is failing: see Health
today-title-waiting = { $items ->
    [one] { $items } item needs your attention
   *[other] { $items } items need your attention
}
today-title-waiting-late = { $items ->
    [one] Mail is late, and { $items } item needs your attention
   *[other] Mail is late, and { $items } items need your attention
}
today-title-waiting-bad = { $items ->
    [one] { $items } item needs your attention, and something is failing: see Health
   *[other] { $items } items need your attention, and something is failing: see Health
}
today-out-now = Now
today-out-sending = { $list }, sending
today-out-sending-of = { $list }, sending: { $sent } of { $readers }
today-out-due = { $list }, due now
today-out-soon = { $list }, in less than a minute
today-out-in-mins = { $list }, in { $mins } min (you can undo it until then)
today-out-later = { $list }, can be changed until then
today-out-readers = { $readers ->
    [one] reader
   *[other] readers
}
today-paused-why = Nothing will be sent until it is resumed.
today-paused-button = Resume or cancel
today-article-held = Article on hold
today-feed-gone = Feed gone
today-feed-gone-why = The feed no longer exists.
today-feed-gone-button = See the feed

### What a form about a feed answers

feed-would-be-known = Seen before, not sent
feed-would-be-sent = Would have been sent
feed-would-be-old = Old, not sent
feed-unreadable = The feed can’t be read: { $why }.
feed-connected = Feed connected.
feed-connected-with = { $articles ->
    [one] Feed connected. The article already in it won’t be sent.
   *[other] Feed connected. The { $articles } articles already in it won’t be sent.
}
feed-connected-already = This feed was already connected. It now goes to this list too.
feed-latest-nothing = All of these articles have already been sent to this list. Nothing new was sent.
feed-latest-awaits = { $campaigns ->
    [one] Campaign scheduled. It won’t be sent until someone else approves it.
   *[other] { $campaigns } campaigns scheduled. They won’t be sent until someone else approves them.
}
feed-latest-scheduled = { $campaigns ->
    [one] Campaign scheduled. It will be sent on { $time } { $zone }; you can cancel it until then.
   *[other] { $campaigns } campaigns scheduled. They will be sent on { $time } { $zone }; you can cancel them until then.
}
feed-state-gone = Gone
feed-state-retired = Retired
feed-state-retired-why = This feed is no longer checked.
feed-state-failing = Failing
feed-state-unchecked = Not checked yet
feed-state-active = Active
feed-title-none = No feeds yet
feed-title-inactive = No feeds are being checked
feed-title-well = { $checked ->
    [one] The feed is working
   *[other] All { $checked } feeds are working
}
feed-title-failing = { $feeds ->
    [one] The feed can’t be read
   *[other] { $failing } of { $feeds } feeds can’t be read
}
feed-item-baseline = Already there when the feed was connected
feed-item-older = Old article, listed again
feed-item-known = Already found in another feed
feed-item-skipped = Skipped by an editor
feed-item-no-list = Didn’t go to any list
feed-item-not-sent = Not sent
feed-list-removed = List removed. New articles won’t go to it; campaigns already scheduled will still be sent.
feed-list-removed-already = The list was already removed.
feed-slow = The feed’s server is slow. The check continues in the background. Reload this page in a minute.
feed-checked = Checked: { $new } new, { $edited } edited, { $held } on hold.
feed-checked-held = Checked: { $new } new, { $edited } edited, { $held } on hold. { $why }.
feed-retired = Retired. The feed is no longer checked; campaigns already scheduled will still be sent.
feed-restored = Restored. The feed will be checked again from now on.
feed-released-still-held = Released, but it is still on hold for another reason.
feed-released-no-list = Released. The article doesn’t go to any list, so it won’t be sent.
feed-released = { $campaigns ->
    [one] Released. One campaign is scheduled.
   *[other] Released. { $campaigns } campaigns are scheduled.
}
feed-released-all-await = { $campaigns ->
    [one] Released. It won’t be sent until someone else approves it.
   *[other] Released. { $campaigns } campaigns won’t be sent until someone else approves them.
}
feed-released-some-await = Released. Campaigns scheduled: { $campaigns }; still waiting for someone else’s approval: { $waiting }.
feed-skipped = Skipped. It won’t be sent.

### What a form about something on hold answers

held-send-as-link = Send as a link
held-send-anyway = Send anyway
held-title-copy = This database looks like a copy, so nothing is being sent
held-title-restored = The database was restored, so no campaigns are being sent
held-title-none = Nothing is on hold
held-title-campaigns = { $campaigns ->
    [one] { $campaigns } campaign on hold
   *[other] { $campaigns } campaigns on hold
}
held-title-articles = { $articles ->
    [one] { $articles } article on hold
   *[other] { $articles } articles on hold
}
held-title-both = Campaigns on hold: { $campaigns }; articles on hold: { $articles }
held-released-none = There was nothing left on hold.
held-released-all = { $campaigns ->
    [one] Released one campaign.
   *[other] Released { $campaigns } campaigns.
}
held-released = Released “{ $subject }”.
held-released-still = “{ $subject }” is still on hold: { $why }
held-cancelled = Cancelled “{ $subject }”.
held-real-released = Confirmed as the real database. Campaigns released: { $campaigns }.
held-real-kept = Confirmed as the real database. Campaigns are still on hold.
held-none-selected = No articles are selected. Select some first, or use “Release all” or “Skip all”.
held-articles-gone = These articles are no longer on hold.
held-articles-skipped = { $articles ->
    [one] Skipped one article. It won’t be sent.
   *[other] Skipped { $articles } articles. They won’t be sent.
}
held-articles-released-still-held = { $articles ->
    [one] Released one article, but it is still on hold for another reason.
   *[other] Released { $articles } articles, but they are still on hold for another reason.
}
held-articles-released-no-list = { $articles ->
    [one] Released one article. It doesn’t go to any list, so it won’t be sent.
   *[other] Released { $articles } articles. They don’t go to any list, so they won’t be sent.
}
held-articles-released = { $articles ->
    [one] { $campaigns ->
        [one] Released one article. One campaign is scheduled.
       *[other] Released one article. { $campaigns } campaigns are scheduled.
    }
   *[other] { $campaigns ->
        [one] Released { $articles } articles. One campaign is scheduled.
       *[other] Released { $articles } articles. { $campaigns } campaigns are scheduled.
    }
}
held-articles-released-await = { $articles ->
    [one] { $campaigns ->
        [one] Released one article. One campaign won’t be sent until someone else approves it.
       *[other] Released one article. { $campaigns } campaigns won’t be sent until someone else approves them.
    }
   *[other] { $campaigns ->
        [one] Released { $articles } articles. One campaign won’t be sent until someone else approves it.
       *[other] Released { $articles } articles. { $campaigns } campaigns won’t be sent until someone else approves them.
    }
}
held-articles-released-some-await = Articles released: { $articles }. Campaigns scheduled: { $campaigns }; still waiting for someone else’s approval: { $waiting }.
held-articles-released-some = Released { $articles } articles; still on hold for another reason: { $held }. Campaigns scheduled: { $campaigns }.
held-articles-released-some-of-each = Released { $articles } articles; still on hold for another reason: { $held }. Campaigns scheduled: { $campaigns }; still waiting for someone else’s approval: { $waiting }.

### What a form about an article answers

article-deleted = Article deleted.
article-deleted-named = “{ $title }” deleted.
article-retired = Retired. It can no longer be added to campaigns.
article-restored = Restored. It can be added to campaigns again.
report-and-later = { $time } and later
article-filter-any = State
article-filter-unused = Not in a campaign
article-filter-used = In a campaign
campaign-words = { $words ->
    [one] { $words } word
   *[other] { $words } words
}

### Plots

today-plot-subscribers = { $active } active now, { $before } on { $date }. The numbers are in the table.
today-plot-active = active
today-plot-weekly = Weekly
today-plot-daily = Daily
today-plot-joined = joined
today-plot-left = left
today-plot-today = today
today-plot-bounced = bounced
campaign-plot-limit = limit
campaign-plot-done = done around
today-plot-deliveries = { $sent } sent today, { $bounced } bounced; spam reports in the last { $days } days: { $complained }. The numbers are in the table.
today-plot-share-on = { $share } on the { $day }
today-plot-complained = { $complained ->
    [one] { $complained } spam report
   *[other] { $complained } spam reports
}
campaign-plot-none = none now
campaign-plot-rate = Emails sent: { $rate } at { $time }. The numbers are in the table.

# Digests.
digest-name-day = { $list }: end-of-day digest
digest-name-daily = { $list }: daily digest
digest-name-weekly = { $list }: weekly digest
digest-name-monthly = { $list }: monthly digest
digest-empty = There were no articles to send
digest-over-cap = Over the daily limit: the article will be in the digest at the end of the day
