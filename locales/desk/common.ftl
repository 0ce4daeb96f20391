# What editors, admins and operators meet: the desk's pages, commands, mails about the publication. In English alone.

### Refusals

# Of anything
refusal-admins_only = Only admins can do this. Ask an admin to do it for you, or to make you an admin.
refusal-desk_only = Only editors and admins can do this.
refusal-gone = This no longer exists.

# Of campaigns
refusal-campaign_gone = This campaign no longer exists.
refusal-campaign_not_held = This campaign is no longer on hold.
refusal-campaign_awaits_approval = This campaign needs a second approval. Open the campaign to approve it.
refusal-campaign_list_retired = The campaign’s list is retired. Restore the list first.
refusal-campaign_unreadable = The campaign’s HTML is too complex to process. Undo the send and shorten the text, or cancel the campaign.
refusal-database_is_copy = This database looks like a copy: { $differs }. First, confirm that it is the real one. Until then, nothing will be sent.
refusal-database_is_restored = This database { $what }. First, confirm that it is the real one. Until then, no campaigns will be sent.
refusal-database_is_the_same = This is still the same database. Nothing was changed.
refusal-reason_too_long = A reason must be a single line of up to { $max } characters.
refusal-campaign_is_draft = This campaign is still a draft, so it can’t be { $done }. Edit or delete it instead.
refusal-campaign_has_not_begun = This campaign hasn’t started, so it can’t be { $done }. Cancel it, or change its send time.
refusal-campaign_is_sending = This campaign is being sent, so it can’t be { $done }.
refusal-campaign_is_paused = This campaign is paused, so it can’t be { $done }.
refusal-campaign_is_sent = This campaign has been sent, so it can’t be { $done }. Write a correction instead.
refusal-campaign_is_cancelled = This campaign was cancelled, so it can’t be { $done }. Send it to those who missed it instead.
refusal-missed_never_began = This campaign never started, so nobody missed it.
refusal-missed_sending = This campaign is still being sent. Wait until it has been sent, or pause it to see who hasn’t received it.
refusal-missed_paused = This campaign is paused. Resume it first. Once it has been sent, you can send it to those who missed it.
refusal-missed_in_hand = Some of this campaign’s emails are still being sent. Try again in half a minute.

