# What reading a file of people says: which service exported it, why it can’t be read, why a row is rejected or waits.

### Sources
import-source-plain = CSV file
import-source-postrider = Postrider
import-source-wordpress = WordPress.com
import-source-mailchimp = Mailchimp
import-source-substack = Substack
import-source-substack-dashboard = Substack dashboard
import-source-ghost = Ghost
import-source-mailpoet = MailPoet
import-source-buttondown = Buttondown
import-source-listmonk = listmonk
import-source-listmonk-import = listmonk import file
import-source-kit = Kit
import-source-beehiiv = beehiiv
import-source-brevo = Brevo
import-source-mailerlite = MailerLite
import-source-campaign-monitor = Campaign Monitor
import-source-activecampaign = ActiveCampaign
import-source-revue = Revue
import-source-mailtrain = Mailtrain
import-source-phplist = phpList
import-source-keila = Keila
import-source-mailman = Mailman
import-source-google-contacts = Google Contacts
import-source-outlook = Outlook

### Files that can’t be read
import-open-empty = This file is empty.
import-open-spreadsheet = This is a spreadsheet. Open it, save it as CSV and import that.
import-open-packed = This type of compressed file can’t be imported. Unpack it and import the CSV file in it, or import a ZIP file instead.
import-open-no-text = This is not a CSV file. Export the list as CSV and import that.
import-open-broken-archive = This ZIP file is damaged or incomplete. Download it again, or unpack it and import the CSV files in it.
import-open-bomb = This ZIP file expands to far more data than it should. Unpack it and import the CSV files in it.
import-open-everything = This is a full export from Postrider. Import it on the server, into a new, empty Postrider: postrider import --all FILE
import-open-encrypted = This ZIP file is password-protected. Unpack it and import the CSV files in it.
import-open-entries = This ZIP file contains too many files. Up to { $max } are allowed. Import the CSV files in it one by one.
import-open-no-people = This ZIP file contains no CSV file. Unpack it and look for the list.
import-open-columns = This file has too many columns. Up to { $max } are allowed.
import-open-unreadable = This file can’t be read: { $error }

### Rows that can’t be taken
import-row-too-long = This row is too long. Look for a missing quotation mark or line break.
import-row-garbled = This row has characters that can’t be read. Save the file as “CSV UTF-8”.
import-row-cells = This row has { $cells } cells, but the file has { $columns } columns. Look for a missing or extra delimiter or quotation mark.
import-row-no-address = This row has no email address.
import-row-only-hash = This row has no email address, only its hash. The address was deleted.
import-row-second-address = This is a second address for the same contact. Only the first is imported.
import-row-deletion-request = This person asked for their data to be deleted.
import-row-never-opted-in = This contact never subscribed.
import-row-sms-only = This contact only receives text messages.
import-row-other-list = This person is on the list “{ $list }”, not on the one you chose.

### Rows that wait for an answer
import-row-status-unknown = “{ $value }” in the column “{ $column }” is not a status that this source is known to use. Correct it, for example to active or unsubscribed.
import-row-status-empty = The column “{ $column }” is empty, so it isn’t clear whether this person still gets mail.
import-row-maybe-left = The column “{ $column }” says “{ $value }”. Choose what that column means, or correct the row.
import-row-left-but-active = This person is marked as subscribed, but also has a later unsubscribe date.
import-row-date = “{ $value }” in the column “{ $column }” could mean two different dates. Choose whether the day or the month comes first.
import-row-columns = A column seems to say who has unsubscribed, but its name isn’t recognized. Choose what each column means.
import-row-no-status-column = This file has no column that says who has unsubscribed. Export it again with the status, or confirm that everyone in it still gets mail.
import-left-out = { $count ->
    [one] 1 value in “{ $column }” can’t be stored and will be left out: it is too long, or not what the column is for. It is on line { $line }.
   *[other] { $count } values in “{ $column }” can’t be stored and will be left out: they are too long, or not what the column is for. The first is on line { $line }.
 }
