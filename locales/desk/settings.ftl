# Settings, accounts, users, signing in, the setup, help, search, and the frame of every page.

### The frame of every page

desk-skip = Skip to content
desk-find-label = Search
desk-find-placeholder = Search people, campaigns, help…
desk-write = Write
desk-menu = Menu
desk-account = Your account
desk-sign-out = Sign out
desk-user = { $email }, { $role }
desk-tabs = Desk
desk-tab-today = Today
desk-tab-campaigns = Campaigns
desk-tab-calendar = Calendar
desk-tab-articles = Articles
desk-tab-subscribers = Subscribers
desk-tab-lists = Lists
desk-tab-feeds = Feeds
desk-tab-reports = Reports
desk-tab-settings = Settings
desk-shortcuts = Keyboard shortcuts
desk-help = Help
desk-times = All times in { $zone }
desk-undo = Undo
desk-close = Close
desk-saving = Saving…
desk-not-saved = Not saved: the server didn’t respond. Trying again…
desk-compare = Compare both
desk-front-page = Go to Today
desk-sign-in = Sign in
desk-error-form = That form can’t be read
desk-error-form-lead = Submit it as application/x-www-form-urlencoded.
desk-waiting = { $count ->
    [one] { $count } needs your attention
   *[other] { $count } need your attention
}

### Your account

account-title = Your account
account-since = { $email }, { $role } since { $date }.
account-name-and-alerts = Name and alerts
account-name = Name
account-alerts = Email me when
account-alert-campaigns = a campaign is paused automatically or put on hold because it is late, or a draft from a feed is waiting for approval
account-alert-feeds = a feed disappears, or its new articles are put on hold
account-alert-relay = the relay refuses our mail
account-save = Save
account-saved = Saved.
account-password = Password
account-password-note = Setting a new password signs out every other browser.
account-current-password = Current password
account-current-password-wrong = That is not your current password.
account-new-password = New password
account-password-hint = { $min ->
   *[other] At least { $min } characters: a few unrelated words.
}
account-set-password = Set password
account-password-set = Password set. Every other browser is signed out.
account-two-factor = Two-factor sign-in
account-two-factor-is-on = { $codes ->
    [0] On. No recovery codes are left: get new ones now.
    [one] On. One recovery code is left.
   *[other] On. { $codes } recovery codes are left.
}
account-two-factor-why = With this on, a stolen password isn’t enough to sign in: a six-digit code from an app on your phone is needed too.
account-new-recovery-codes = Get new recovery codes
account-turn-off = Turn off two-factor sign-in
account-turned-off = Two-factor sign-in is off.
account-off-already = Two-factor sign-in is already off.
account-turn-on = Turn on two-factor sign-in
account-turn-on-open = Turn on two-factor sign-in…
account-scan = Scan this with an authenticator app, or enter the secret in the app. Then enter the six-digit code the app shows.
account-qr = The secret as a QR code
account-secret = Secret:
account-code = Code
account-not-now = Not now
account-recovery-title = Recovery codes
account-recovery-heading = Save your recovery codes
account-recovery-lead = If you lose your phone, each code lets you sign in once. The codes won’t be shown again: print them, or keep them in your password manager.
account-recovery-done = I’ve saved them
browser-on = { $browser } on { $system }
browser-unknown = A browser
browser-unknown-on = A browser on { $system }
account-sessions = Where you’re signed in
account-this-browser = This browser
account-session = { $ip }, since { $since }, last seen { $seen }
account-session-end = Sign out
account-session-end-label = Sign out { $browser }, { $ip }
account-session-ended = That browser is signed out.
account-session-over = That browser was already signed out.
account-too-many-tries = Too many attempts. { $wait }
account-wait-seconds = { $seconds ->
    [one] Wait { $seconds } second.
   *[other] Wait { $seconds } seconds.
}
account-wait-minutes = { $minutes ->
    [one] Wait a minute.
   *[other] Wait { $minutes } minutes.
}

### Signing in

sign-in-title = Sign in
sign-in-new = Nobody has an account yet. Open the setup page (its address is in the server’s log), or run <code>postrider user add EMAIL --role admin</code>.
sign-in-email = Email
sign-in-password = Password
sign-in-submit = Sign in
sign-in-link = Email me a sign-in link
sign-in-too-many-tries = Too many attempts. { $wait } Or get a sign-in link by email.
sign-in-link-title = Check your inbox
sign-in-link-sent = If that address has an account, a sign-in link is on its way, or was sent a few minutes ago. It works once and expires after 15 minutes.
sign-in-link-back = Sign in another way
sign-in-link-over = This link has expired or was already used
sign-in-link-over-lead = A link works once and expires after a while. Get a new one by email, or ask an admin for one.
sign-in-code-title = Enter your code
sign-in-code-lead = Enter the six-digit code that the app on your phone shows now, or one of your recovery codes.
sign-in-code = Code
sign-in-continue = Continue
sign-in-someone-else = Sign in as someone else
sign-in-set-password = Set your password
sign-in-as = You are signing in as <strong>{ $email }</strong>.
sign-in-password-for = { $min ->
   *[other] This will be the password for <strong>{ $email }</strong>. Use at least { $min } characters: a few unrelated words are easy to remember and hard to guess.
}
sign-in-set-password-button = Set password

