# Segments: saved questions about subscribers, and the form that builds them. In English alone.

segment-page = Segments
segment-segment = Segment
segment-clear = Clear the segment filter
segment-filter = segment “{ $value }”
segment-gone = That segment no longer exists. Choose another.
segment-unreadable = This segment can’t be read: it may come from a newer version of Postrider. Rebuild it, then save.
segment-new = New segment
segment-add = New segment
segment-none-yet = No segments yet
segment-none-yet-lead = A segment is a saved search of your subscribers, such as “Active on World news, tagged founding reader”. Use it for a campaign, a bulk change or an export.
segment-conditions = Conditions
segment-conditions-count = { $count ->
    [one] 1 condition
   *[other] { $count } conditions
}
segment-changed = Changed
segment-open = See subscribers

### The form, as a sentence

segment-who-match = Subscribers who match
segment-all = all
segment-any = any
segment-none = none
segment-of-groups = of these groups:
segment-match = Match
segment-of-conditions = of these conditions:
segment-group = Group { $number }
segment-condition = Condition { $number }: { $what }
segment-verb = How { $what } is compared
segment-value = Value for { $what }
segment-another = Add
segment-add-condition = Add condition
segment-add-group = Add group
segment-remove = Remove
segment-remove-group = Remove group
segment-show = Show matches
segment-name = Name of the segment
segment-save = Save segment
segment-not-counted = Fill in every condition to see who matches
segment-first = The newest matching subscribers
segment-more = Only the newest are shown. Save the segment to see everyone.

# What a condition is about
segment-what-subscription = Subscription
segment-what-tag = Tag
segment-what-joined = Joined on a date
segment-what-within = How long ago they joined
segment-what-source = How they joined
segment-what-domain = Email domain
segment-what-word = Email or name
segment-what-got = A campaign
segment-what-last = The last campaigns
segment-what-field = Field: { $field }
segment-what-gone = A field that no longer exists

# How it is compared
segment-has-subscription = they have one
segment-has-no-subscription = they have none
segment-has-tag = is
segment-has-no-tag = is not
segment-before = before
segment-after = after
segment-since = on or after
segment-within = in the last
segment-not-within = not in the last
segment-came-by = via
segment-did-not-come-by = not via
segment-is = is
segment-is-not = is not
segment-begins = begins with
segment-begins-not = doesn’t begin with
segment-got = was sent to them
segment-got-not = was not sent to them
segment-got-one-of = got at least one of the last
segment-got-none-of = got none of the last
segment-less = is less than
segment-greater = is greater than
segment-set = has a value
segment-unset = has no value
segment-yes = is yes
segment-no = is no

segment-any-list = to any list
segment-any-status = any status
segment-any-cadence = any frequency
segment-source-form = a sign-up form
segment-source-import = an import
segment-source-desk = an editor or admin
segment-choose-campaign = Choose a campaign
segment-days = days
segment-campaigns = campaigns

# What is wrong
segment-incomplete = A condition is incomplete. Correct it, then save again.
segment-value-missing = Enter a value.
segment-tag-wrong = Enter one tag: up to 50 characters, without a comma.
segment-one-word = Enter one word: the beginning of an email, a domain or a name.
segment-domain-wrong = Enter a domain, like example.org
segment-number-range = Enter a whole number from 1 to { $max }.
segment-number-wrong = Enter a number, like 12 or 3.5
segment-campaign-missing = Choose a campaign that was sent.
segment-field-gone = That field no longer exists. Remove the condition.

### What uses it

segment-uses = Campaigns that use this segment
segment-no-uses = None.
segment-use-draft = Draft
segment-delete = Delete segment
segment-delete-note = Campaigns already scheduled or sent keep their recipients.
segment-delete-not = A draft uses this segment. Choose other recipients for the draft first, then delete the segment.
segment-deleted = Deleted segment: { $segment }

### Campaigns

segment-recipients = Recipients
segment-everyone = Everyone on the list
segment-kept = { $segment } (since deleted)
segment-readers-fewer = fewer than { $readers ->
    [one] 1 reader
   *[other] { $readers } readers
}
segment-campaign-is-for = Segment: { $segment }
subscriber-matches-fewer-than = Fewer than { $count ->
    [one] 1 match
   *[other] { $count } matches
}

### The search

desk-find-segments-lead = Saved searches of your subscribers, for campaigns, bulk changes and exports
desk-find-segments-words = segments, segmentation, audience, audiences, saved filter, filters, groups, targeting

### The audit log and refusals

audit-kind-segment = Segment
audit-field-segment = segment
audit-field-conditions = conditions
refusal-segment_name_missing = Enter a name for the segment.
refusal-segment_name_long = That name is too long. Use { $max } characters or fewer, on one line.
refusal-segment_name_taken = There is already a segment called “{ $name }”. Choose another name.
refusal-segment_limits = A segment can have up to 10 groups, each of up to 10 conditions. Remove some.
refusal-segments_many = There are { $max } segments already. Delete one first.
refusal-segment_gone = That segment no longer exists.
refusal-segment_chosen_gone = That segment no longer exists. Choose other recipients.
refusal-segment_in_draft = The draft “{ $subject }” uses this segment. Choose other recipients for the draft first.
