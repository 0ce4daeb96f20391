# The desk: consent, what is kept and for how long, and asking readers whether they still want a list.

## Branding

settings-icon = Icon
settings-icon-hint = The https address of a square image for browser tabs. Left empty, it is made from the name and the colour.
audit-field-icon = icon

## Receipt of a subscriber's consent

receipt-button = Download consent receipt
receipt-title = Consent receipt: { $publication }
receipt-address = Address: { $address }
receipt-made = Made at: { $time }
receipt-joined = Known since: { $time }
receipt-list = List: { $list }
receipt-asked = Asked for: { $time }, { $form }, from { $ip }
receipt-confirmed = Confirmed: { $time }, from { $ip }
receipt-not-confirmed = Not confirmed
receipt-ip-unknown = an address that isn’t kept
receipt-wording = Agreed to: { $wording }
receipt-words = Agreed to these words (version { $version }):
receipt-no-consent = No consent is on record.
receipt-now = Subscriptions now
receipt-stands = { $list }: { $status } since { $time }
consent-form-permission = asked again by email

## Retention

retention-title = What is kept, and how long
retention-lead = Older data is deleted automatically, and can’t be restored. Leave a field empty to keep everything.
retention-pending = Days to keep unconfirmed sign-ups
retention-pending-hint = Sign-ups that nobody confirmed are deleted, with the address. At least 4 days.
retention-ips = Days to keep IP addresses
retention-ips-hint = Counted from the sign-up. The rest of the consent is kept.
retention-events = Days to keep reader history
retention-events-hint = The timeline of each reader, and the reasons given for unsubscribing. Consents, subscriptions and deliveries are kept.
retention-save = Save retention
refusal-keep_days_wrong = Type a number of days from { $min } to { $max }, or leave it empty.
audit-field-keep-pending = days to keep unconfirmed sign-ups
audit-field-keep-ips = days to keep IP addresses
audit-field-keep-events = days to keep reader history

## Erased

suppression-means-erased = This person had their data erased. They can sign up again themselves.
audit-did-address = address changed by reader

## Asking whether readers still want a list

permission-button = Ask readers again
permission-title = Ask readers of { $list } again
permission-lead = Readers who never confirmed here, such as those of an old import, get one email with a button. Anyone who hasn’t clicked it by the last day is unsubscribed.
permission-joined-before = Readers who joined before
permission-joined-before-hint = Only active readers who joined before this day and never confirmed here are asked.
permission-days = Days to answer
permission-days-hint = From { $min } to { $max } days.
permission-look = See who would be asked first
permission-would = What would happen
permission-would-exactly = { $readers ->
    [one] { $readers } reader would get the email. If they haven’t clicked the button by { $day }, they are unsubscribed.
   *[other] { $readers } readers would get the email. Those who haven’t clicked the button by { $day } are unsubscribed.
}
permission-would-at-least = At least { $readers } readers would get the email; the list is too long to count them all here. Those who haven’t clicked the button by { $day } are unsubscribed.
permission-nobody = Nobody: every active reader who joined before that day has confirmed here.
permission-begin = Send the emails
permission-begun = Sending the emails
permission-open = { $asked ->
    [one] { $asked } reader asked, { $kept } kept. The rest are unsubscribed on { $day }.
   *[other] { $asked } readers asked, { $kept } kept. The rest are unsubscribed on { $day }.
}
permission-cancel = Cancel request
permission-cancelled = Request cancelled. Nobody is unsubscribed.
permission-requests = Requests
permission-column-day = Started
permission-column-state = State
permission-column-asked = Asked
permission-column-kept = Kept
permission-column-ended = Unsubscribed
permission-status-asking = Sending
permission-status-waiting = Waiting for answers
permission-status-ending = Unsubscribing
permission-status-done = Done
permission-status-cancelled = Cancelled
permission-preview-hint = The email, as readers get it.
permission-preview-frame = Preview of the email
refusal-permission_day_wrong = Choose a day that isn’t in the future.
refusal-permission_days_wrong = Type a number of days from { $min } to { $max }.
refusal-permission_under_way = Readers of this list are already being asked.
refusal-permission_over = This request is already over.
audit-did-permission = readers asked again
audit-did-permission-cancelled = request to readers cancelled
audit-field-joined-before = joined before
audit-field-until = until

## Why people left

leaving-title = Why people unsubscribed
leaving-days = In the last { $days } days

## Notices in a subscriber's timeline

event-notice-manage-link = Link to change address or data
event-notice-new-address = New address: asked to confirm
event-notice-address-changed = Told that the address changed
event-notice-permission = Asked whether they still want a list

## Jobs

job-archive = Archive search
job-permission = Asking readers again
job-retention = Deleting old data