### Users

user-role-editor = editor
user-role-admin = admin
user-title = Users
user-count = { $count ->
    [one] One user
   *[other] { $count } users
}
user-caption = Users
user-who = User
user-role = Role
user-two-factor = Two-factor sign-in
user-seen = Last seen
user-two-factor-unreadable = can’t be checked
user-two-factor-on = on
user-two-factor-off = off
user-invited = invited
user-signed-out = signed out
user-invite-heading = Invite someone
user-invite-note = They will get an email with a link to set their password. The link works once and expires after 72 hours.
user-email = Email
user-editor = Editor
user-editor-note = Can write, schedule and send campaigns, and manage subscribers.
user-admin = Admin
user-admin-note = Can do everything an editor can, and manage lists, feeds, settings and users. Gets alerts.
user-invite = Invite
user-invited-as = { $role ->
    [admin] Invited { $email } as an admin. The link works for 72 hours.
   *[editor] Invited { $email } as an editor. The link works for 72 hours.
}
user-choose-role = Choose a role.
user-since = { $role ->
    [admin] Admin since { $date }.
   *[editor] Editor since { $date }.
}
user-since-me = { $role ->
    [admin] Admin since { $date }. This is you.
   *[editor] Editor since { $date }. This is you.
}
user-since-invited = { $role ->
    [admin] Admin since { $date }. They haven’t used their invitation yet.
   *[editor] Editor since { $date }. They haven’t used their invitation yet.
}
user-role-last-admin = The only admin can’t become an editor. Make someone else an admin first.
user-role-note-me = Changing your role signs you out everywhere.
user-role-note = Changing their role signs them out everywhere.
user-set-role = Set role
user-is-admin = { $name } is now an admin and must sign in again.
user-is-editor = { $name } is now an editor and must sign in again.
user-is-admin-already = { $name } is already an admin.
user-is-editor-already = { $name } is already an editor.
user-invitation = Invitation
user-invitation-note = The link works once and expires after 72 hours.
user-invite-again = Resend invitation
user-invitation-sent = Invitation resent.
user-codes-unreadable = Codes can’t be checked: they were set up with a SECRET_KEY that this server no longer has. Add that key back after the new one, or turn off two-factor sign-in. Recovery codes still work.
user-codes-on-me = On.
user-codes-on = On. Turn it off if they have lost their phone and their recovery codes. They’ll be told by email.
user-account = Your account
user-turn-off = Turn off two-factor sign-in
user-turned-off = Two-factor sign-in is off for { $name }. We have told them by email.
user-off-already = Two-factor sign-in was already off for { $name }.
user-sessions = Where they’re signed in
user-sessions-me = Where you’re signed in
user-sessions-none = Not signed in anywhere.
user-sign-out = Sign them out everywhere
user-sign-out-me = Sign out everywhere
user-signed-out-everywhere = { $name } is signed out everywhere.
user-signed-in-nowhere = { $name } was not signed in anywhere.
user-changes = Changes to this account
user-changes-none = None yet.
user-change-by = { $time }, by { $who }
user-remove-heading = Remove
user-remove-last-admin = The only admin can’t be removed. Make someone else an admin first.
user-remove-open = Remove { $name }…
user-remove-note = They will be signed out everywhere and will no longer be able to sign in. Everything they wrote and did will be kept under their name. To undo this, invite them again.
user-remove-note-me = You will be signed out everywhere and will no longer be able to sign in. Everything you wrote and did will be kept under your name. To undo this, have someone invite you again.
user-remove = Remove
user-removed = Removed { $name }.

### Audit log

audit-title = Audit log
audit-about = About
audit-show = Show
audit-none = No changes yet
audit-none-lead = Every change is kept here: who, what, when and from where.
audit-none-about = The log has no entries about “{ $kind }”.
audit-none-more = No older changes
audit-none-more-lead = You’ve reached the beginning of the log.
audit-newest = Newest
audit-older = Older
audit-changes = Changes
audit-caption = Changes, newest first
audit-when = When
audit-who = Who
audit-what = What
audit-values = Before → after
audit-pages = Pages
audit-times = Times in { $zone }
audit-yes = yes
audit-no = no
audit-empty = (empty)

