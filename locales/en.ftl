# What readers meet: pages, forms, errors and mails. One file is one language; this one is complete, and what
# another lacks is taken from here. HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = English
# Whose habits dates follow where the language names no region.
language-formats = en-GB
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = en-US English (United States)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, { $time }
date-time-zone = { $date } { $place } ({ $zone })
date-time-place = { $date } { $place }
today = today
yesterday = yesterday

## Every page

skip-link = Skip to content
footer-links = More
archive = Archive
sent-with = Sent with

## Subscribing

subscribe = Subscribe
subscribe-heading = Discover more from { $publication }
subscribe-lead = Subscribe to get the latest posts sent to your email.
email-label = Email address
email-placeholder = Type your email…
honeypot-label = Leave this field empty
proof-heading = One more step
proof-lead = A lot of sign-ups are arriving right now, so we’re making sure that yours comes from a person. Wait ten seconds, then continue.
proof-button = Continue
proof-checking = A lot of sign-ups are arriving right now, so we’re making sure that yours comes from a person. This takes a few seconds.
proof-early = That was a little too soon. Wait a few more seconds, then continue.
proof-json = Solve the challenge and send the form again with the solution in the field “altcha”.
proof-expired = Please fill in the form again
proof-expired-lead = This step takes place in your browser, within fifteen minutes and with cookies turned on. Nothing was sent yet.
proof-large-lead = That form is too long to keep while you wait. Choose fewer newsletters or shorten your answers.
unsubscribe-any-time = Unsubscribe at any time.
newsletters-legend = Newsletters
recent-issues = Recent issues
recent-issues-none = No issues yet. Subscribe to get the first one.
recent-issues-all = See all issues

cadence-each = Every article
cadence-daily = Once a day
cadence-weekly = Once a week
cadence-monthly = Once a month
cadence-off = Off
cadence-legend = How often?

field-yes = Yes
field-no = No

check-inbox = Check your inbox
check-inbox-lead = If we can email that address, a confirmation email is on its way. Click the button in that email to confirm your subscription.
check-inbox-from = From
check-inbox-valid = Link valid for
hours = { $hours ->
    [one] { $hours } hour
   *[other] { $hours } hours
}
check-inbox-captured = This server saves email instead of sending it. <a href="/mailbox">Open the mailbox</a>
check-inbox-help = Didn’t get it?
check-inbox-wait = Wait a couple of minutes, then check your spam or promotions folder.
check-inbox-retype = Make sure you entered the right address. <a href="/">Enter it again</a>
check-inbox-already = Already subscribed? There’s nothing more to do.
check-inbox-detail = If we can email that address, a confirmation email is on its way.

## Confirming

confirm = Confirm
confirm-heading = Confirm your subscription
confirm-lead = <strong>{ $address }</strong> will get { $newsletters } from { $publication }.
confirm-lead-bare = <strong>{ $address }</strong> will get emails from { $publication }.
confirm-meanwhile = You also signed up for
confirm-button = Confirm subscription
confirm-not-me = Didn’t sign up? Close this page, and you won’t be subscribed.
confirmed = You’re subscribed
confirmed-lead = You’ll get { $newsletters } from { $publication } by email.
confirmed-past-issues = Read past issues
confirm-left-since = You’re not subscribed
confirm-left-since-lead = You unsubscribed after that email was sent. To come back, subscribe again.
confirm-suppressed = We can’t email this address
confirm-suppressed-lead = { $publication } doesn’t send email to this address. Subscribe with a different one.
confirm-expired = This link has expired
confirm-expired-lead = { $hours ->
    [one] The link was valid for { $hours } hour. Subscribe again to get a new one.
   *[other] The link was valid for { $hours } hours. Subscribe again to get a new one.
}
subscribe-again = Subscribe again

## Preferences

