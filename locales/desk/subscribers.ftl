# Subscribers, imports, suppressions and lists, and the mailbox of captured mail. In English alone.

### Small words of these pages

subscriber-cancel = Cancel
subscriber-clear = Clear
subscriber-undo = Undo
subscriber-saved = Saved.
subscriber-saving = Saving…
subscriber-working = Working…
subscriber-done = Done
subscriber-refresh = Refresh
subscriber-newer = Newer
subscriber-older = Older
subscriber-newest = Newest
subscriber-pages = Pages
subscriber-email = Email
subscriber-name = Name
subscriber-list = List
subscriber-lists = Lists
subscriber-status = Status
subscriber-often = How often
subscriber-tag = Tag
subscriber-tags = Tags
subscriber-why = Why
subscriber-line = Line
subscriber-no-name = No name

# Statuses of a subscription
subscriber-status-active = Active
subscriber-status-pending = Pending
subscriber-status-unsubscribed = Unsubscribed
subscriber-status-bounced = Bounced
subscriber-status-complained = Complained

# How often, in a table
subscriber-often-each = Every article
subscriber-often-daily = Daily
subscriber-often-weekly = Weekly
subscriber-often-monthly = Monthly

### The list of subscribers

subscriber-page = Subscribers
subscriber-export = Export
subscriber-import = Import…
subscriber-add-short = Add
subscriber-none = No subscribers yet
subscriber-none-admin = Put the sign-up form on your site, or import a list. New subscribers appear here right away.
subscriber-none-editor = Put the sign-up form on your site. New subscribers appear here right away.
subscriber-see-subscribe-page = See the subscribe page
subscriber-search = Email or name
subscriber-joined-since = Joined from
subscriber-joined-until = Until
subscriber-joined-is-since = Joined: since { $since }
subscriber-joined-is-until = Joined: until { $until }
subscriber-joined-is-between = Joined: { $since } to { $until }
subscriber-clear-joined = Clear the date filter
subscriber-clear-list = Clear the list filter
subscriber-clear-status = Clear the status filter
subscriber-clear-cadence = Clear the frequency filter
subscriber-clear-tag = Clear the tag filter
subscriber-filter = Filter
subscriber-search-behind = Subscribers from a large import are still being added to the search. Search again in a minute if someone is missing.
subscriber-active-of = { $active } of { $total ->
    [one] 1 subscription
   *[other] { $total } subscriptions
} active
subscriber-matches = { $count ->
    [one] 1 match
   *[other] { $count } matches
}
subscriber-matches-about = About { $count ->
    [one] 1 match
   *[other] { $count } matches
}
subscriber-matches-more-than = More than { $count ->
    [one] 1 match
   *[other] { $count } matches
}
subscriber-no-match = No matches
subscriber-no-match-yet = No matches so far
subscriber-newest-first = Newest first
subscriber-everyone-newest-first = Everyone, newest first
subscriber-bulk-changes = Bulk changes
subscriber-suppressions = Suppressions
subscriber-selection = Selected subscribers
subscriber-with-selected = With selected
subscriber-selected = { $count } selected
subscriber-all-matches = All matches
subscriber-bulk-tag = Tag…
subscriber-bulk-untag = Remove tag…
subscriber-bulk-often = Change how often…
subscriber-bulk-unsubscribe = Unsubscribe…
subscriber-bulk-suppress = Suppress…
subscriber-table = Subscribers, newest first
subscriber-select-page = Select everyone on this page
subscriber-joined = Joined
subscriber-last-mail = Last email
subscriber-last-mail-hint = Based on the last five campaigns only
subscriber-no-list = No list
subscriber-no-match-lead = Search matches the start of an address, a domain or a word in a name. Remove a filter, or <a href="/admin/subscribers/new">add a subscriber</a>.
subscriber-searched = { $found ->
    [0] Searched { $searched } subscribers. None match all these filters yet.
    [one] Searched { $searched } subscribers and found 1 so far. Few match all these filters.
   *[other] Searched { $searched } subscribers and found { $found } so far. Few match all these filters.
}
subscriber-search-on = Keep searching
subscriber-page-range = Newest first, 50 per page. { $first } to { $last }.

