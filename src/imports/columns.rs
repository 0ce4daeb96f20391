//! What a column holds: by its name in a source's files, by its name in the languages of the sources, or by hand.

use super::cells::TagForm;
use super::sources::Source;
use super::statuses::Vocabulary;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ColumnRole {
    Email,
    /// Further addresses of the same person.
    OtherEmail,
    Name,
    FirstName,
    MiddleName,
    LastName,
    /// Whether this person gets mail; several columns may say so.
    Status,
    Joined,
    Left,
    Tags,
    Cadence,
    ConsentAt,
    ConsentIp,
    ConfirmedAt,
    ConfirmedIp,
    Language,
    List,
    Id,
    /// Kept under this name.
    Field(String),
    Ignored,
}

impl ColumnRole {
    /// As a form's value: `field:NAME` for a field.
    pub fn value(&self) -> String {
        match self {
            ColumnRole::Field(name) => format!("field:{name}"),
            role => NAMED.iter().find(|(known, _)| known == role).map_or("", |(_, value)| value).to_owned(),
        }
    }

    /// Parses a form's value.
    pub fn parse(value: &str) -> Option<ColumnRole> {
        match value.strip_prefix("field:") {
            Some(name) if !name.is_empty() => Some(ColumnRole::Field(name.to_owned())),
            _ => NAMED.iter().find(|(_, known)| *known == value).map(|(role, _)| role.clone()),
        }
    }
}

/// Every role that is no field, with its value.
const NAMED: [(ColumnRole, &str); 19] = [
    (ColumnRole::Email, "email"),
    (ColumnRole::OtherEmail, "other_email"),
    (ColumnRole::Name, "name"),
    (ColumnRole::FirstName, "first_name"),
    (ColumnRole::MiddleName, "middle_name"),
    (ColumnRole::LastName, "last_name"),
    (ColumnRole::Status, "status"),
    (ColumnRole::Joined, "joined"),
    (ColumnRole::Left, "left"),
    (ColumnRole::Tags, "tags"),
    (ColumnRole::Cadence, "cadence"),
    (ColumnRole::ConsentAt, "consent_at"),
    (ColumnRole::ConsentIp, "consent_ip"),
    (ColumnRole::ConfirmedAt, "confirmed_at"),
    (ColumnRole::ConfirmedIp, "confirmed_ip"),
    (ColumnRole::Language, "language"),
    (ColumnRole::List, "list"),
    (ColumnRole::Id, "id"),
    (ColumnRole::Ignored, "ignored"),
];

/// A column's name as a source's is compared: in lower case, without a mark or spaces around.
pub(super) fn compared(header: &str) -> String {
    header.trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}').to_lowercase()
}