# Of texts, articles, tests, and when a campaign is sent
refusal-saved_between = { $by } saved another version. Review it, then continue.
# Who saved it, and what a line is, in the sentences here
editor-you-elsewhere = You (in another window)
editor-someone = Someone
editor-the-subject = The subject
editor-the-preview-text = The preview text
editor-the-title = The title
editor-the-author = The author’s name
editor-the-reason = The reason
refusal-line_broken = { $name } must be on one line. Remove the line breaks.
refusal-line_empty = { $name } is empty. Fill it in.
refusal-line_too_long = { $name } can have up to { $max } characters.
refusal-text_too_long = The text is { $mb } MB. The limit is { $max } MB, and only about the first 100 KB would show in an email. Shorten the text, or link to the full version.
refusal-text_has_nul = The text contains a NUL character, so it can’t be stored. Paste it again as plain text.
refusal-text_too_complicated = { $why }.
refusal-text_empty = The campaign is empty. Write something, or add an article.
refusal-placeholder_unknown = There is no placeholder called “{ $typed }”. You can use { $known }.
refusal-placeholder_mistyped = There is no placeholder called “{ $typed }”. Did you mean { "{{" } { $nearest } { "}}" }?
refusal-placeholder_open = A placeholder that starts with { "{{" } must end with { "}}" } on the same line. To show the braces themselves, type \{ "{{" }.
refusal-placeholder_wrong = “{ $typed }” is not a placeholder. It should look like { "{{" } name { "}}" } or { "{{" } name | "reader" { "}}" }.
refusal-placeholder_default_long = A placeholder’s default can have up to { $max } characters.
refusal-placeholder_in_link = A placeholder can’t be inside a link’s address or an image. Put it in the text.
refusal-too_many_placeholders = An email can have up to { $max } different placeholders.
refusal-too_many_articles = A campaign can have up to { $max } articles.
refusal-article_held = “{ $title }” is on hold. Release it first, or leave it out.
refusal-article_retired = “{ $title }” is retired. Restore it first, or leave it out.
refusal-article_address_wrong = That is not a web address. It should look like this: https://example.org/story
refusal-article_in_campaign = This article is in a campaign. Remove it from the campaign first. Emails already sent aren’t affected.
refusal-article_waits = This article is on hold. Release or skip it on its feed’s page.
refusal-article_on_its_way = This article is being sent in “{ $subject }”. Cancel that campaign first, or let it finish.
refusal-chosen_list_retired = “{ $list }” is retired. Choose another list.
refusal-chosen_list_gone = That list no longer exists. Choose another.
refusal-list_sends_nothing = “{ $list }” is retired, so nothing is sent to it. Choose another list.
refusal-correction_list_fixed = A correction always goes to the same list as the campaign it corrects.
refusal-nobody_got_it = Nobody has received this campaign yet. Edit or cancel it instead.
refusal-no_draft_to_change = This campaign is { $status }, so it can’t be edited. If sending hasn’t started, undo the send first.
refusal-no_draft_to_discard = This campaign is { $status }. Only a draft can be deleted.
refusal-no_draft_to_schedule = This campaign is already { $status }.
refusal-not_brought_back = Only a campaign that was cancelled before it started can become a draft again.
refusal-taken_back_too_late = Sending has started. Pause the campaign, or write a correction.
refusal-taken_back_sent = This campaign has been sent, and that can’t be undone. Write a correction.
refusal-taken_back_feeds = This campaign was created from a feed. Cancel the campaign instead.
refusal-taken_back_otherwise = This campaign is { $status }, so there is no send to undo.
refusal-time_is_over = { $time } has passed. Choose a time in the future, or send it now.
refusal-time_too_far = That is more than two years away. Choose an earlier day.
refusal-approval_not_awaited = This campaign no longer needs approval.
refusal-approval_of_own = You scheduled this campaign yourself. Someone else must approve it.
refusal-test_address_wrong = { $why }
refusal-test_address_missing = Enter the address to send the test to. For example: ines@example.org
refusal-test_addresses_too_many = You can send a test to up to { $max } addresses.
refusal-tests_often = { $address } was sent { $max } tests in the last hour. Try again later.

# Of feeds
refusal-feed_address_wrong = That is not a web address. It should look like this: https://news.example/feed/
refusal-feed_address_unknown = { $typed } is not a web address. It should look like this: https://news.example/feed/
refusal-feed_list_unknown = Choose one of the lists.
refusal-feed_list_missing = Choose a list for the feed’s articles.
refusal-feed_list_retired = The list “{ $list }” is retired. Restore it first.
refusal-grace_wrong = The delay before sending must be a number of minutes from 0 to { $max }.
refusal-poll_interval_wrong = The time between checks must be from 1 to { $max } seconds.
refusal-feed_slow = The feed didn’t respond within { $secs } seconds. Try again, or check the site.
refusal-replay_days_wrong = The number of days must be from 1 to { $max }.
refusal-replay_mode_wrong = Choose what happens to articles: send, draft, digest or collect.
refusal-replay_cadence_wrong = Choose how often readers get mail: each, daily, weekly or monthly.
refusal-replay_cap_wrong = Enter the maximum number of articles a day.
refusal-replay_quiet_wrong = Enter two different hours from 0 to 23, like this: 22-6
refusal-feed_unreadable = The feed { $url } can’t be read: { $why }.
refusal-feed_retired = This feed is retired. Restore it first.
refusal-feed_not_polled = This feed is no longer checked. Restore it first.
refusal-feed_gone = This feed no longer exists.
refusal-feed_address_taken = Another feed, “{ $feed }”, already has this address: { $url }
refusal-feed_move_changed = The feed has changed since you last looked. Nothing was moved or sent. Check the articles again.
refusal-article_not_held = This article is no longer on hold.

