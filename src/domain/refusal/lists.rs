//! What is refused of lists: their fields, and what became of them meanwhile.

super::codes! {
    LIST_NAME_WRONG "list_name_wrong": Invalid,
        "A name has 1 to {max} characters, on one line. Like this: World news";
    LIST_NAME_MISSING "list_name_missing": Invalid, "A list needs a name. Like this: All articles";
    LIST_DESCRIPTION_LONG "list_description_long": Invalid, "A description has at most {max} characters.";
    LIST_SENDER_LONG "list_sender_long": Invalid, "A sender’s name has at most {max} characters, on one line.";
    LIST_POSITION_WRONG "list_position_wrong": Invalid, "A place on the form is a number from 0 to {max}.";
    LIST_SLUG_MISSING "list_slug_missing": Invalid,
        "This name has no letter from a to z. Type a short name. Like this: world-news";
    LIST_SLUG_WRONG "list_slug_wrong": Invalid, "{why}.";
    LIST_SLUG_TAKEN "list_slug_taken": Invalid, "There is a list “{slug}” already.";
    LIST_CHANGED "list_changed": Conflict,
        "It was changed while you wrote. Below is what you typed; the page of the list shows what it is now.";
    LIST_GONE "list_gone": NotFound, "There is no such list any more.";
}