# What was done, after what it was done to: “Campaign Ferry restored”; also on its own.
audit-did-account-reset = account reset
audit-did-added = added
audit-did-added-active = added as active
audit-did-approved = approved
audit-did-asked-again = confirmation resent
audit-did-created = created
audit-did-connected = connected to a list
audit-did-restored = restored
audit-did-cancelled = cancelled
audit-did-changed = changed
audit-did-codes-off = two-factor sign-in turned off
audit-did-codes-on = two-factor sign-in turned on
audit-did-correction = correction created
audit-did-deleted = deleted
audit-did-demo = filled with demo data
audit-did-dismissed = dismissed
audit-did-skipped = skipped
audit-did-edited = edited
audit-did-erased = erased
audit-did-everything-exported = full export created
audit-did-everything-imported = full export imported
audit-did-exported = exported
audit-did-fields = fields changed
audit-did-delay = delay changed
audit-did-import = import started
audit-did-invited = invited
audit-did-invited-again = invited again
audit-did-latest = latest articles sent
audit-did-released = released
audit-did-limited = limits changed
audit-did-lists = lists changed
audit-did-password = password set
audit-did-paused = paused
audit-did-checked = checked
audit-did-profile = profile changed
audit-did-recovery-codes = recovery codes renewed
audit-did-relay = relay set
audit-did-removed = removed
audit-did-resumed = resumed
audit-did-retired = retired
audit-did-role = role changed
audit-did-real-one = confirmed as the real one
audit-did-scheduled = scheduled
audit-did-missed = sent to those who missed it
audit-did-session-ended = session ended
audit-did-set-up = set up
audit-did-settings = settings changed
audit-did-setup-finished = setup finished
audit-did-signed-in = signed in
audit-did-signed-out = signed out
audit-did-signed-out-everywhere = signed out everywhere
audit-did-bulk = started
audit-did-bulk-undone = undone
audit-did-suppressed = suppressed
audit-did-suppression-lifted = suppression lifted
audit-did-tags = tags changed
audit-did-merged = merged with another subscriber
audit-did-moved = moved
audit-did-merge-undone = merge undone
audit-did-send-undone = send undone
audit-did-test = test sent
audit-did-disconnected = disconnected from a list
audit-did-unsubscribed = unsubscribed

audit-kind-alert = Alert
audit-kind-article = Article
audit-kind-bulk = Bulk change
audit-kind-campaign = Campaign
audit-kind-domain = Domain
audit-kind-feed = Feed
audit-kind-field = Field
audit-kind-instance = Database
audit-kind-list = List
audit-kind-publication = Publication
audit-kind-subscriber = Subscriber
audit-kind-subscribers = Subscribers
audit-kind-suppression = Suppression
audit-kind-user = User

audit-bulk-often = Change frequency
audit-bulk-suppress = Suppress
audit-bulk-tag = Tag
audit-bulk-unsubscribe = Unsubscribe
audit-bulk-untag = Remove tag

# Names of values. Those that aren’t here are shown as they are stored.
audit-field-at = time
audit-field-approval = needs approval
audit-field-colour = colour
audit-field-often = frequency
audit-field-campaigns-held = campaigns put on hold
audit-field-connections = connections
audit-field-from-email = From address
audit-field-from-name = From name
audit-field-delay = delay (minutes)
audit-field-held = on hold
audit-field-logo = logo
audit-field-per-minute = emails a minute
audit-field-postal-address = postal address
audit-field-public = shown on the form
audit-field-reply-to = reply-to
audit-field-short-name = short name
audit-field-time-zone = time zone
audit-field-two-person = second approval at or above
audit-field-uncertain = when delivery is uncertain
audit-field-uncertain-too = also to readers who may have got it
audit-field-reminds = reminder for unconfirmed sign-ups
audit-field-welcome = welcome email
audit-field-undo = undo window (seconds)
audit-field-url = website
audit-field-whom = subscribers

# Who did it, where it was no user; also after “by”.
audit-who-nobody = someone not signed in
audit-who-command-line = the command line
audit-who-feed = a feed
audit-who-reader = the reader
audit-who-schedule = the schedule

### One alert

desk-alert-since = Since { $time }
desk-alert-over = Resolved { $time }.
desk-alert-dismissed-at = Dismissed { $time }.
desk-alert-why = <strong>Why:</strong> { $why }
desk-alert-paused = See paused campaigns
desk-alert-dismiss = Dismiss
desk-alert-dismiss-note = Dismissing an alert hides it from everyone’s Today page. Alerts clear automatically once the problem is solved.
desk-alert-dismissed = Dismissed. You’ll be alerted again if the problem continues.
desk-alert-dismissed-already = This alert was already resolved or dismissed.