# Of lists
refusal-schedule_offers_nothing = Offer readers at least one choice.
refusal-schedule_default_wrong = The default must be one of the choices offered to readers.
refusal-schedule_time_wrong = Hours must be from 0 to 23, and days of the month from 1 to 31.
refusal-campaign_on_hold = This campaign is on hold. Release it first.
refusal-no_digest = This campaign isn’t a digest.
refusal-digest_not_picked = The articles in this list’s digests aren’t ordered by hand. An admin can change that in the list’s schedule.
refusal-digest_article_gone = That article is no longer in this digest.
refusal-schedule_quiet_wrong = Quiet hours need different start and end times. Leave both empty for no quiet hours.
refusal-schedule_choice_wrong = Choose one of the options shown.
refusal-schedule_cap_wrong = The daily limit must be from 1 to { $max } articles. Leave it empty for no limit.
refusal-welcome_text_long = The text of a welcome email can have up to { $max } characters.
refusal-welcome_articles_wrong = Enter a number of articles from 0 to { $max }.
refusal-welcome_empty = Write some text, choose a number of articles, or turn off the welcome email.
refusal-list_name_wrong = A name must be a single line of 1 to { $max } characters. For example: World news
refusal-list_name_missing = A list needs a name. For example: All articles
refusal-list_description_long = A description can have up to { $max } characters.
refusal-list_sender_long = A sender name must be a single line of up to { $max } characters.
refusal-list_position_wrong = The position on the form must be a number from 0 to { $max }.
refusal-list_slug_missing = This name has no letters from a to z, so a short name can’t be made from it. Enter a short name. For example: world-news
refusal-list_slug_wrong = { $why }.
refusal-list_slug_taken = A list with the short name “{ $slug }” already exists.
refusal-list_changed = Someone changed this list while you were editing. Your version is below; the list’s page shows the current version.
refusal-list_gone = This list no longer exists.

# Of people and signing in
refusal-sign_in_wrong = Wrong email or password. Try again, or get a sign-in link by email.
refusal-passwords_busy = Many people are signing in right now. Try again in a few seconds.
refusal-sign_in_again = Sign in again.
refusal-code_wrong = That code is wrong or was already used. Enter the code the app shows now.
refusal-first_code_wrong = That code is wrong. Enter the code the app shows now, and check that your phone’s clock is right.
refusal-codes_unreadable = Codes can’t be checked: they were set up with a SECRET_KEY that this server no longer has. Sign in with a recovery code, or ask an admin to turn off two-factor sign-in for you.
refusal-codes_on_already = Two-factor sign-in is already on.
refusal-codes_off = Two-factor sign-in is off, so there are no recovery codes.
refusal-link_over = That link has expired or was already used. Get a new one by email.
refusal-password_short = That password is too short. Use at least { $min } characters: a few unrelated words will do.
refusal-password_long = That password is longer than { $max } bytes. Use a shorter one.
refusal-password_guessed = That password is easy to guess: it is common, or made of names, dates or neighbouring keys. Use a few unrelated words.
refusal-not_your_account = Only the account’s owner can change this. Sign in as the owner.
refusal-person_name_wrong = A name must be a single line of up to { $max } characters.
refusal-person_not_mailable = Mail can’t be sent to that address. Use a different one.
refusal-works_here_already = This person already has an account. To change their role, find them under Users.
refusal-invited_often = This person has been sent several links in the last hour. Ask them to check their spam folder.
refusal-person_gone = This account no longer exists.
refusal-last_admin = This is the only admin. Make someone else an admin first.
refusal-set_up_already = Setup is already done, and there is an account. Sign in, or ask an admin to invite you.