/// The letters and digits of a compared name.
fn squeezed(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a column of a source holds, by its compared name; `None` where nobody knows.
pub(super) fn role(source: Source, name: &str) -> Option<ColumnRole> {
    of_source(source, name).or_else(|| common(name))
}

fn of_source(source: Source, name: &str) -> Option<ColumnRole> {
    use ColumnRole as C;
    let role = match (source, name) {
        (Source::Mailchimp, "optin_time") => C::ConsentAt,
        (Source::Mailchimp, "optin_ip") => C::ConsentIp,
        (Source::Mailchimp, "confirm_time") => C::ConfirmedAt,
        (Source::Mailchimp, "confirm_ip") => C::ConfirmedIp,
        (Source::Mailchimp, "unsub_time" | "clean_time") => C::Left,
        (Source::Mailchimp, name) if common(name).is_none() && asks_for(name, &FIRST_NAMES) => C::FirstName,
        (Source::Mailchimp, name) if common(name).is_none() && asks_for(name, &LAST_NAMES) => C::LastName,
        (Source::Mailchimp, "fname") => C::FirstName,
        (Source::Mailchimp, "lname") => C::LastName,
        (
            Source::Mailchimp,
            "member_rating"
            | "leid"
            | "euid"
            | "last_changed"
            | "gmtoff"
            | "dstoff"
            | "latitude"
            | "longitude"
            | "timezone"
            | "cc"
            | "region"
            | "unsub_campaign_title"
            | "unsub_campaign_id"
            | "unsub_reason"
            | "unsub_reason_other"
            | "clean_campaign_title"
            | "clean_campaign_id"
            | "notes",
        ) => C::Ignored,
        (Source::Substack, "email_disabled") => C::Status,
        (Source::Substack, "prefer_digests") => C::Cadence,
        (Source::Substack, "active_subscription" | "expiry" | "plan" | "first_payment_at") => C::Ignored,
        (Source::SubstackDashboard, "cancel date") => C::Status,
        (Source::SubstackDashboard, "start date") => C::Joined,
        (Source::SubstackDashboard, "email" | "name") => return None,
        (Source::SubstackDashboard, _) => C::Ignored,
        (Source::Ghost, "subscribed_to_emails" | "deleted_at") => C::Status,
        (Source::Ghost, "labels") => C::Tags,
        (
            Source::Ghost,
            "id" | "complimentary_plan" | "stripe_customer_id" | "tiers" | "products" | "gift_id",
        ) => C::Ignored,
        (Source::MailPoet, "list status" | "global status") => C::Status,
        (Source::MailPoet, "subscription time") => C::ConsentAt,
        (Source::MailPoet, "subscription ip") => C::ConsentIp,
        (Source::MailPoet, "confirmation time") => C::ConfirmedAt,
        (Source::MailPoet, "confirmation ip") => C::ConfirmedIp,
        (Source::MailPoet, "list") => C::Tags,
        (Source::Buttondown, "subscriber_type") => C::Status,
        (Source::Buttondown, "creation_date") => C::ConsentAt,
        (Source::Buttondown, "ip_address") => C::ConsentIp,
        (Source::Buttondown, "subscription_date") => C::Joined,
        (Source::Buttondown, "unsubscription_date") => C::Left,
        (Source::Buttondown, "metadata") => C::Name,
        (Source::Buttondown, "id" | "secondary_id") => C::Ignored,
        (Source::Listmonk, "uuid" | "updated_at") => C::Ignored,
        (Source::Kit, "state") => C::Status,
        (Source::Beehiiv, "unsubscribed_at") => C::Status,
        (Source::Beehiiv, "tier" | "subscription tier" | "stripe_customer_id") => C::Ignored,
        (Source::Brevo, "added_time") => C::Joined,
        (Source::Brevo, "email_blacklisted") => C::Status,
        (Source::Brevo, "contact id" | "modified_time" | "contact_timezone" | "sms_blacklisted") => {
            C::Ignored
        }
        (Source::MailerLite, "subscriber") => C::Email,
        (Source::MailerLite, "subscribed") => C::Joined,
        (Source::MailerLite, "groups") => C::Tags,
        (Source::CampaignMonitor, "date") => C::Joined,
        (Source::CampaignMonitor, "state") => C::Status,
        (Source::ActiveCampaign, "date created") => C::Joined,
        (Source::ActiveCampaign, "ip") => C::ConsentIp,
        (Source::Revue, "last_changed") => C::Ignored,
        (Source::Mailtrain, "cid" | "hash_email") => C::Ignored,
        (Source::PhpList | Source::Keila | Source::GoogleContacts | Source::Outlook, _) => {
            return of_other_source(source, name);
        }
        (Source::Postrider, _) => return own(name),
        _ => return None,
    };
    Some(role)
}

fn of_other_source(source: Source, name: &str) -> Option<ColumnRole> {
    use ColumnRole as C;
    let role = match (source, name) {
        (Source::PhpList, "entered") => C::Joined,
        (Source::PhpList, "list membership") => C::Tags,
        (Source::PhpList, "is this account disabled?") => C::Status,
        (Source::PhpList, name) if name.starts_with("is this ") => C::Status,
        (
            Source::PhpList,
            "id" | "last modified" | "unique id" | "rss frequency" | "foreign key" | "number of bounces",
        ) => C::Ignored,
        (Source::PhpList, name) if name.starts_with("send this ") || name.starts_with("did this ") => {
            C::Ignored
        }
        (Source::Keila, "external id") => C::Ignored,
        (Source::GoogleContacts, "e-mail 1 - value") => C::Email,
        (Source::GoogleContacts, name) if name.starts_with("e-mail ") && name.ends_with(" - value") => {
            C::OtherEmail
        }
        (Source::GoogleContacts, "labels" | "group membership") => C::Tags,
        (Source::GoogleContacts, "given name" | "first name") => C::FirstName,
        (Source::GoogleContacts, "additional name" | "middle name") => C::MiddleName,
        (Source::GoogleContacts, "family name" | "last name") => C::LastName,
        (Source::GoogleContacts, "name") => C::Name,
        (Source::GoogleContacts, _) => C::Ignored,
        (Source::Outlook, "e-mail address") => C::Email,
        (Source::Outlook, "e-mail 2 address" | "e-mail 3 address") => C::OtherEmail,
        (Source::Outlook, "first name") => C::FirstName,
        (Source::Outlook, "middle name") => C::MiddleName,
        (Source::Outlook, "last name") => C::LastName,
        (Source::Outlook, name) if name.starts_with("e-mail 2") || name.starts_with("e-mail 3") => {
            C::OtherEmail
        }
        (Source::Outlook, name) => match common(name) {
            Some(role @ (C::Email | C::FirstName | C::LastName)) => role,
            _ => C::Ignored,
        },
        _ => return None,
    };
    Some(role)
}

/// Words for a first name within a label that somebody chose.
const FIRST_NAMES: [&str; 5] = ["firstname", "vorname", "prénom", "prenom", "givenname"];
/// And for a last one.
const LAST_NAMES: [&str; 5] = ["lastname", "nachname", "surname", "nomdefamille", "apellido"];

fn asks_for(label: &str, words: &[&str]) -> bool {
    let label = squeezed(label);
    words.iter().any(|word| label.contains(word))
}

/// Whether a column of this name is as likely one of addresses by post.
pub(super) fn may_be_a_place(name: &str) -> bool {
    matches!(squeezed(name).as_str(), "state" | "estado" | "stato")
}

/// The columns of our own files, and of those of later versions.
fn own(name: &str) -> Option<ColumnRole> {
    use ColumnRole as C;
    if let Some(field) = name.strip_prefix("field:") {
        return Some(C::Field(field.to_owned()));
    }
    let role = match name {
        "email" | "email_key" => C::Email,
        "name" => C::Name,
        "status" | "reason" => C::Status,
        "cadence" => C::Cadence,
        "subscribed_at" | "joined_at" => C::Joined,
        "left_at" | "unsubscribed_at" | "status_since" | "suppressed_at" | "created_at" => C::Left,
        "list" => C::List,
        "tags" => C::Tags,
        "id" | "subscriber_id" => C::Id,
        "consent_at" | "consent_requested_at" | "requested_at" => C::ConsentAt,
        "consent_ip" | "requested_ip" => C::ConsentIp,
        "confirmed_at" | "consent_confirmed_at" => C::ConfirmedAt,
        "confirmed_ip" => C::ConfirmedIp,
        "language" => C::Language,
        _ => return None,
    };
    Some(role)
}

fn common(name: &str) -> Option<ColumnRole> {
    use ColumnRole as C;
    let squeezed = squeezed(name);
    let role = match squeezed.as_str() {
        squeezed if is_email(squeezed) => C::Email,
        "name" | "fullname" | "displayname" | "subscribername" | "nomcomplet" | "nombrecompleto"
        | "nomecompleto" | "vollständigername" | "namn" | "navn" | "nimi" | "naam" | "имя" | "名前"
        | "氏名" | "姓名" | "이름" => C::Name,
        "firstname" | "fname" | "givenname" | "vorname" | "prénom" | "prenom" | "nombre" | "primeironome"
        | "voornaam" | "förnamn" | "fornavn" | "etunimi" | "imię" | "jméno" | "nomepróprio" => {
            C::FirstName
        }
        "middlename" => C::MiddleName,
        "lastname" | "lname" | "surname" | "familyname" | "nachname" | "familienname" | "nomdefamille"
        | "apellido" | "apellidos" | "sobrenome" | "apelido" | "cognome" | "achternaam" | "efternamn"
        | "etternavn" | "efternavn" | "sukunimi" | "nazwisko" | "příjmení" | "фамилия" => {
            C::LastName
        }
        // French has it for a family name, Italian and Portuguese for a first one: beside another it is clear.
        "nom" => C::LastName,
        "nome" => C::FirstName,
        "status" | "state" | "subscriptionstatus" | "subscriberstatus" | "emailstatus" | "memberstatus"
        | "contactstatus" | "statut" | "estado" | "stato" | "unsubscribed" | "isunsubscribed"
        | "optedout" | "emailoptout" | "hasoptedoutofemail" | "unsubscribedat" | "unsubscribedate"
        | "unsubscriptiondate" | "subscribed" | "issubscribed" | "blacklisted" | "blocklisted"
        | "emailblacklisted" => C::Status,
        "joined" | "joinedat" | "joindate" | "joinedon" | "subscribedat" | "subscribedon"
        | "subscriptiondate" | "datesubscribed" | "signupdate" | "signedupat" | "createdat" | "created"
        | "datecreated" | "dateadded" | "addedat" | "addedon" | "optintime" | "optindate"
        | "anmeldedatum" | "angemeldetam" | "datedinscription" | "dateinscription" | "fechadealta"
        | "datadiiscrizione" => C::Joined,
        "confirmedat" | "confirmtime" | "confirmationtime" | "confirmationdate" => C::ConfirmedAt,
        "confirmip" | "confirmedip" | "confirmationip" => C::ConfirmedIp,
        "ip" | "ipaddress" | "optinip" | "signupip" => C::ConsentIp,
        "consentat" | "consentdate" => C::ConsentAt,
        "tags" | "tag" | "labels" | "groups" | "schlagwörter" | "étiquettes" | "etiquetas" | "etichette" => {
            C::Tags
        }
        "language" | "lang" | "locale" | "sprache" | "langue" | "idioma" | "lingua" | "taal" => C::Language,
        "cadence" => C::Cadence,
        _ => return None,
    };
    Some(role)
}

/// Whether a name stands for an address, in the languages that exports are written in.
fn is_email(squeezed: &str) -> bool {
    matches!(
        squeezed,
        "email"
            | "emails"
            | "mail"
            | "emailaddress"
            | "emailadress"
            | "mailaddress"
            | "emailid"
            | "useremail"
            | "subscriberemail"
            | "contactemail"
            | "primaryemail"
            | "youremail"
            | "emailaddresses"
            | "emailadresse"
            | "mailadresse"
            | "deineemailadresse"
            | "ihreemailadresse"
            | "adresseemail"
            | "adressemail"
            | "adressedemail"
            | "adresseélectronique"
            | "adresseelectronique"
            | "adressedecourriel"
            | "courriel"
            | "mel"
            | "correo"
            | "correoelectrónico"
            | "correoelectronico"
            | "direccióndecorreo"
            | "direccióndecorreoelectrónico"
            | "direcciondecorreoelectronico"
            | "emaildelcontacto"
            | "enderecodeemail"
            | "endereçodeemail"
            | "correioeletrônico"
            | "correioeletronico"
            | "correioelectrónico"
            | "indirizzoemail"
            | "indirizzodiposta"
            | "postaelettronica"
            | "indirizzodipostaelettronica"
            | "emailadres"
            | "epost"
            | "epostadress"
            | "epostadresse"
            | "emailosoite"
            | "sähköposti"
            | "sähköpostiosoite"
            | "adresemail"
            | "adresepoczty"
            | "emailcím"
            | "eposta"
            | "epostaadresi"
            | "adresăemail"
            | "электроннаяпочта"
            | "адресэлектроннойпочты"
            | "почта"
            | "имейл"
            | "електроннапошта"
            | "メール"
            | "メールアドレス"
            | "eメール"
            | "电子邮件"
            | "电子邮箱"
            | "邮箱"
            | "電子郵件"
            | "이메일"
            | "이메일주소"
    )
}

/// The words of a status column.
pub(super) fn vocabulary(source: Source, name: &str) -> Vocabulary {
    use Vocabulary as V;
    match (source, name) {
        (Source::Substack, "email_disabled") => V::Off,
        (Source::SubstackDashboard, "cancel date") => V::CancelledAt,
        (Source::Ghost, "subscribed_to_emails") => V::Switch,
        (_, "deleted_at") => V::LeftAt,
        (Source::Postrider, "reason") => V::OwnReason,
        (Source::Postrider, "status") => V::Own,
        (Source::MailPoet, _) => V::MailPoet,
        (Source::Buttondown, _) => V::Buttondown,
        (Source::Listmonk, "status") => V::Listmonk,
        (Source::Kit, _) => V::Kit,
        (Source::Beehiiv, "status") => V::Beehiiv,
        (Source::MailerLite, "status" | "state") => V::MailerLite,
        (Source::CampaignMonitor, "state" | "status") => V::CampaignMonitor,
        (Source::ActiveCampaign, "status") => V::ActiveCampaign,
        (Source::Mailtrain, "status") => V::Mailtrain,
        (Source::Keila, "status") => V::Keila,
        (Source::PhpList, name) if name.ends_with("confirmed") => V::Confirmed,
        (Source::PhpList, name) if name.ends_with("blacklisted") || name.ends_with("disabled?") => V::Barred,
        (_, name) => match squeezed(name).as_str() {
            "subscribed" | "issubscribed" => V::Switch,
            "unsubscribed" | "isunsubscribed" | "optedout" | "emailoptout" | "hasoptedoutofemail" => V::Off,
            "unsubscribedat" | "unsubscribedate" | "unsubscriptiondate" => V::LeftAt,
            "blacklisted" | "blocklisted" | "emailblacklisted" => V::Barred,
            _ => V::Common,
        },
    }
}

/// How a source's column of tags lists them.
pub(super) fn tag_form(source: Source) -> TagForm {
    match source {
        Source::Mailchimp | Source::Postrider => TagForm::Csv,
        Source::Ghost => TagForm::Commas,
        Source::MailPoet => TagForm::One,
        Source::Buttondown | Source::PhpList => TagForm::Semicolons,
        Source::GoogleContacts => TagForm::Labels,
        _ => TagForm::Either,
    }
}

/// Whether the name of a column that nobody knows sounds as if it told who left.
pub(super) fn sounds_like_a_status(name: &str) -> bool {
    let stems = [
        "unsub",
        "opt-out",
        "opt_out",
        "optout",
        "opt out",
        "opted",
        "bounced",
        "complain",
        "blackl",
        "blockl",
        "suppress",
        "statu",
        "estado",
        "stato",
        "abgemeldet",
        "abmeldung",
        "désinscri",
        "desinscri",
        "désabon",
        "desabon",
        "disiscri",
        "dado de baja",
        "отпис",
    ];
    stems.iter().any(|stem| name.contains(stem))
}

/// Whether the name of a column that nobody knows sounds as if yes and no in it were about mail.
pub(super) fn sounds_like_consent(name: &str) -> bool {
    let stems = [
        "newsletter",
        "subscri",
        "abonn",
        "inscri",
        "suscri",
        "opt-in",
        "opt_in",
        "optin",
        "opt in",
        "consent",
        "accepts",
        "marketing",
        "mailing",
        "einwillig",
        "consenso",
        "consentimiento",
        "active",
        "aktiv",
        "actif",
    ];
    stems.iter().any(|stem| name.contains(stem))
}