import-row-own-table = This file is part of a full export from Postrider, and another part says who has unsubscribed. Import the full export into a new, empty Postrider: postrider import --all FILE
import-row-plain = This file doesn’t say who has unsubscribed. Say whether everyone in it still gets mail.
import-row-wordpress = WordPress.com exports addresses only, including those of people who turned email off, never confirmed or were blocked. Say whether everyone in this file still gets mail.
import-row-mailman = A Mailman list also contains members whose mail has been stopped. Say whether everyone in this file still gets mail.
import-row-mailchimp = Mailchimp’s file name says who is in it, and this file was renamed. Say whether everyone in it still gets mail, or import the original ZIP file.
import-row-mailerlite = MailerLite exports people with one status at a time and doesn’t say which. Say whether everyone in this file still gets mail.
import-row-brevo = This Brevo file doesn’t say who is blocklisted. Export it again with the EMAIL_BLACKLISTED column, or confirm that everyone in it still gets mail.
import-row-revue = Revue’s file doesn’t say who has unsubscribed. Say whether everyone in it still gets mail.
import-row-listmonk = listmonk doesn’t export who has unsubscribed from a list. Export the list with the filter “confirmed”, then confirm that everyone in the file still gets mail.
import-row-listmonk-import = A listmonk import file has no status. Say whether everyone in it still gets mail.
import-row-substack-dashboard = Substack’s dashboard doesn’t export who has turned email off. Import the ZIP file from Settings › Exports, or confirm that everyone in this file still gets mail.
import-row-address-book = An address book doesn’t show who wants your newsletter. Keep only the people who signed up for it, then confirm that they still get mail.
import-row-cancel-date = This person cancelled a paid subscription on { $value } (column “{ $column }”). The file doesn’t say whether they still get mail.
import-row-paid-ended = This person’s paid subscription is “{ $value }” (column “{ $column }”). The file doesn’t say whether they still get mail.
import-row-disabled = This person is marked “{ $value }” (column “{ $column }”). The file doesn’t say why.
import-row-dormant = MailPoet had stopped sending to this person, who is marked “{ $value }” (column “{ $column }”). Say whether people like this still get mail.
import-row-on-no-list = This person isn’t on any list.
import-row-lists-disagree = This person left the list “{ $left }” but is still on “{ $on }”. Choose the list you are importing.
import-question-email = No column with email addresses was found. Choose which column contains them.
import-question-dates = Dates in this file could be read in two ways. Choose whether the day or the month comes first.

# What becomes of an import
suppression-by-import = imported from { $file }
import-consent-not-stated = Imported from { $file }. How they agreed was not stated.
import-consent-stated = Imported from { $file }: { $consent }
import-broken-off = The file could not be read all the way to the end
import-column-unknown = “{ $column }” is not a valid column type. Use email, name, tags, status, ignored or field:KEY, one for each column.
import-file-refused = { $file }: { $why }
import-no-room = Standard input could not be saved to a temporary file
import-resumed = { $rows ->
    [one] Resuming an earlier import of this file: { $rows } row was already processed.
   *[other] Resuming an earlier import of this file: { $rows } rows were already processed.
}
import-recognised = { $file }: { $source }, { $charset }
import-shown = { $rows ->
    [one] { $rows } row read, { $speed } a second
   *[other] { $rows } rows read, { $speed } a second
}
import-undone-command = The import of { $file } was undone.
import-stopped-elsewhere = The import was stopped, or another process is working on it.
import-held-command = { $count ->
    [one] { $count } row was not imported: { $why }
   *[other] { $count } rows were not imported: { $why }
}
import-result = { $added } added to { $list }, { $changed } changed, { $unchanged } not changed (already there, unsubscribed or suppressed), { $refused } rejected.
import-would-result = { $added } would be added to { $list }, { $changed } changed, { $unchanged } not changed (already there, unsubscribed or suppressed), { $refused } rejected. Nothing was stored.
import-example-added = Would be added, for example: { $people }
import-example-changed = Would be changed, for example: { $people }
import-example-unchanged = Not changed, for example: { $people }
import-undo-command = To undo this import: postrider import --undo { $id }
import-refused-line = { $file }, line { $line }: { $why }
import-refused-more = { $count ->
    [one] … and { $count } more row
   *[other] … and { $count } more rows
}
refusal-import_started = This import has already started.
refusal-import_ended = This import has already ended.
refusal-everything_not_empty = This Postrider is not empty. A full export can only be imported into a new one, before it has subscribers, campaigns, feeds connected to lists, fields or segments.
refusal-import_not_done = This import has not finished, or has already been undone.
audit-did-import-cancelled = import cancelled
audit-did-import-undone = import undone
audit-did-import-asked = pending subscribers asked to confirm
import-row-of-list = This row is for the list “{ $list }”. Import the file into that list too.