# Of subscribers
refusal-field_name_wrong = A field’s name must be a single line of 1 to { $max } characters.
refusal-field_key_wrong = A key can contain only a–z, 0–9 and _, must start with a letter, and can be at most 40 characters long.
refusal-field_key_taken = There is already a field with the key “{ $key }”. Enter a different key.
refusal-field_key_reserved = “{ $key }” already has a meaning in emails. Enter a different key.
refusal-field_kind_unknown = Choose a type.
refusal-too_many_fields = You can have up to { $max } fields. Delete one first.
refusal-field_gone = This field no longer exists.
refusal-field_key_unlike = That is not the field’s key. Type { $key } to delete the field.
refusal-name_long = A name must be a single line of up to { $max } characters.
refusal-tag_missing = Enter a tag. For example: founding reader
refusal-tag_long = A tag can have up to { $max } characters, and no commas.
refusal-too_many_tags = The limit is { $max } tags. Remove some.
refusal-consent_short = { $min ->
   *[other] Say how they agreed, in at least { $min } characters, so that you have proof if anyone asks. For example: filled in a card at the fair, 3 May
}
refusal-consent_long = That is too long. The limit is { $max } characters.
refusal-reader_address_wrong = { $why }
refusal-no_list_ticked = Choose at least one list. Without one, they won’t get any mail.
refusal-add_suppressed = { $reason } Lift the suppression first.
refusal-lists_suppressed = No list can be added: the address is suppressed. { $reason }
refusal-address_taken = Another subscriber has that address. Find that subscriber, and decide which of the two to keep.
refusal-address_suppressed = That address is suppressed. { $reason }
refusal-no_cadence = Choose how often they get mail.
refusal-cadence_unknown = Choose how often they get mail: every article, daily, weekly or monthly.
refusal-nobody_ticked = No subscribers are selected.
refusal-ticked_too_many = You selected more than one page of subscribers. To change more, use “All matches”.
refusal-bulk_list_gone = That list no longer exists.
refusal-change_gone = This change no longer exists.
refusal-change_taken_back = This change was already undone.
refusal-change_old = Changes can only be undone within 24 hours. Make the opposite change instead.
refusal-merge_nobody = No subscriber has that address.
refusal-merge_same = That is the same subscriber. Enter the other subscriber’s address.
refusal-merge_under_way = Mail to { $email } is being sent. Try again once it has been delivered.
refusal-merge_undone = This merge was already undone.
refusal-merge_not_last = First undo the merge of { $email } into this subscriber.
refusal-merge_address_used = { $email } now belongs to another subscriber, so this merge can’t be undone.
refusal-erase_address_wrong = That is not this subscriber’s address. Nothing was erased.

# Of settings
refusal-line_wrong = This must be a single line of up to { $max } characters.
refusal-web_address_wrong = “{ $typed }” is not a web address. It should look like this: https://harbour.example
refusal-postal_address_wrong = A postal address can have up to { $max } characters on up to { $lines } lines.
refusal-address_wrong = { $why }.
refusal-publication_name_missing = A publication needs a name. For example: Harbour News
refusal-time_zone_unknown = “{ $typed }” is not a time zone. It should look like this: Europe/London
refusal-language_unknown = “{ $typed }” is not a known language. Choose one from the list.
refusal-logo_not_https = Use an https address: our pages can’t show images from any other kind of address.
refusal-colour_wrong = That is not a colour. It should look like this: #1b4a78
refusal-sender_not_signed = Mail is signed for { $domain }. Use an address at that domain, or set DKIM_DOMAIN to this address’s domain.
refusal-uncertain_unknown = Choose one of the two options.
refusal-undo_wrong = Enter a whole number of seconds, from 0 to { $max }.
refusal-readers_wrong = Enter a whole number of subscribers, 1 or more, or leave it empty.
refusal-settings_changed = Someone changed these settings in the meantime. Reload the page.
refusal-relay_of_environment = The relay is set in the server’s configuration (SMTP_URL or CAPTURE_MAIL). Change it there.
refusal-relay_host_wrong = That is not a server name. It should look like this: smtp.example.com
refusal-relay_port_wrong = A port must be a number from 1 to 65535. It’s usually 587, sometimes 465 or 25.
refusal-relay_user_missing = Enter the user name that goes with this password.
refusal-relay_login_long = That user name or password is too long.
refusal-sender_missing = Set the From address first: the relay needs to know who the mail is from.
refusal-site_missing = Enter your site’s address. For example: https://harbour.example
refusal-site_unreadable = The site can’t be read: { $why }.

### Errors of the desk