### Settings

settings-title = Settings
settings-nav = Settings
settings-nav-publication = Publication
settings-nav-branding = Branding
settings-nav-fields = Fields
settings-nav-users = Users
settings-nav-audit = Audit log
settings-setup-open = Setup isn’t finished.
settings-setup-continue = Continue setup
settings-publication = Publication
settings-name = Name
settings-tagline = Tagline
settings-tagline-hint = What the publication is about, in a few words.
settings-url = Website
settings-postal-address = Postal address
settings-postal-address-hint = Shown at the bottom of each email. Many countries require one by law.
settings-time-zone = Time zone
settings-time-zone-hint = All times in the desk and in emails are in this time zone.
settings-language = Language
settings-language-hint = The language and date format of reader pages and emails. A list can have its own language. The desk is always in English.
settings-language-default = English (default)
settings-colour = Colour
settings-colour-hint = For links and buttons on reader pages and in emails. We darken or lighten it where needed, so that it’s easy to read.
settings-logo = Logo
settings-logo-hint = The https address of a PNG or JPEG image. It is shown 32 px high, on a white background.
settings-save = Save
settings-saved = Saved.
settings-sender = Sender
settings-sender-note = Fields left empty use the server’s configuration: <strong>{ $from }</strong>. A list can have its own sender name and reply-to.
settings-from-name = From name
settings-from-email = From address
settings-from-email-hint = The relay must allow mail from this address, and the domain’s SPF record in DNS must include the relay.
settings-reply-to = Reply-to
settings-reply-to-hint = Where replies go. If this is left empty, replies go to the From address.
settings-sender-save = Save sender
settings-sending = Sending
settings-undo = Undo window, in seconds
settings-undo-hint = How long a campaign waits before its first email is sent, so that you can undo it: 0 to 3600.
settings-approval = Require a second approval at or above
settings-approval-hint = A campaign to this many subscribers or more will be sent only after a second person approves it. Leave empty to never require approval.
settings-uncertain = If we don’t know whether an email arrived
settings-resend = Send it again, with the same Message-ID
settings-resend-note = Nobody misses out, but a few readers may get it twice.
settings-leave = Let an editor decide
settings-leave-note = Nobody gets it twice, but a few readers may have to wait.
settings-reminds = Remind people who haven’t confirmed
settings-reminds-note = One email, a day after they sign up, with a new link. Nobody is reminded twice.
settings-sending-save = Save sending rules
settings-clash = { $who } saved this ({ $time }) while you were editing. Your version is below: save again to keep it.
settings-clash-someone = Someone saved this while you were editing. Your version is below: save again to keep it.

### Fields

field-title = Fields
field-heading = { $count ->
    [0] Fields
    [one] { $count } field
   *[other] { $count } fields
}
field-none = No fields yet
field-none-lead = A field is something you know about a subscriber besides their name and address, like a job title.
field-table = Fields
field-name = Name
field-kind = Type
field-kind-text = Text
field-kind-number = Number
field-kind-date = Date
field-kind-yes-no = Yes or no
field-readers = Readers
field-on-form = Asked when subscribing
field-open = Can see and change it
field-on-form-and-open = Asked when subscribing, can see and change it
field-desk-only = Only in the desk
field-in-mails = In emails
field-order = Order
field-up = Up
field-down = Down
field-move-up = Move { $name } up
field-move-down = Move { $name } down
field-moved = Moved.
field-add-heading = Add a field
field-add-note = The type and the key can’t be changed later.
field-key = Key
field-key-hint = For forms, files and emails: a–z, 0–9 and _. If left empty, it is made from the name.
field-tick-on-form = Ask for it on the subscribe page
field-tick-open = Let readers see and change it
field-tick-open-hint = On their preferences page. Anyone with the link from a reader’s email can open that page, so leave this off for private details.
field-add = Add field
field-added = Added { $name }.
field-saved = Saved.
field-values = { $count ->
    [0] No subscriber has a value.
    [one] { $number } subscriber has a value.
   *[other] { $number } subscribers have a value.
}
field-values-more = More than { $number } subscribers have a value.
field-delete = Delete field
field-delete-note = Deleting the field also deletes its values. This can’t be undone. Emails that use the field will show the placeholder’s default instead.
field-delete-type = Type { $key } to delete the field
field-deleted = Deleted { $name } and its values.

### Branding