# Wrong filters
subscriber-filter-wrong = That filter can’t be used
subscriber-filter-no-word = Enter at least one letter or digit of an email or name.
subscriber-filter-no-list = That list no longer exists. Choose another.
subscriber-filter-no-status = There is no such status. Choose another.
subscriber-filter-no-often = Choose how often: every article, daily, weekly or monthly.
subscriber-filter-no-day = That is not a date. It should look like this: 2026-11-24

### Adding a subscriber

subscriber-add = Add a subscriber
subscriber-add-crumb = Add
subscriber-add-button = Add
subscriber-adding = Adding…
subscriber-consent = Their consent
subscriber-consent-ask = Ask them to confirm by email
subscriber-consent-active = They already agreed: make them active now, without an email
subscriber-how-agreed = How they agreed
subscriber-how-agreed-hint = Only if they already agreed. At least { $min } characters. This is kept with their record as proof of consent.
subscriber-add-note = They’ll get an email asking them to confirm, and nothing else until they do.
subscriber-added-active = Added. They are active, and no email was sent.
subscriber-added-asked = Added. They’ll get an email asking them to confirm, unless we’ve already sent them several.
subscriber-add-admins = Only admins can do this
subscriber-add-admins-lead = Only an admin can add a subscriber as active. Ask the subscriber to confirm by email instead.

### One subscriber

subscriber-edit = Edit
subscriber-download = Download data
subscriber-suppress-ask = Suppress…
subscriber-lift = Lift suppression
subscriber-suppressed-since = Suppressed since { $day }: they don’t get any mail. { $why }
subscriber-state-suppressed = Suppressed: doesn’t get mail
subscriber-state-since = { $status } (since { $day })
subscriber-state-no-list = Not on any list
subscriber-choice-unsubscribe = Unsubscribe
subscriber-choice-none = Not subscribed
subscriber-lists-hint = They won’t get mail from a new list until they confirm their subscription by email.
subscriber-save-lists = Save lists
subscriber-unsubscribe-all = Unsubscribe from all
subscriber-ask-again = Resend confirmation
subscriber-numbers = Statistics
subscriber-numbers-of = { $count ->
    [one] From the one campaign sent to them.
   *[other] From the last { $count } campaigns sent to them.
}
subscriber-number-sent = Sent
subscriber-number-deferred = Currently deferred
subscriber-number-bounced = Bounced or failed
subscriber-number-opens = Opens and clicks
subscriber-number-no-tracking = Tracking is off
subscriber-tags-hint = Separated by commas. Readers don’t see them.
subscriber-fields = Fields
subscriber-save-fields = Save fields
subscriber-fields-unchanged = Nothing was changed.
subscriber-save-tags = Save tags
subscriber-erase = Erase
subscriber-erase-ask = Erase…
subscriber-erase-note = Erases this subscriber and everything that identifies them. Mail sent to them is still counted in the totals.
subscriber-timeline = Timeline
subscriber-timeline-shows = What the timeline shows
subscriber-timeline-all = All
subscriber-timeline-deliveries = Deliveries
subscriber-timeline-changes = Changes
subscriber-timeline-to-newest = Back to the newest
subscriber-timeline-empty = Nothing yet.
subscriber-timeline-empty-here = Nothing in this period.
subscriber-timeline-older = Older: 50 more campaigns, and everything in between

# What came of a form
subscriber-lists-unchanged = Nothing changed.
subscriber-lists-asked = Saved. They’ll get an email asking them to confirm the new lists, unless we’ve already sent them several.
subscriber-tags-saved = Tags saved.
subscriber-unsubscribed = Unsubscribed from every list.
subscriber-unsubscribed-already = They weren’t on any list.
subscriber-asked-again = Confirmation resent.
subscriber-not-asked-too-soon = Not sent: we emailed this address in the last 15 minutes, or three times in the last day. Try again later.
subscriber-not-asked-nothing = Not sent: none of their subscriptions needs confirming.
subscriber-not-asked-suppressed = Not sent: the address is suppressed. Lift the suppression first.
subscriber-not-asked-blocked = Not sent: the owner of this mailbox chose “This wasn’t me” when we emailed another spelling of this address.
subscriber-suppressed = Suppressed. They won’t get any more mail.
subscriber-suppressed-already = Already suppressed.
subscriber-lifted = Suppression lifted. They can get mail again.
subscriber-lifted-already = The suppression was already lifted.
subscriber-erased = Erased. Only totals that don’t identify them are kept.