desk-error-nothing-chosen = No action chosen
desk-error-nothing-chosen-lead = Go back and choose what to do with the selected subscribers.
desk-error-admins = Only admins can do this
desk-error-admins-suppress-lead = Ask an admin to suppress these subscribers.
desk-error-admins-undo-lead = Ask an admin to undo this change.
desk-error-admins-lead = Ask an admin to do this, or to make you an admin.
desk-error-nobody-selected = No subscribers selected
desk-error-nobody-selected-lead = Go back and select some subscribers.
desk-error-no-preview = The preview can’t be shown
desk-error-because = { $why }.
desk-error-changed = Someone else changed this in the meantime
desk-error-too-late = It’s too late for that
desk-error-not-now = You can’t do that now
desk-error-live-pages = Live updates are off
desk-error-live-pages-lead = Too many pages with live updates are open. This page was up to date when it loaded; reload it to see what’s new.
desk-error-no-part-lead = The form doesn’t say which settings it’s for. Open the page again.
desk-error-is-already = This campaign is already { $status }.
desk-error-no-campaign = This campaign no longer exists
desk-error-no-campaign-lead = It may have been deleted.
desk-error-no-user = This account doesn’t exist
desk-error-no-user-lead = This user may have been removed. If so, the audit log says when.
desk-error-role = Choose a role
desk-error-role-lead = There are two: editor and admin.
desk-error-unchanged-lead = Nothing was changed.
desk-error-signed-out = You are signed out
desk-error-signed-out-lead = Nothing was changed. Open another tab and sign in, then submit this form again.
desk-error-sign-in-lead = Sign in to continue.
desk-error-other-page = This form came from another site
desk-error-other-page-lead = The desk accepts only forms sent from its own pages. Open the form in the desk and try again.
desk-error-https = The desk needs https
desk-error-https-lead = Without https, anyone on the network could steal your session. Put a proxy with a certificate in front of Postrider and set BASE_URL=https://…, or open the desk on the server itself.
desk-error-mailbox = The captured mail can’t be read
desk-error-mailbox-lead = Check that the “outbox” folder next to the database can be read.
desk-error-own-address = We can’t send mail to your address
desk-error-no-application = Postrider didn’t start properly. Restart it.

### Mails to users

mail-password-heading = Set your password
mail-password-lead = You now have an account with { $publication }. Set a password to sign in.
mail-password-button = Set password
mail-sign-in-heading = Sign in
mail-sign-in-lead = Click the button to sign in to { $publication }.
mail-sign-in-button = Sign in
mail-sign-in-expires = The link works once, and only until { $time }. Didn’t ask for it? You can ignore this email: nobody can sign in without the link.
mail-password-changed = Your password was changed
mail-password-changed-lead = From now on, sign in with the new password. All other browsers were signed out.
mail-two-factor-on = Two-factor sign-in is on
mail-two-factor-on-lead = From now on, you also need a code from an app on your phone to sign in.
mail-two-factor-off = Two-factor sign-in is off
mail-two-factor-off-lead = From now on, you can sign in without a code from your phone.
mail-recovery-codes = You have new recovery codes
mail-recovery-codes-lead = Your old recovery codes no longer work.
mail-account-reset = Your account was reset
mail-account-reset-lead = Your password was removed, two-factor sign-in was turned off, and all browsers were signed out. The person who did this has a link you can use to set a new password.
mail-changed-when = When: { $time }
mail-changed-from = From: { $browser }, { $ip }
mail-changed-from-unknown = From: an unknown browser, { $ip }
mail-changed-by = By: { $who }
mail-changed-by-command = By: a command on the server
mail-changed-fine = If this was you, or you know about it, you don’t need to do anything.
mail-changed-advice = If it wasn’t you, someone else may be able to sign in as you. Tell an admin now: they can sign you out everywhere under Settings → Users. The person who runs the server can recover your account with the command “postrider user reset”.
mail-account-reason = You’re receiving this because { $address } has an account at { $url }/admin.

### Mails to admins