# The desk's pages
import-page = Import subscribers
import-crumb = Import
import-lead = Upload a CSV file, or the ZIP file exported from another newsletter service. The file is checked first, so that you can see what would change before anything is stored.
import-file = File
import-file-hint = Up to 32 MB. For a larger file, run: postrider import FILE --list SLUG
import-check-button = Check file
import-uploading = Uploading…
import-earlier = Earlier imports
import-unnamed-file = Unnamed file
import-facts = { $lines ->
    [one] { $lines } row, { $who }, { $time }
   *[other] { $lines } rows, { $who }, { $time }
}
import-running = In progress
import-state-checking = Checking
import-state-checked = Ready to import
import-state-cancelled = Cancelled
import-state-failed = Failed
import-state-undoing = Undoing
import-state-undone = Undone
import-phase-uploading = Uploading…
import-phase-checking = Checking the file…
import-phase-checked = Ready to import to { $list }
import-phase-running = Importing to { $list }…
import-phase-done = { $count } added to { $list }
import-phase-cancelled = Import cancelled
import-phase-failed = This file can’t be imported
import-phase-undoing = Undoing the import…
import-phase-undone = Import undone
import-rows-of = { $rows ->
    [one] { $done } of { $rows } row
   *[other] { $done } of { $rows } rows
}
import-speed = { $speed } a second
import-left-secs = { $count ->
    [one] { $count } second left
   *[other] { $count } seconds left
}
import-left-mins = { $count ->
    [one] about { $count } minute left
   *[other] about { $count } minutes left
}
import-source = Recognized as
import-assumed = (assumed)
import-would-add = Would be added
import-would-change = Would be changed
import-added = Added
import-changed = Changed
import-unchanged = Not changed
import-held = Waiting for your answer
import-refused = Rejected
import-pending = Awaiting confirmation
import-consent = Consent
import-cancel = Cancel import
import-continues = The import continues in the background, even if you leave this page.
import-to-subscribers = Go to subscribers
import-another = Import another file
import-asking = Asking pending subscribers to confirm: { $done } of { $count }
import-pending-lead = They haven’t confirmed yet, and no email has been sent to them.
import-ask = { $count ->
    [one] Ask { $count } subscriber to confirm
   *[other] Ask { $count } subscribers to confirm
}
import-ask-each = Ask each of them to confirm by email
import-status = People with no status in the file
import-status-file = Don’t import them
import-status-active = They agreed and still get email
import-status-unsubscribed = They have unsubscribed
import-status-hint = Anyone marked as unsubscribed, bounced or complained in the file keeps that status, whatever you choose here.
import-dates = Dates like 03/04/2026
import-dates-unknown = Not known
import-dates-day = Day first (3 April)
import-dates-month = Month first (March 4)
import-chosen-list = MailPoet list to import
import-columns = Columns
import-columns-lead = Correct any columns that were recognized wrongly, then check again.
import-column = Column
import-column-means = Meaning
import-column-rows = First rows
import-role-ignored = Not imported
import-role-recognised = As recognized
import-role-email = Email address
import-role-name = Name
import-role-first-name = First name
import-role-last-name = Last name
import-role-status = Status
import-role-tags = Tags
import-role-joined = Date they joined
import-role-left = Date they left
import-role-often = How often
import-role-language = Language
import-role-consent-at = Date they signed up
import-role-consent-ip = IP address they signed up from
import-role-confirmed-at = Date they confirmed
import-role-confirmed-ip = IP address they confirmed from
import-role-list = List
import-how-agreed-hint = At least { $min } characters. This is kept with each record as proof of consent. For example: subscribers of our WordPress newsletter, which moved here
import-start = { $count ->
    [one] Import { $count } row
   *[other] Import { $count } rows
}
import-check-again = Check again
import-undo-title = Undo this import
import-undo-lead = Everything this import changed goes back to what it was. Later changes made by readers, bounces or editors are kept, and nobody who has been sent an email is deleted.
import-undo = Undo import
import-refused-rows = Rejected rows
import-download = Download rejected rows as CSV
import-refused-first = Showing the first { $shown } of { $refused }.
import-uploaded = Uploaded. The file is being checked.
import-said-started = Import started.
import-said-checking = The file is being checked again.
import-said-checking-changes = Your changes are being checked. You can import the file once the check is finished.
import-said-cancelled = Cancelled.
import-said-undoing = The import is being undone.
import-said-asking = Subscribers are being asked to confirm.
import-no-file = Choose a file that isn’t empty.
import-no-list = Choose a list.
import-form-lead = Upload a file with the form on this page (multipart/form-data).
import-failed-lead = Import the file again. Subscribers who were already imported won’t change.
import-nul = This row contains a NUL character, which can’t be stored. Save the file as “CSV UTF-8”.