# Edit
subscriber-edit-title = Edit { $email }
subscriber-edit-heading = Edit name and email
subscriber-edit-email-hint = Their confirmed subscriptions move to the new address. Change it only if they asked for it.

# Suppress and erase
subscriber-erase-title = Erase { $email }
subscriber-erase-heading = Erase this subscriber? This can’t be undone.
subscriber-erase-lead-suppressed = Their name, address, lists, consents, tags, the emails they got and the mail servers’ replies will be erased. Mail sent to them will still be counted in the totals. Their address stays suppressed, so it won’t get mail again.
subscriber-erase-lead = Their name, address, lists, consents, tags, the emails they got and the mail servers’ replies will be erased. Mail sent to them will still be counted in the totals. An import that includes their address would add it again. To prevent that, suppress the address first.
subscriber-erase-type = Enter their email to confirm: { $email }
subscriber-keep = Keep subscriber
subscriber-suppress-title = Suppress { $email }
subscriber-suppress-heading = Never send to { $email } again?
subscriber-suppress-lead = They will be removed from every list. No sign-up or import can add them again until an admin lifts the suppression.
subscriber-suppress-why-hint = Optional. Kept with the suppression.
subscriber-suppress = Suppress

### Two subscribers who are one person

merge = Merge
merge-other = Merge with another subscriber
merge-hint = If this person is listed twice under different addresses, merge the two subscribers. You’ll first see what would change, and you can undo the merge.
merge-email = The other subscriber’s email
merge-preview = See what changes
merge-title = Merge { $email }
merge-heading = Merge these two subscribers?
merge-lead = { $merged } will be merged into { $kept }. From then on, mail will go only to { $kept }. Links in mail already sent to { $merged } will keep working.
merge-side-by-side = The two subscribers
merge-kept = Kept
merge-merged = Merged
merge-after = After the merge
merge-lists-after = Lists after the merge
merge-joined = Joined
merge-what = Detail
merge-none = None
merge-no-list = Not subscribed
merge-standing = { $status }, { $often }
merge-keep-instead = Keep { $email } instead
merge-what-comes = The lists that the remaining subscriber already has don’t change. Any lists, tags, fields or name that only the other subscriber has are added, along with that subscriber’s timeline.
merge-kept-suppressed = { $email } is suppressed and doesn’t get mail. The merge won’t change that.
merge-merged-suppressed = { $email } will stay suppressed, but the remaining subscriber will get mail.
merge-unconfirmed = { $email } has never confirmed a subscription. After the merge, it will get the other subscriber’s lists.
merge-done = Merged.
merge-undone = Merge undone. Both subscribers are back.
merge-merged-since = { $email }, merged { $day } by { $who }
merge-undo = Undo the merge

### The timeline

event-merged = { $list } added from a merged subscriber
event-joined = Joined
event-joined-detail = Address added.
event-asked = Signed up for { $list }
event-confirmed = Confirmed their subscription to { $list }
event-subscribed = Subscribed to { $list }
event-unsubscribed = Unsubscribed from { $list }
event-bounced = Removed from { $list }: mail to this address bounces
event-complained = Removed from { $list }: they reported our mail as spam
event-paused = Paused { $list }
event-resumed = Resumed { $list }
event-often = Changed how often they get { $list }: { $often }
event-restored = Subscription to { $list } restored
event-every-list = every list
event-suppressed = Suppressed
event-suppression-lifted = Suppression lifted
event-tagged = Tagged: { $tag }
event-untagged = Tag removed: { $tag }
event-by = By { $who }
event-by-reader = By the subscriber
event-by-command = On the command line
event-by-system = Automatically
event-bulk = { $who }, for several subscribers at once
event-by-bulk = By { $who }, for several subscribers at once
event-changed-to = By { $who }. { $after }
event-changed-from = By { $who }. Before: { $before }
event-changed = By { $who }. { $before } → { $after }
event-none = none
event-field-often = how often: { $often }
event-field = { $name }: { $value }
consent-form-desk = added in the desk, asked to confirm
consent-form-desk-admin = added in the desk by an admin
consent-form-import = imported, asked to confirm
consent-form-import-admin = imported by an admin
consent-form-json = form on another site
consent-form-page = subscribe page
consent-form-preferences = preferences page
event-consent-form = Form: { $form }. Wording: { $version }
event-consent-form-ip = Form: { $form }, from { $ip }. Wording: { $version }
event-consent = Agreed. Wording: { $version }
event-consent-ip = Agreed from { $ip }. Wording: { $version }
event-notice-confirmation = Email: confirm your subscription
event-notice-reminder = Email: reminder to confirm the subscription
event-notice-welcome = Email: welcome
event-notice-subscribed = Email: you are already subscribed
event-notice = Email: { $kind }
event-delivery-queued = Queued
event-delivery-sending = Being sent
event-delivery-sent = Sent
event-delivery-deferred-until = Deferred, next attempt { $time }
event-delivery-deferred = Deferred
event-delivery-bounced = Bounced: the address can’t receive mail
event-delivery-failed = Failed
event-delivery-skipped = Skipped: unsubscribed or suppressed before it was sent
event-delivery-uncertain-until = May not have arrived; next attempt { $time }
event-delivery-uncertain = May not have arrived
event-delivery = { $list } · { $status }
event-delivery-tries = { $list } · { $status }, { $tries } attempts since { $time }