preferences = Preferences
preferences-heading = Manage your subscription
preferences-for = For <strong>{ $address }</strong>, subscribed since { $date }.
preferences-suppressed = We don’t send email to this address, so your choices here have no effect.
preferences-newsletters = Your newsletters
preferences-unconfirmed = Not confirmed yet: click the button in the email we sent you
# Under a newsletter's name: when its next mail comes.
preferences-next = Next: { $time }
preferences-next-each = Next: when the next article is published
preferences-next-comes = Your next issue will be sent on { $time }.
preferences-paused = Paused until { $date }
preferences-is-paused = Paused
preferences-is-resumed = Resumed
preferences-about-you = About you
preferences-language = Language
save = Save
preferences-saved = Saved
preferences-unchanged = Nothing changed
preferences-still-off = We don’t send email to this address, so nothing was turned on
pause = Pause
pause-lead = Going away? Pause your newsletters for a few weeks. You won’t get a backlog when they resume.
pause-what = What to pause
pause-all = All newsletters
pause-for = For how long?
pause-nothing = There’s nothing to pause: you don’t get any newsletters at the moment.
weeks = { $weeks ->
    [one] { $weeks } week
   *[other] { $weeks } weeks
}
resume = Resume now
resume-named = Resume now: { $newsletter }
missed = What you missed
missed-lead = Published while you were away, newest first.
missed-none = You haven’t missed anything.
unsubscribe-all-heading = Unsubscribe from everything
unsubscribe-all-lead = One click, and you won’t get any more email from us.

## Unsubscribing

unsubscribe = Unsubscribe
unsubscribe-heading = Unsubscribe from { $newsletter }?
unsubscribe-lead = You’ll stop getting this newsletter.
unsubscribe-all = Unsubscribe from all
unsubscribed = You’ve unsubscribed from { $newsletter }
unsubscribed-lead = You won’t get this newsletter any more. Your other subscriptions, if any, haven’t changed.
unsubscribed-all = You’ve unsubscribed from everything
unsubscribed-all-lead = You won’t get any more email from us.
unsubscribed-already = You’re not subscribed to { $newsletter }
unsubscribed-already-lead = You won’t get any email from this newsletter.

## “This wasn’t me”

block-heading = This wasn’t me
block-lead = Did someone else enter { $address }? Block this address, and { $publication } will never email it again.
block-button = Block this address
blocked = This address is blocked
blocked-lead = { $publication } won’t email { $address } again, even if someone enters it in a form.

## The archive