settings-branding = Branding
settings-branding-preview = Preview
settings-branding-shades = How the colour is used
settings-branding-caption = The colours and their contrast
settings-branding-colour = Colour
settings-branding-sample = Sample
settings-branding-contrast = Contrast
settings-branding-page = Subscribe page
settings-branding-page-title = The subscribe page in this colour
settings-branding-mail = Email
settings-branding-mail-title = An email in this colour
settings-branding-saved = Saved. Pages have already changed; emails will change starting with the next campaign.
settings-branding-links-light = Links, light
settings-branding-buttons-light = Buttons, light
settings-branding-links-dark = Links, dark
settings-branding-buttons-dark = Buttons, dark
settings-branding-reader-title = Preview of the subscribe page
settings-branding-list = All articles
settings-branding-sample-link = Read a recent issue <a href="#email">here</a>.
settings-branding-sample-title = A two-line headline, like most that say what happened and where
settings-branding-sample-author = A name
settings-branding-sample-lead = The first paragraph says who, what, when and where. It’s about this long and has <a href="#">a link</a> so that you can see its colour.
settings-branding-sample-heading = A heading
settings-branding-sample-text = The second paragraph tells the rest of the story, with a quote.
settings-branding-sample-quote = It was all over in a few minutes.

### The setup

setup-title = Setup
setup-title-publication = Setup: publication
setup-title-list = Setup: first list
setup-title-feed = Setup: first feed
setup-title-sender = Setup: sender
setup-steps = Setup steps
setup-step-account = Account
setup-step-publication = Publication
setup-step-list = List
setup-step-feed = Feed
setup-step-sender = Sender
setup-step-done = Finish
setup-step-is-done = , done
setup-minutes = Your first campaign is five minutes away
setup-first = Create the first account
setup-first-lead = This account will be an admin. You can invite others later.
setup-email = Your email
setup-email-hint = For signing in and for alerts.
setup-name = Your name
setup-password = Password
setup-create = Create account
setup-created = Account created. You’re signed in as the first admin.
setup-closed = The setup page has a secret address
setup-closed-lead = When it starts, “postrider serve” prints the address, including a secret token, to its log. Open that address, or create the first admin with: postrider user add EMAIL --role admin
setup-publication-heading = What is your publication called?
setup-publication-lead = Enter your website’s address and we’ll fill in the rest from your site. You can change everything later.
setup-read-site = Fill in from my site
setup-reading = Reading…
setup-optional-tagline = What your publication is about, in a few words. Optional.
setup-optional-logo = The https address of a PNG or JPEG image. Optional.
setup-save = Save and continue
setup-saved = Saved.
setup-later = Skip for now
setup-continue = Continue
setup-found-nothing = We found nothing on your site. Fill in the form yourself.
setup-found = We found { $things }. Check the form, then save.
setup-found-name = the name
setup-found-tagline = the tagline
setup-found-logo = a logo
setup-found-colour = a colour
setup-found-feed = a feed
setup-list-heading = What do readers subscribe to?
setup-list-lead = One list is enough to begin with. Add more if readers want only some of your articles.
setup-list-there = Your lists
setup-list-name = Name
setup-list-name-hint = Readers see it on the form and in each email.
setup-list-default-name = All articles
setup-slug = Short name
setup-slug-hint = For web addresses and commands: a-z, 0-9 and -. Can’t be changed later. If left empty, it is made from the name.
setup-list-add = Add list
setup-list-added = Added “{ $list }”. Readers can subscribe to it now.
setup-feed-heading = Where do your articles come from?
setup-feed-lead = Most sites have a feed (RSS, Atom or JSON). See what yours would send before you connect it. Articles already in the feed won’t be sent.
setup-feed-there = Connected feeds
setup-feed-url = Feed address
setup-feed-check = See what it would send
setup-feed-report = { $count ->
    [one] { $name }: { $count } article
   *[other] { $name }: { $count } articles
}
setup-feed-report-kind = { $count ->
    [one] { $name }: { $count } article, { $kind }
   *[other] { $name }: { $count } articles, { $kind }
}
setup-feed-known = This feed is already connected.
setup-feed-baseline = If you connect this feed now, none of these articles will be sent; new ones will. If it had already been connected, this is what would have happened:
setup-feed-held-above = { $count ->
    [one] If one check finds more than { $count } new article, all of them will be put on hold until an editor decides.
   *[other] If one check finds more than { $count } new articles, all of them will be put on hold until an editor decides.
}
setup-feed-moved = This feed has moved permanently to { $url }.
setup-feed-caption = What it would send
setup-feed-article = Article
setup-feed-published = Published
setup-feed-then = What would happen
setup-feed-undated = no date
setup-feed-more = { $count ->
    [one] And { $count } more.
   *[other] And { $count } more.
}
setup-feed-no-list = There is no list to send the articles to yet.
setup-feed-add-list = Add a list
setup-feed-list = Send to list
setup-feed-note = The feed is checked every 10 minutes. A new article waits for another 10 minutes, is read again to pick up any edits, and is then sent.
setup-feed-connect = Connect feed
setup-feed-connecting = Connecting…
setup-feed-connected = { $count ->
    [0] Connected “{ $feed }” to “{ $list }”.
    [one] Connected “{ $feed }” to “{ $list }”. The article already in it won’t be sent.
   *[other] Connected “{ $feed }” to “{ $list }”. The { $count } articles already in it won’t be sent.
}
setup-feed-unreadable = The feed can’t be read: { $why }.
setup-sender-heading = Who are your emails from?
setup-sender-lead = The server’s configuration says <strong>{ $from }</strong>. Leave the fields empty to use it.
setup-from-name-hint = Inboxes show it in bold. Usually the publication’s name.
setup-save-and-test = Save and send me a test
setup-test = Test email
setup-test-captured = Captured, not sent, { $time }.
setup-test-sent = Accepted by the relay, { $time }.
setup-test-queued = Queued, { $time }.
setup-test-deferred = Deferred by the relay, { $time }. It will be tried again.
setup-test-uncertain = May have been sent, { $time }: the relay closed the connection before replying.
setup-test-failed = Not sent ({ $status }), { $time }.
setup-test-mailbox = Mail is captured on this server. The test is in the <a href="{ $url }">mailbox</a>.
setup-test-inbox = Check that it is in your inbox, and not in spam.
setup-test-again = Check again
setup-test-none = No test has been sent to <strong>{ $email }</strong> yet. A test shows whether the relay accepts our mail, and what that mail looks like.
setup-test-mailed = Saved. A test is on its way to { $email }.
setup-test-wait = Saved. A test was sent to { $email } less than half a minute ago: check your inbox first.
setup-ready = { $name } is ready
setup-missing = { $count ->
    [one] One thing is left to do
   *[other] { $count } things are left to do
}
setup-missing-publication = The publication’s name and website
setup-missing-postal-address = A postal address, which many countries require by law
setup-missing-list = A list to subscribe to
setup-missing-feed = A feed, unless you write everything here
setup-missing-do = Set up
setup-next = What to do next
setup-next-write = Write your first campaign
setup-next-write-note = Preview it and send yourself a test before you send it.
setup-next-write-list = Write to { $list }. Preview the campaign and send yourself a test before you send it.
setup-next-write-feed = Write to { $list }. Preview the campaign and send yourself a test before you send it. New articles from the feed are sent automatically.
setup-next-write-button = Write
setup-next-readers = Get subscribers
setup-next-readers-note = The subscribe page is open. Link to it from your site, or import subscribers who have already agreed to get your mail.
setup-next-readers-button = Subscribe page
setup-next-invite = Invite your team
setup-next-invite-note = Editors write and send; admins also manage lists, feeds and settings.
setup-next-invite-button = Users
setup-next-two-factor = Turn on two-factor sign-in
setup-next-two-factor-note = With it on, a stolen password isn’t enough to sign in.
setup-next-two-factor-button = Your account
setup-finish = Finish setup
setup-finish-note = You can change everything later under Settings, Lists and Feeds.
setup-finished = Setup finished. You can change everything under Settings, Lists and Feeds.