### Bulk changes

subscriber-bulk-page = Bulk changes
subscriber-bulk-one = Bulk change
subscriber-bulk-none = No bulk changes yet
subscriber-bulk-none-lead = Select subscribers, then tag, unsubscribe or suppress them all at once. You can undo a bulk change for 24 hours.
subscriber-bulk-to-subscribers = Go to subscribers
subscriber-bulk-by = by { $who }, { $time }
subscriber-bulk-undo = Undo: { $what }
subscriber-bulk-everyone = This applies to every subscriber.
subscriber-bulk-everyone-matching = Everyone matching { $filters }.
subscriber-bulk-background = The change runs in the background, for everyone who matches now. Subscribers who join later aren’t affected.
subscriber-bulk-unsubscribe-note = They won’t get any more mail from this list, and won’t be notified.
subscriber-bulk-suppress-note = They will be removed from every list and won’t get any mail until an admin lifts the suppression.
subscriber-bulk-undo-note = You can undo this for 24 hours.
subscriber-every-list = Every list
subscriber-filter-q = “{ $value }”
subscriber-filter-list = list “{ $value }”
subscriber-filter-status = status “{ $value }”
subscriber-filter-often = frequency “{ $value }”
subscriber-filter-tag = tag “{ $value }”
subscriber-filter-since = joined since { $value }
subscriber-filter-until = joined up to { $value }

subscriber-bulk-tag-title = { $count ->
    [one] Tag 1 subscriber
   *[other] Tag { $count } subscribers
}
subscriber-bulk-untag-title = { $count ->
    [one] Remove a tag from 1 subscriber
   *[other] Remove a tag from { $count } subscribers
}
subscriber-bulk-often-title = { $count ->
    [one] Change how often 1 subscriber gets mail
   *[other] Change how often { $count } subscribers get mail
}
subscriber-bulk-unsubscribe-title = { $count ->
    [one] Unsubscribe 1 subscriber
   *[other] Unsubscribe { $count } subscribers
}
subscriber-bulk-suppress-title = { $count ->
    [one] Suppress 1 subscriber
   *[other] Suppress { $count } subscribers
}
subscriber-bulk-tag-all = Tag all matches
subscriber-bulk-untag-all = Remove a tag from all matches
subscriber-bulk-often-all = Change how often all matches get mail
subscriber-bulk-unsubscribe-all = Unsubscribe all matches
subscriber-bulk-suppress-all = Suppress all matches
subscriber-bulk-tag-button = Tag
subscriber-bulk-untag-button = Remove tag
subscriber-bulk-often-button = Change
subscriber-bulk-unsubscribe-button = Unsubscribe