alert-campaign-paused = A campaign is paused
alert-campaign-paused-lead = “{ $name }” has stopped. Nobody else will get it until it is resumed.
alert-campaign-paused-advice = Check the campaign, fix the cause, then resume it:
alert-relay-refuses = The relay is refusing our mail
alert-relay-refuses-lead = No mail is being sent. Waiting mail is kept, and will be sent once the relay accepts mail again.
alert-relay-refuses-advice = Check the relay’s log, SMTP_URL and MAIL_FROM, then run:
alert-recipients-refused = The relay is refusing recipients
alert-recipients-refused-lead = The relay accepts our connection, but has refused recipients at several domains in a row without accepting any. Mail to them is kept and will be tried again. Any campaign whose recipients the relay refuses will be paused.
alert-recipients-refused-advice = Check the relay’s log, and whether the relay requires you to sign in (SMTP_URL, or SMTP_USER and SMTP_PASSWORD). Then check that the connection works, and resume paused campaigns:
alert-late = Late campaigns are on hold
alert-late-lead = Campaigns that were due have not been sent, and won’t be sent until you release them.
alert-late-advice = Review the campaigns on hold and release or cancel each one, at /admin/held or on the command line:
alert-restored = The database was restored: campaigns are on hold
alert-restored-lead = Campaigns that were due or being sent may already have been sent, so they will stay on hold until you release them.
alert-restored-advice = Review the campaigns on hold. Then confirm that this is the real database, and release or cancel each campaign, at /admin/held or on the command line:
alert-feed-brake = A feed’s new articles are on hold
alert-feed-brake-lead = “{ $name }” had more new articles at once than usual. None of them will be sent until an editor releases them.
alert-feed-brake-advice = Release or skip them, at /admin/held or on the command line. If these are old articles at new addresses, use “feed move” to match them with the ones already sent:
alert-feed-dead = A feed is gone
alert-feed-dead-lead = “{ $name }” is no longer being checked, and its new articles won’t be sent.
alert-feed-dead-advice = If the feed should still exist, fix it on the site, then check it again. If it has moved, move it on its page in the desk, or with “feed move”:
mail-alert-why = <strong>Why:</strong> { $why }
mail-alert-why-text = Why: { $why }
mail-alert-time = Time: { $time }. We won’t email you about this again for at least an hour.
mail-alert-reason = You’re receiving this because you work on { $publication }, at { $url }.

mail-trial-subject = Test email from { $publication }
mail-trial-preheader = Sent the same way as all mail to your readers.
mail-trial-heading = Your mail is getting through
mail-trial-lead = This was sent on { $time }, the same way as all mail from { $publication }.
mail-trial-from = From: { $address }
mail-trial-reply-to = Reply-to: { $address }
mail-trial-back = Back to the desk
mail-trial-advice = Is it in your inbox, and not in spam? Then your mail should reach readers’ inboxes too. If it isn’t, add the relay to your domain’s SPF record in DNS, sign your mail (DKIM), and run <code>postrider doctor</code>.
mail-trial-advice-text = Is it in your inbox, and not in spam? Then your mail should reach readers’ inboxes too. If it isn’t, add the relay to your domain’s SPF record in DNS, sign your mail (DKIM), and run: postrider doctor
mail-test-note = This is a test of a campaign for { $list }. Nobody else got it.
mail-test-welcome-note = This is a test of a welcome email. Nobody else got it.
mail-test-subject = [Test] { $subject }
mail-test-banner = { $note }

### The setup’s relay

setup-relay-title = Setup: relay
setup-relay-heading = How is mail sent?
setup-relay-lead = Postrider hands mail to a relay: your email provider’s SMTP server. The password is stored encrypted.
setup-relay-environment = Mail is sent through { $hosts }, as set in the server’s configuration.
setup-relay-captured = Mail is captured on this server and not sent, because CAPTURE_MAIL is true in its configuration. To send mail, remove that setting, then set up a relay here.
setup-relay-unreadable = The saved relay can’t be decrypted with any key in SECRET_KEY. Enter its details again.
setup-relay-host = SMTP server
setup-relay-host-hint = For example: smtp.example.com
setup-relay-port = Port
setup-relay-port-hint = Usually 587. With 465, the connection is encrypted from the start.
setup-relay-user = User name
setup-relay-password = Password
setup-relay-password-hint = Leave empty to keep the current password.
setup-relay-submit = Send a test and save
setup-relay-sending = Sending…
setup-relay-later = Skip for now and capture mail
setup-relay-accepted = { $host } accepted a test email to { $address }. It replied:
setup-relay-accepted-note = Check that the test email is in your inbox, and not in spam.
setup-relay-refused = { $host } didn’t accept the test email to { $address }. Nothing was saved. It replied:
setup-relay-saved = Mail is now sent through { $host }.
setup-done-captured = Until a relay is set up, mail is captured on this server, not sent. <a href="{ $url }">Set up a relay</a>
setup-step-relay = Relay
setup-missing-relay = A relay that accepts our mail