archive-heading = Past issues of { $publication }
archive-empty = No issues yet
archive-empty-lead = The first issue will appear here once it’s sent. <a href="/">Subscribe</a>
archive-older = Older issues
archive-all = All issues
archive-subscribe = Get { $publication } by email

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Sending…
box-continue = Continue reading
box-close = Close
box-failed = That didn’t work. Check your connection and try again.
# Leads to the site that the reader came from.
box-back = Back to { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = Did you mean { $address }?
email-typo-yes = Yes, use that address
email-typo-no = No, mine is right

form-wrong = Check this field
cadence-unknown = Choose how often from the options shown
no-newsletter = Choose at least one newsletter
email-empty = Enter your email address. For example: ines@example.org
email-no-at = That address has no @. It should look like this: ines@example.org
email-no-local-part = That address has nothing before the @. It should look like this: ines@example.org
email-no-domain = That address has nothing after the @. It should look like this: ines@example.org
email-not-ascii = The part before the @ can contain only unaccented letters, digits and characters like . - _ +
email-local-part = That address has a character that isn’t allowed. Check the part before the @
email-local-part-long = The part before the @ is too long: the limit is 64 characters
email-domain = The part after the @ isn’t a domain. The whole address should look like this: ines@example.org
email-long = That address is too long: the limit is 254 characters
refusal-list_unknown = There is no newsletter called “{ $list }”. Choose one of those shown.
refusal-too_many_lists = You can choose up to { $max } newsletters at once.
refusal-no_list_open = There are no newsletters to subscribe to yet.
refusal-field_text_long = { $name } is too long: the limit is { $max } characters.
refusal-field_number_wrong = { $name } must be a number, like 1200 or 12.5.
refusal-field_number_ambiguous = { $name } could mean two different numbers. Enter it without a comma: 1234, or 1.234 for a decimal.
refusal-field_date_wrong = { $name } must be a date written as year-month-day, like 2026-11-24.
refusal-field_yes_no_wrong = { $name } must be yes or no.
refusal-pause_too_long = Choose between 1 and { $max } weeks.
refusal-nothing_to_pause = There’s nothing to pause: you don’t get any newsletters at the moment.
refusal-reader_gone = We have no record of this address. It was erased, so it won’t get any email from us.

## Errors

error-not-found = Page not found
error-not-found-lead = You may have mistyped the address, or the page may no longer exist.
error-method = This page doesn’t accept that request
error-method-lead = The address is right, but this page doesn’t allow that request method.
error-timeout = This took too long
error-timeout-lead = Your request didn’t arrive in time. Try again.
error-too-large = That form is too large
error-too-large-lead = A form can be up to { $kilobytes } KB. Shorten what you entered and try again.
error-media-type = We can’t read that
error-media-type-lead = Send a form (application/x-www-form-urlencoded) or JSON.
error-compressed-lead = The request is compressed. Send it uncompressed.
error-request = We can’t read that
error-request-lead = The request is incomplete. Go back and try again.
error-unstorable-lead = The request contains a NUL character, or a number or time that can’t be stored. Remove it and try again.
error-json = We can’t read that JSON
error-json-lead = It should look like this: { $example }
error-ambiguous = This request is ambiguous
error-ambiguous-lead = The { $header } header appears twice with different values, or isn’t plain text. Send it once, as plain text.
error-server = Something went wrong on our side
error-server-lead = Nothing was changed. Try again in a minute.
error-link = This link is incomplete
error-link-lead = Part of it is missing or was changed. Open the link in the email again, or copy the whole link.
error-nobody = We have no record of this address
error-nobody-lead = It was erased, so it won’t get any email from us.
error-too-often = Too many sign-ups from your network
error-too-often-lead = { $minutes ->
    [one] Your sign-up didn’t go through. Try again in { $minutes } minute.
   *[other] Your sign-up didn’t go through. Try again in { $minutes } minutes.
}
error-invalid = That can’t be done
error-forbidden = You don’t have permission to do this
error-gone = That no longer exists
error-conflict = That can’t be done
error-too-soon = Try again later
error-back = Back to the form

## Mails: what all have

mail-open-link = Or open this link:
mail-view-in-browser = View in browser
mail-manage = Manage subscription
mail-pause = Pause
mail-not-me = Not you?
mail-block = Block mail to this address

## Mails: an issue

mail-byline = By { $author } · { $date }
# Of one article among several.
mail-read-article = Read more
mail-correction = <strong>Correction:</strong> { $reason }
mail-read-more = Read more on { $publication }
mail-cut = This email has been shortened. The rest is on the site.
mail-read-in-browser = Read the rest in your browser
mail-read-in-browser-colon = Read the rest in your browser:
mail-reason = You’re receiving this because { $address } subscribed to { $newsletter }.
mail-reason-each = You’re receiving this because { $address } subscribed to every article in { $newsletter } on { $date }.
mail-reason-daily = You’re receiving this because { $address } subscribed on { $date } to get { $newsletter } once a day.
mail-reason-weekly = You’re receiving this because { $address } subscribed on { $date } to get { $newsletter } once a week.
mail-reason-monthly = You’re receiving this because { $address } subscribed on { $date } to get { $newsletter } once a month.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
   *[other] { $title } and { $more } more
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = In this issue
mail-digest-headlines = More headlines
mail-digest-left = And { $left } more on { $publication }

## Articles: in place of what no mail can show

article-watch = Watch on { $host }
article-listen = Listen on { $host }
article-open = Open on { $host }
article-video = Video
article-picture = See the image on { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Listen
article-file-video = Watch
article-file = Download { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } min
article-file-time-hours = { $hours } h { $minutes } min
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } kB

## Mails: confirming

mail-confirm-subject = Confirm your subscription to { $publication }
mail-confirm-preheader = Click the button to confirm. If you do nothing, you won’t be subscribed.
mail-confirm-lead = You signed up to get { $newsletters }. Click the button to confirm your subscription.
mail-confirm-lead-text = You signed up to get { $newsletters }. Open this link to confirm your subscription:
mail-confirm-expires = The link works until { $time }. If you do nothing, you won’t be subscribed, and we won’t email you again.
mail-confirm-expires-reminds = The link works until { $time }. If you do nothing, you won’t be subscribed. We’ll remind you once.
mail-remind-subject = Reminder: confirm your subscription to { $publication }
mail-remind-only = You signed up but haven’t confirmed yet. This is the only reminder we’ll send.
newsletter-each = every article in <strong>{ $newsletter }</strong>
newsletter-daily = <strong>{ $newsletter }</strong> once a day
newsletter-weekly = <strong>{ $newsletter }</strong> once a week
newsletter-monthly = <strong>{ $newsletter }</strong> once a month
newsletter-each-text = every article in “{ $newsletter }”
newsletter-daily-text = “{ $newsletter }” once a day
newsletter-weekly-text = “{ $newsletter }” once a week
newsletter-monthly-text = “{ $newsletter }” once a month

## Mails: subscribed already

mail-subscribed-subject = You’re already subscribed to { $publication }
mail-subscribed-heading = You’re already subscribed
mail-subscribed-preheader = Someone entered your address in our form. Nothing has changed.
mail-subscribed-lead = Someone entered this address in our form, and it already gets { $newsletters }. Nothing has changed. You can change what you get:
mail-welcome-subject = Welcome to { $publication }
mail-welcome-preheader = Your subscription is confirmed.
mail-welcome-lead = Your subscription is confirmed. You’ll now get { $newsletters }.
mail-welcome-latest = Latest articles
mail-welcome-leave = Unsubscribe from { $newsletter }
mail-subscribed-not-me = Not you? You can ignore this email, or <a href="{ $url }">block mail to this address</a>.
mail-subscribed-not-me-text = Not you? You can ignore this email, or block mail to this address:

## The archive: looking for something

archive-search = Search past issues
archive-search-button = Search
archive-list = Newsletter
archive-every-list = All newsletters
archive-nothing-found = No issues match
archive-nothing-yet = No match among the issues searched so far

## Unsubscribing: undo, and the reason

unsubscribe-undo = Undo
unsubscribe-undone = You’re subscribed again
unsubscribe-undone-lead = Everything is as it was.
unsubscribe-not-undone = Nothing to undo
unsubscribe-not-undone-lead = Your subscription has changed since. Subscribe again to get this newsletter.
leave-reason-question = Why did you unsubscribe?
leave-reason-too-often = I get too many emails
leave-reason-not-for-me = It isn’t what I expected
leave-reason-never-asked = I didn’t sign up for it
leave-reason-read-elsewhere = I read it somewhere else
leave-reason-other = Another reason
leave-reason-comment = Anything you’d like to add? (optional)
leave-reason-send = Send
leave-reason-missing = Choose a reason, or write one
leave-reason-thanks = Thank you
leave-reason-thanks-lead = We’ll read it. You won’t get any email about it.
refusal-undo_over = This can’t be undone any more. Subscribe again instead.
refusal-comment_long = That is too long: the limit is { $max } characters.

## Address and data, by a link that was just mailed

manage-heading = Your address and data
manage-lead = To change your address, download your data or erase it, get a link by email. Anyone could open this page from a forwarded email.
manage-link-button = Email me a link
manage-link-sent = Check your inbox
manage-link-sent-lead = { $minutes ->
    [one] A link is on its way to { $address }. It works for { $minutes } minute.
   *[other] A link is on its way to { $address }. It works for { $minutes } minutes.
}
manage-new-address = New email address
manage-change-address = Change address
manage-export = Download your data
manage-erase = Erase your data
new-address-asked = Check the new inbox
new-address-asked-lead = If we can email that address, a link is on its way. Your address changes once you click the button in that email.
new-address-heading = Confirm your new address
new-address-lead = Your newsletters will go to { $address } from now on.
new-address-button = Confirm new address
new-address-set = Address changed
new-address-set-lead = Your newsletters now go to { $address }.
erase-heading = Erase your data?
erase-lead = We’ll delete everything we know about { $address }, and you won’t get any more email. This can’t be undone. We keep only a fingerprint of the address, which can’t be read, so that nobody adds it again without asking you.
erase-button = Erase my data
erased = Your data has been erased
erased-lead = We have no record of your address any more.
refusal-link_old = This link has expired. Get a new one on your preferences page.
refusal-new_address_same = That is already your address.
refusal-new_address_taken = That address has a subscription of its own. Unsubscribe one of the two instead.
refusal-new_address_blocked = We don’t send email to that address. Choose another one.

## Still interested?

keep-heading = Do you still want { $newsletter }?
keep-lead = One click, and you’ll keep getting it.
keep-button = Keep my subscription
kept = You’ll keep getting { $newsletter }
kept-lead = Thank you. There is nothing more to do.

## Mails: address and data, still interested

mail-manage-link-heading = Your link to change your address or data
mail-manage-link-lead = You asked for a link to change your address with { $publication }, or to download or erase your data.
mail-manage-link-button = Open the page
mail-manage-link-expires = The link works until { $time }. If you didn’t ask for it, ignore this email.
mail-new-address-lead = You asked to get your newsletters from { $publication } at this address.
mail-new-address-expires = The link works until { $time }. If you didn’t ask for this, ignore this email, and nothing changes.
mail-address-changed-heading = Your address has changed
mail-address-changed-lead = Your newsletters from { $publication } now go to { $address }.
mail-address-changed-note = If that wasn’t you, reply to this email.
mail-keep-lead = You get { $newsletter } from { $publication }, and we’d like to be sure that you want it.
mail-keep-until = If you don’t click the button by { $date }, you’ll be unsubscribed, and we won’t email you about it again.