subscriber-bulk-started = Started. The change continues in the background.
subscriber-bulk-undo-started = Undo started. It continues in the background.
subscriber-bulk-undone = Undone, except for anything changed since.
subscriber-bulk-nobody = Nothing changed for these subscribers.
subscriber-bulk-tagged = { $count ->
    [one] Tagged 1 subscriber: { $tag }.
   *[other] Tagged { $count } subscribers: { $tag }.
}
subscriber-bulk-untagged = { $count ->
    [one] Removed the tag { $tag } from 1 subscriber.
   *[other] Removed the tag { $tag } from { $count } subscribers.
}
subscriber-bulk-often-changed = { $count ->
    [one] Changed how often 1 subscriber gets { $list }: { $often }.
   *[other] Changed how often { $count } subscribers get { $list }: { $often }.
}
subscriber-bulk-unsubscribed = { $count ->
    [one] Unsubscribed 1 subscriber from { $list }.
   *[other] Unsubscribed { $count } subscribers from { $list }.
}
subscriber-bulk-suppressed = { $count ->
    [one] Suppressed 1 subscriber.
   *[other] Suppressed { $count } subscribers.
}
subscriber-bulk-tagging = Tagging: { $tag }
subscriber-bulk-untagging = Removing the tag { $tag }
subscriber-bulk-often-changing = Changing how often they get { $list }: { $often }
subscriber-bulk-unsubscribing = Unsubscribing from { $list }
subscriber-bulk-suppressing = Suppressing
subscriber-bulk-so-far = { $what }. { $done } so far.
subscriber-bulk-so-far-of = { $what }. { $done } of about { $total } so far.
subscriber-bulk-running = In progress
subscriber-bulk-undoing = Undoing
subscriber-bulk-is-undone = Undone


### Suppressions

suppression-page = Suppressions
suppression-heading = Suppressed addresses
suppression-search = Beginning of the address
suppression-search-button = Search
suppression-none = No suppressed addresses yet
suppression-none-lead = An address is added here automatically when mail to it bounces, or when its owner reports our mail as spam or says “this wasn’t me”.
suppression-no-match = No suppressed addresses start with that
suppression-no-match-lead = That address can get mail if it is subscribed.
suppression-table = Suppressed addresses
suppression-table-newest = Suppressed addresses, newest first
suppression-reason = Reason
suppression-means = What it means
suppression-since = Since
suppression-lift = Lift suppression
suppression-lift-address = Lift suppression for { $email }
suppression-order-newest = Newest first, 50 per page.
suppression-order-address = By address, up to 50.
suppression-add = Suppress an address
suppression-word-blocked = Blocked
suppression-word-bounced = Bounced
suppression-word-complained = Complained
suppression-word-manual = Manual
suppression-means-blocked = Its owner said “this wasn’t me”.
suppression-means-bounced = The address can’t receive mail.
suppression-means-complained = Its owner reported our mail as spam.
suppression-means-manual = Suppressed by an admin.
suppression-other-spelling = { $why } This was recorded for { $address }, which is the same mailbox.
suppression-by = by { $who }
suppression-by-why = by { $who }: { $why }
suppression-by-link = through the link in an email
suppression-added = Suppressed. This address won’t get any more mail.
suppression-added-already = Already suppressed.
suppression-lifted = Suppression lifted. The address can get mail again. Subscriptions ended by a bounce are restored; those the subscriber ended are not.
suppression-lifted-already = The suppression was already lifted.

### Lists