### Help

help-title = Help
help-keys = Keyboard shortcuts
help-key-find = Search
help-key-write = Write a campaign
help-key-pages = Older or newer page of subscribers
help-key-search = Search subscribers
help-key-edit = Edit the subscriber on screen
help-key-save = Save what you’re writing, even while typing
help-key-undo = Undo the last action while the bar at the bottom is visible, or undo a scheduled send
help-key-escape = Leave a field, or close a menu or dialog
help-key-help = Show these shortcuts
help-keys-note = Shortcuts work when you’re not typing in a field. Where two keys are shown, press one after the other.
help-marks = What the statuses mean
help-state-sent = Sent
help-state-sent-meaning = the relay accepted it
help-state-queued = Queued
help-state-queued-meaning = waiting for its turn
help-state-sending = Sending
help-state-sending-meaning = being handed to the relay now
help-state-deferred = Deferred
help-state-deferred-meaning = the receiving server said “try again later”. We keep trying for a day, unless the operator set a different limit
help-state-uncertain = Uncertain
help-state-uncertain-meaning = the connection broke while the email was being sent, so it may or may not have arrived
help-state-bounced = Bounced
help-state-bounced-meaning = the mailbox doesn’t exist. We won’t email this address again
help-state-failed = Failed
help-state-failed-meaning = refused for another reason, or deferred for too long
help-state-complained = Complained
help-state-complained-meaning = the subscriber marked our mail as spam. We won’t email this address again
help-state-held = On hold
help-state-held-meaning = waiting for an editor or admin to decide
help-state-paused = Paused
help-state-paused-meaning = paused by someone or automatically; the page says why
help-state-active = Active
help-state-active-meaning = confirmed, and gets mail
help-state-pending = Pending
help-state-pending-meaning = was asked to confirm, but hasn’t yet
help-state-unsubscribed = Unsubscribed
help-state-unsubscribed-meaning = has unsubscribed. Elsewhere, the same icon means skipped, cancelled or off
help-way = How an email is made and sent
help-way-feed = Each feed is checked every ten minutes. Each new item becomes an article, and a campaign is created from it.
help-way-grace = The campaign then waits another ten minutes. Then the article is read again: edits are included, and a withdrawn article is dropped.
help-way-own = A campaign you write is sent at the time you set or, if you choose “Send now”, as soon as the undo window is over.
help-way-ledger = Each delivery is recorded in the database before the email is handed to the relay, and again when the relay has replied.
help-way-retry = Mail that can’t be delivered right away is retried for a day. Once every delivery is settled, the campaign’s status changes to Sent.
help-words = Glossary
help-word-list = List
help-word-list-meaning = What readers subscribe to.
help-word-subscriber = Subscriber
help-word-subscriber-meaning = One person, one email address.
help-word-subscription = Subscription
help-word-subscription-meaning = A subscriber on a list, and how often they get mail: every article, daily, weekly or monthly.
help-word-feed = Feed
help-word-feed-meaning = A file in which a site lists its newest articles (RSS, Atom or JSON).
help-word-campaign = Campaign
help-word-campaign-meaning = One email about one or more articles, for one list.
help-word-delivery = Delivery
help-word-delivery-meaning = One campaign for one subscriber.
help-word-notice = Notice
help-word-notice-meaning = An email to one person that isn’t a campaign: a confirmation, a sign-in link or a test.
help-word-suppression = Suppression
help-word-suppression-meaning = A record that an address must never be emailed again, and why.
help-when = What to do when…
help-when-mistake = A campaign has a mistake
help-when-mistake-answer = While it is scheduled or in its undo window, open it and undo the send. While it is being sent, pause it. Emails already sent can’t be recalled: write a correction, which goes to those who got the original.
help-when-paused = A campaign was paused automatically
help-when-paused-answer = The relay is refusing our mail, or nearly every attempt is failing. The campaign’s page shows the relay’s reply. Fix the problem, then resume: nobody gets the campaign twice.
help-when-nothing = Someone says they didn’t get an email
help-when-nothing-answer = Search for their address. Their page shows each delivery with the relay’s reply.
help-when-held = Something is on hold
help-when-held-answer = Look at <a href="{ $url }">what is on hold</a>. If one check of a feed finds more than five new articles, and more than twice as many as any earlier check of that feed, all of them are put on hold until you release or skip them. A campaign that was due while the server was off stays on hold until an admin decides.
help-when-phone = You lost your phone
help-when-phone-answer = Sign in with a recovery code, then turn two-factor sign-in off and on again. Without a code, ask an admin to turn it off for you.

