//! What those who work at the desk are refused for: at the door, on their accounts, in the list of them.

super::codes! {
    /// The same for a wrong password, an address without an account and an account without a password.
    SIGN_IN_WRONG "sign_in_wrong": Invalid,
        "That address and password don't belong together. Try again, or have a link mailed to you.";
    PASSWORDS_BUSY "passwords_busy": TooSoon,
        "Many people are signing in at this moment. Try again in a few seconds.";
    SIGN_IN_AGAIN "sign_in_again": Invalid, "Sign in once more.";
    CODE_WRONG "code_wrong": Invalid,
        "That code does not fit, or was used. Take the one that the app shows now.";
    FIRST_CODE_WRONG "first_code_wrong": Invalid,
        "That code does not fit. Take the one that the app shows now, and check the phone's clock.";
    CODES_UNREADABLE "codes_unreadable": Invalid,
        "Codes can't be checked: they were set up under a SECRET_KEY that this server no longer has. Sign in with a \
         recovery code, or ask an admin to turn two-factor sign-in off for you.";
    CODES_ON_ALREADY "codes_on_already": Invalid, "Two-factor sign-in is on already.";
    CODES_OFF "codes_off": Invalid, "Two-factor sign-in is off, so there are no recovery codes.";
    LINK_OVER "link_over": Invalid, "That link was used, or has expired. Have another mailed to you.";
    PASSWORD_SHORT "password_short": Invalid,
        "That is short. Take at least {min} characters: a few words in a row will do.";
    PASSWORD_LONG "password_long": Invalid, "That is longer than {max} bytes. Take a shorter one.";
    PASSWORD_GUESSED "password_guessed": Invalid,
        "That is easy to guess: it is common, or made of names, dates or keys in a row. Take a few words that don't \
         belong together.";
    NOT_YOUR_ACCOUNT "not_your_account": Forbidden,
        "Only whoever an account belongs to changes this. Sign in as them.";
    PERSON_NAME_WRONG "person_name_wrong": Invalid, "A name has at most {max} characters, on one line.";
    PERSON_NOT_MAILABLE "person_not_mailable": Invalid, "That address can't be mailed.";
    WORKS_HERE_ALREADY "works_here_already": Invalid, "They work here already. Their role is set in the list.";
    INVITED_OFTEN "invited_often": Invalid,
        "They were mailed several links within the hour. Look with them among their spam first.";
    PERSON_GONE "person_gone": Invalid, "They are gone already.";
    LAST_ADMIN "last_admin": Invalid, "They are the only admin. Make somebody else an admin first.";
    SET_UP_ALREADY "set_up_already": Invalid,
        "Somebody works here already. Sign in, or have an admin invite you.";
}