list-page = Lists
list-count-none = No lists yet
list-count-open = { $count ->
    [0] No lists are open to readers
    [one] One list is open to readers
   *[other] { $count } lists are open to readers
}
list-add = Add a list
list-default-name = All articles
list-none = Readers need something to subscribe to
list-none-admin = Add a list, then connect a feed to it. New articles from the feed will be sent to the list’s readers.
list-none-editor = Ask an admin to add the first list.
list-table = Lists, in the order shown on the form
list-active-readers = Active readers
list-readers-word = { $count ->
    [one] reader
   *[other] readers
}
list-counting = Counting…
list-state = State
list-retired = Retired
list-open = Open
list-not-on-form = Not on the form
list-short-name = Short name
list-sender-name = Sender name
list-sender-publication = Same as the publication
list-retired-since = Retired since { $day }
list-open-to-readers = Open to readers
list-edit = Edit
list-welcome = Welcome email
welcome-title = Welcome email for { $list }
welcome-on = Send a welcome email
welcome-on-note = It is sent to readers who have just confirmed their subscription to this list, or turned the list on in their preferences. It isn’t sent to readers you add or import.
welcome-articles = Latest articles
welcome-articles-hint = From 0 to { $max }. They count as sent, so readers won’t get them again in another email.
welcome-test = Send a test to me
welcome-test-hint = The saved version will be sent to { $email }.
welcome-test-sent = A test is on its way to { $email }.
welcome-test-often = { $email } has been sent too many tests in the last hour. Try again later.
welcome-preview-hint = This is the saved version.
welcome-preview-frame = The welcome email as readers get it
list-restore = Restore
list-retire = Retire
list-retired-note = This list accepts no new subscribers, and nothing is sent to it. Its subscribers are kept, and its scheduled campaigns are <a href="/admin/held">on hold</a>.
list-readers = Readers
list-active = active
list-active-counted = active, counted { $time }
list-what-readers-see = What readers see
list-from = From
list-reply-to = Reply-to
list-on-form = On the form
list-on-form-yes = Yes, position { $position }
list-on-form-no = No
list-feeds = Feeds
list-no-feed = No feed is connected.
list-no-feed-admin = No feed is connected. <a href="/admin/feeds">Connect one</a>, and its new articles will be sent to this list.
list-feeds-table = Feeds connected to this list
list-feed = Feed
list-feed-delay = Delay
list-feed-not-checked = not checked
list-feed-minutes = { $minutes } min
list-campaigns = Recent campaigns
list-no-campaigns = None yet. The first one will be sent with the next article from a connected feed, or when you <a href="/admin/campaigns/new">write one</a>.
list-campaigns-table = Recent campaigns for this list
list-subject = Subject
list-when = When
list-no-subject = No subject yet
list-on-hold = On hold: { $why }
list-growth = Growth
list-growth-facts = { $days ->
    [one] <strong>+{ $joined }</strong> joined, <strong>−{ $left }</strong> left on the first day
   *[other] <strong>+{ $joined }</strong> joined, <strong>−{ $left }</strong> left in the last { $days } days
}
list-growth-none = The first numbers will appear tomorrow.
list-growth-show = Table
list-growth-table = Growth table
list-growth-caption = Changes per day
list-day = Day
list-joined = Joined
list-left = Left

# The form
list-edit-title = Edit { $name }
list-edit-heading = Edit list
list-start-again = Start again
list-slug-hint = For web addresses and mail filters: a–z, 0–9 and -. Can’t be changed later. If left empty, it is made from the name.
list-description = Description
list-public = Readers can choose it on the form
list-position = Position on the form
list-position-hint = Low numbers come first. If two are equal, the older list comes first.
list-language = Language
list-language-publication = The publication’s language
list-language-hint = The language of this list’s emails.
list-add-button = Add list
list-seen = What readers will see
list-seen-form = On the form
list-seen-name = Name
list-seen-inbox = In the inbox
list-added = Added “{ $name }”.
list-is-retired = { $held ->
    [0] Retired “{ $name }”. Its subscribers are kept.
    [one] Retired “{ $name }”. Its subscribers are kept, and one campaign is on hold.
   *[other] Retired “{ $name }”. Its subscribers are kept, and { $held } campaigns are on hold.
}
list-is-restored = { $waited ->
    [0] Restored “{ $name }”.
    [one] Restored “{ $name }”. One campaign was on hold; it will be sent unless it is now too late.
   *[other] Restored “{ $name }”. { $waited } campaigns were on hold; those that aren’t too late will be sent.
}
list-retired-command = The list “{ $name }” was retired on { $day }: it accepts no new subscribers, and nothing is sent to it. Restore it first, at /admin/lists.
list-short-name-wrong = “{ $typed }” can’t be a short name: use a–z, 0–9 and -, 1 to 60 characters. For example: world-news

### Times that are typed

time-unreadable = “{ $typed }” is not a time. It should look like this: 2026-11-24 17:30
time-skipped = { $time } doesn’t exist in { $zone }: the clocks go forward that day. Choose a time an hour earlier or later
time-repeated = { $time } happens twice in { $zone } that day, because the clocks go back. Choose one: { $first } or { $second }

### Captured mail

mailbox-page = Mailbox
mailbox-none = No mail captured yet
mailbox-count = { $count ->
    [one] 1 captured email. It was not sent.
   *[other] { $count } captured emails. None of them were sent.
}
mailbox-newest = The { $count } newest captured emails. None of them were sent.
mailbox-lead = SMTP_URL is not set, or CAPTURE_MAIL is true, so mail is saved as files. This page can be opened only on this server.
mailbox-to-date = To { $to } · { $date }
mailbox-no-subject = (No subject)
mailbox-from = From
mailbox-to = To
mailbox-date = Date
mailbox-parts = Parts
mailbox-html = HTML
mailbox-text = Text
mailbox-source = Source
mailbox-links = Links
mailbox-frame = The email as a reader sees it