### Search

desk-find-title = Search
desk-find-ask = What are you looking for?
desk-find-nothing = Nothing found
desk-find-found = Results for “{ $query }”
desk-find-how = Subscribers are found by the start of their address, its domain, or a word in their name; campaigns and articles by any part of their title; lists and feeds by any part of their name; settings and help by topic.
desk-find-to-subscribers = Go to subscribers
desk-find-pages = Settings and help
desk-find-all = See everyone who matches
desk-find-publication = Publication settings
desk-find-publication-lead = The name, website, postal address, time zone and language of the publication.
desk-find-publication-words = settings, preferences, configuration, name, title, tagline, website, site, postal address, physical address, company address, CAN-SPAM, time zone, timezone, clock, language, locale, translation, date format, general
desk-find-sender = Sender
desk-find-sender-lead = The name and address your emails come from, and where replies go.
desk-find-sender-words = sender, from, from name, from address, reply-to, reply to, replies, no-reply, SPF, DKIM, DMARC, DNS, domain, domain authentication, sender authentication, email address
desk-find-sending = Sending rules
desk-find-sending-lead = The undo window, second approvals, and what happens if we don’t know whether an email arrived.
desk-find-sending-words = sending, undo, undo send, delay, recall, approval, approve, review, two-person, four eyes, confirm send, duplicate, retry
desk-find-branding = Branding
desk-find-branding-lead = The logo and the colour of pages and emails, with a preview.
desk-find-branding-words = logo, colour, color, brand, branding, theme, design, template, style, appearance, look, header, image, accent, dark mode, customise, customize
desk-find-users = Users
desk-find-users-lead = Invite editors and admins, change roles, sign someone out, remove someone.
desk-find-users-words = users, user, team, member, staff, invite, invitation, role, permission, access, admin, administrator, editor, collaborator, remove user, delete user
desk-find-audit = Audit log
desk-find-audit-lead = Every change: who, what, when and from where.
desk-find-audit-words = audit, audit log, log, activity, history, changes, events, who changed
desk-find-account = Your account
desk-find-account-lead = Your name and password, two-factor sign-in, alerts, and where you’re signed in.
desk-find-account-words = account, profile, my account, password, change password, reset password, 2FA, two-factor, two factor, MFA, TOTP, authenticator, one-time code, recovery code, backup code, security, sessions, devices, sign out, log out, logout, login, alerts, notification
desk-find-subscribers = Subscribers
desk-find-subscribers-lead = Search and filter subscribers, change many at once, and export them.
desk-find-subscribers-words = subscribers, contacts, audience, members, people, readers, unsubscribe, opt out, opt-out, tag, segment, filter, group, bulk, GDPR, privacy, data request, personal data, right to be forgotten, erase, delete, delete subscriber, consent, double opt-in, bounce, bounced
desk-find-import = Import subscribers
desk-find-import-lead = Bring in subscribers from a CSV file.
desk-find-import-words = import, upload, CSV, spreadsheet, Excel, migrate, migration, move, Mailchimp, Substack, Ghost, add subscribers, contacts
desk-find-export = Export subscribers
desk-find-export-lead = Filter the subscribers, then download them as a CSV file.
desk-find-export-words = export, download, CSV, spreadsheet, Excel, backup, data portability, GDPR
desk-find-suppressions = Suppressions
desk-find-suppressions-lead = Addresses that will never be emailed again, and why.
desk-find-suppressions-words = suppression, suppression list, suppressed, blocklist, block, blocked, blacklist, bounce, hard bounce, spam, complaint, unsubscribe, do not mail, never mail
desk-find-lists = Lists
desk-find-lists-lead = What readers subscribe to: names, descriptions, senders and feeds.
desk-find-lists-words = list, lists, newsletter, topic, audience, segment, sign-up form, signup form, subscribe form, embed, welcome email, archive, delete list, retire
desk-find-feeds = Feeds
desk-find-feeds-lead = Connected sites whose articles are sent automatically.
desk-find-feeds-words = feed, RSS, Atom, JSON feed, automation, automate, automatic, WordPress, Ghost, blog, website, connect, integration, webhook, API, API key, trigger
desk-find-held = On hold
desk-find-held-lead = Articles and campaigns waiting for someone to decide.
desk-find-held-words = hold, on hold, held, stuck, waiting, pending, release, skip, moderation, queue, not sent
desk-find-reports = Reports
desk-find-reports-lead = How campaigns did: sent, bounced, unsubscribed.
desk-find-reports-words = report, reports, statistics, stats, analytics, metrics, open rate, opens, clicks, click rate, tracking, delivery rate, performance
desk-find-write = Write a campaign
desk-find-write-lead = A new email to a list, with a preview and a test.
desk-find-write-words = write, compose, new, create, new email, newsletter, draft, post, broadcast, schedule, test email, send test, preview
desk-find-keys = Keyboard shortcuts
desk-find-keys-lead = The keys that work on every page.
desk-find-keys-words = keyboard, shortcut, shortcuts, hotkey, keys, accessibility
desk-find-help = Help
desk-find-help-lead = What statuses and terms mean, how an email is sent, and how to solve common problems.
desk-find-help-words = help, support, documentation, docs, guide, manual, how to, FAQ, glossary, deferred, uncertain, status, correction, mistake
desk-find-server = Server settings
desk-find-server-lead = Set on the server, not in the desk: the relay (SMTP), signing (DKIM), DNS and keys.
desk-find-server-words = SMTP, relay, mail server, Postfix, server, environment, SECRET_KEY, API key, API, webhook, DKIM, SPF, DMARC, DNS, database, backup, restore, update, upgrade, TLS, HTTPS, certificate, hosting, port
help-server = Server settings
help-server-lead = These are set in the server’s configuration, by the person who runs it:
help-server-smtp = The relay that sends the mail: <code>SMTP_URL</code>, or <code>SMTP_USER</code> and <code>SMTP_PASSWORD</code>. Check it with <code>postrider doctor</code>.
help-server-dns = SPF, DKIM and DMARC: the domain’s SPF record must include the relay, and mail is signed for <code>DKIM_DOMAIN</code>. <code>postrider doctor</code> shows what is missing.
help-server-secrets = Sign-in and links depend on <code>SECRET_KEY</code>: keep it with the backups.
help-server-api = There is no API key and no webhook to set up here: everything you can do in the desk can also be done with commands on the server. Run <code>postrider help</code>.
