# What readers meet, in Dutch: pages, forms, errors and mails. What this file lacks is taken from en.ftl.
# HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = Nederlands
# Whose habits dates follow where the language names no region.
language-formats = nl-NL
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = nl-BE Nederlands (België)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day } om { $time } uur
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } ({ $place })
today = vandaag
yesterday = gisteren

## Every page

skip-link = Naar de inhoud
footer-links = Meer
archive = Archief
sent-with = Verzonden met

## Subscribing

subscribe = Inschrijven
subscribe-heading = Meer van { $publication }
subscribe-lead = Schrijf u in en ontvang de nieuwste artikelen per e-mail.
email-label = E-mailadres
email-placeholder = Uw e-mailadres
honeypot-label = Laat dit veld leeg
proof-heading = Nog één stap
proof-lead = Er komen nu heel veel inschrijvingen binnen. Daarom controleren wij of de uwe van een mens komt. Wacht tien seconden en ga dan verder.
proof-button = Doorgaan
proof-checking = Er komen nu heel veel inschrijvingen binnen. Daarom controleren wij of de uwe van een mens komt. Dit duurt een paar seconden.
proof-early = Dat was iets te vroeg. Wacht nog een paar seconden en ga dan verder.
proof-json = Los de opgave op en stuur het formulier opnieuw met de oplossing in het veld ‘altcha’.
proof-expired = Vul het formulier opnieuw in
proof-expired-lead = Deze stap gebeurt in uw browser, binnen vijftien minuten en met cookies ingeschakeld. Er is nog niets verzonden.
proof-large-lead = Dat formulier is te lang om te bewaren terwijl u wacht. Kies minder nieuwsbrieven of kort uw antwoorden in.
unsubscribe-any-time = U kunt zich op elk moment uitschrijven.
newsletters-legend = Nieuwsbrieven
recent-issues = Laatste edities
recent-issues-none = Er zijn nog geen edities. Schrijf u in en ontvang de eerste.
recent-issues-all = Bekijk alle edities

cadence-each = Bij elk artikel
cadence-daily = Eén keer per dag
cadence-weekly = Eén keer per week
cadence-monthly = Eén keer per maand
cadence-off = Nooit
cadence-legend = Hoe vaak?

field-yes = Ja
field-no = Nee

check-inbox = Kijk in uw mailbox
check-inbox-lead = Als wij naar dit adres kunnen mailen, is er een e-mail ter bevestiging onderweg. Klik op de knop in die e-mail om uw inschrijving te bevestigen.
check-inbox-from = Afzender
check-inbox-valid = Link blijft geldig
hours = { $hours ->
    [one] { $hours } uur
   *[other] { $hours } uur
}
check-inbox-captured = Deze server bewaart e-mails in plaats van ze te verzenden. <a href="/mailbox">Mailbox openen</a>
check-inbox-help = Niets ontvangen?
check-inbox-wait = Wacht een paar minuten en kijk dan in de map met spam of reclame.
check-inbox-retype = Controleer of u het juiste adres hebt ingevuld. <a href="/">Vul het opnieuw in</a>
check-inbox-already = Al ingeschreven? Dan hoeft u niets meer te doen.
check-inbox-detail = Als wij naar dit adres kunnen mailen, is er een e-mail ter bevestiging onderweg.

## Confirming

confirm = Bevestigen
confirm-heading = Bevestig uw inschrijving
confirm-lead = { $publication } stuurt <strong>{ $address }</strong> voortaan { $newsletters }.
confirm-lead-bare = { $publication } stuurt <strong>{ $address }</strong> voortaan e-mails.
confirm-meanwhile = U hebt zich ook ingeschreven voor
confirm-button = Inschrijving bevestigen
confirm-not-me = Hebt u zich niet ingeschreven? Sluit deze pagina, dan komt er geen inschrijving.
confirmed = U bent ingeschreven
confirmed-lead = { $publication } stuurt u voortaan per e-mail { $newsletters }.
confirmed-past-issues = Eerdere edities lezen
confirm-left-since = U bent niet ingeschreven
confirm-left-since-lead = U hebt zich uitgeschreven nadat die e-mail was verzonden. Wilt u terugkomen, schrijf u dan opnieuw in.
confirm-suppressed = Wij kunnen niet naar dit adres mailen
confirm-suppressed-lead = { $publication } stuurt geen e-mail naar dit adres. Schrijf u in met een ander adres.
confirm-expired = De link is verlopen
confirm-expired-lead = { $hours ->
    [one] De link was { $hours } uur geldig. Schrijf u opnieuw in om een nieuwe te krijgen.
   *[other] De link was { $hours } uur geldig. Schrijf u opnieuw in om een nieuwe te krijgen.
}
subscribe-again = Opnieuw inschrijven

## Preferences

preferences = Voorkeuren
preferences-heading = Beheer uw nieuwsbrieven
preferences-for = Voor <strong>{ $address }</strong>, ingeschreven sinds { $date }.
preferences-suppressed = Wij sturen geen e-mail naar dit adres. Uw keuzes hier hebben dus geen effect.
preferences-newsletters = Uw nieuwsbrieven
preferences-unconfirmed = Nog niet bevestigd: klik op de knop in de e-mail die wij u hebben gestuurd
# Under a newsletter's name: when its next mail comes.
preferences-next = Volgende editie: { $time }
preferences-next-each = Volgende editie: zodra het volgende artikel verschijnt
preferences-next-comes = Uw volgende editie wordt verzonden op { $time }.
preferences-paused = Gepauzeerd tot { $date }
preferences-is-paused = Gepauzeerd
preferences-is-resumed = Hervat
preferences-about-you = Over u
preferences-language = Taal
save = Opslaan
preferences-saved = Opgeslagen
preferences-unchanged = Niets gewijzigd
preferences-still-off = Wij sturen geen e-mail naar dit adres, dus er is niets ingeschakeld
pause = Pauzeren
pause-lead = Gaat u weg? Pauzeer uw nieuwsbrieven een paar weken. Wat in die tijd verschijnt, sturen wij niet na.
pause-what = Wat wilt u pauzeren?
pause-all = Alle nieuwsbrieven
pause-for = Hoelang?
pause-nothing = Er valt niets te pauzeren: u ontvangt op dit moment geen nieuwsbrieven.
weeks = { $weeks ->
    [one] { $weeks } week
   *[other] { $weeks } weken
}
resume = Nu hervatten
resume-named = Nu hervatten: { $newsletter }
missed = Wat u hebt gemist
missed-lead = Verschenen tijdens uw pauze, het nieuwste eerst.
missed-none = U hebt niets gemist.
unsubscribe-all-heading = Voor alles uitschrijven
unsubscribe-all-lead = Eén klik en u ontvangt geen e-mail meer van ons.

## Unsubscribing

unsubscribe = Uitschrijven
unsubscribe-heading = Uitschrijven voor ‘{ $newsletter }’?
unsubscribe-lead = U ontvangt deze nieuwsbrief dan niet meer.
unsubscribe-all = Voor alles uitschrijven
unsubscribed = U bent uitgeschreven voor ‘{ $newsletter }’
unsubscribed-lead = U ontvangt deze nieuwsbrief niet meer. Hebt u nog andere inschrijvingen, dan blijven die ongewijzigd.
unsubscribed-all = U bent overal voor uitgeschreven
unsubscribed-all-lead = U ontvangt geen e-mail meer van ons.
unsubscribed-already = U bent niet ingeschreven voor ‘{ $newsletter }’
unsubscribed-already-lead = U ontvangt geen e-mail van deze nieuwsbrief.

## “This wasn’t me”

block-heading = Dit was ik niet
block-lead = Heeft iemand anders { $address } ingevuld? Blokkeer dit adres, dan mailt { $publication } er nooit meer naartoe.
block-button = Dit adres blokkeren
blocked = Dit adres is geblokkeerd
blocked-lead = { $publication } mailt niet meer naar { $address }, ook niet als iemand het adres in een formulier invult.

## The archive

archive-heading = Eerdere edities van { $publication }
archive-empty = Nog geen edities
archive-empty-lead = De eerste editie verschijnt hier zodra ze is verzonden. <a href="/">Inschrijven</a>
archive-older = Oudere edities
archive-all = Alle edities
archive-subscribe = Ontvang { $publication } per e-mail

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Bezig met verzenden…
box-continue = Verder lezen
box-close = Sluiten
box-failed = Dat lukte niet. Controleer uw verbinding en probeer het opnieuw.
# Leads to the site that the reader came from.
box-back = Terug naar { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = Bedoelde u { $address }?
email-typo-yes = Ja, dat adres gebruiken
email-typo-no = Nee, het mijne klopt

form-wrong = Controleer dit veld
cadence-unknown = Kies een van de getoonde mogelijkheden
no-newsletter = Kies minstens één nieuwsbrief
email-empty = Vul uw e-mailadres in. Bijvoorbeeld: ines@example.org
email-no-at = In dat adres ontbreekt de @. Het moet er zo uitzien: ines@example.org
email-no-local-part = In dat adres staat niets voor de @. Het moet er zo uitzien: ines@example.org
email-no-domain = In dat adres staat niets na de @. Het moet er zo uitzien: ines@example.org
email-not-ascii = Voor de @ mogen alleen letters zonder accenten, cijfers en tekens als . - _ + staan
email-local-part = In dat adres staat een teken dat niet is toegestaan. Controleer het deel voor de @
email-local-part-long = Het deel voor de @ is te lang: maximaal 64 tekens
email-domain = Het deel na de @ is geen domein. Het hele adres moet er zo uitzien: ines@example.org
email-long = Dat adres is te lang: maximaal 254 tekens
refusal-list_unknown = Er is geen nieuwsbrief met de naam ‘{ $list }’. Kies een van de getoonde.
refusal-too_many_lists = U kunt maximaal { $max } nieuwsbrieven tegelijk kiezen.
refusal-no_list_open = Er zijn nog geen nieuwsbrieven om u voor in te schrijven.
refusal-field_text_long = { $name } is te lang: maximaal { $max } tekens.
refusal-field_number_wrong = { $name } moet een getal zijn, zoals 1200 of 12,5.
refusal-field_number_ambiguous = { $name } kan twee verschillende getallen betekenen. Vul het in zonder komma: 1234, of 1.234 als de punt de decimalen scheidt.
refusal-field_date_wrong = { $name } moet een datum zijn in de vorm jaar-maand-dag, zoals 2026-11-24.
refusal-field_yes_no_wrong = { $name } moet ja of nee zijn.
refusal-pause_too_long = Kies tussen 1 en { $max } weken.
refusal-nothing_to_pause = Er valt niets te pauzeren: u ontvangt op dit moment geen nieuwsbrieven.
refusal-reader_gone = Dit adres is bij ons niet bekend. Het is gewist en ontvangt dus geen e-mail van ons.

## Errors

error-not-found = Pagina niet gevonden
error-not-found-lead = Misschien zit er een typefout in het adres, of de pagina bestaat niet meer.
error-method = Deze pagina accepteert dit verzoek niet
error-method-lead = Het adres klopt, maar deze verzoekmethode is hier niet toegestaan.
error-timeout = Dit duurde te lang
error-timeout-lead = Uw verzoek kwam niet op tijd aan. Probeer het opnieuw.
error-too-large = Dat formulier is te groot
error-too-large-lead = Een formulier mag maximaal { $kilobytes } KB groot zijn. Kort in wat u hebt ingevuld en probeer het opnieuw.
error-media-type = Dit kunnen wij niet lezen
error-media-type-lead = Stuur een formulier (application/x-www-form-urlencoded) of JSON.
error-compressed-lead = Het verzoek is gecomprimeerd. Stuur het zonder compressie.
error-request = Dit kunnen wij niet lezen
error-request-lead = Het verzoek is onvolledig. Ga terug en probeer het opnieuw.
error-unstorable-lead = Het verzoek bevat een NUL-teken, of een getal of tijd die niet kan worden opgeslagen. Verwijder dat en probeer het opnieuw.
error-json = Die JSON kunnen wij niet lezen
error-json-lead = Die moet er zo uitzien: { $example }
error-ambiguous = Dit verzoek is dubbelzinnig
error-ambiguous-lead = De header { $header } komt twee keer voor met verschillende waarden, of is geen platte tekst. Stuur die één keer, als platte tekst.
error-server = Er ging bij ons iets mis
error-server-lead = Er is niets gewijzigd. Probeer het over een minuut opnieuw.
error-link = De link is onvolledig
error-link-lead = Een deel ontbreekt of is gewijzigd. Open de link in de e-mail opnieuw, of kopieer de hele link.
error-nobody = Dit adres is bij ons niet bekend
error-nobody-lead = Het is gewist en ontvangt dus geen e-mail van ons.
error-too-often = Te veel inschrijvingen vanaf uw netwerk
error-too-often-lead = { $minutes ->
    [one] Uw inschrijving is niet gelukt. Probeer het over { $minutes } minuut opnieuw.
   *[other] Uw inschrijving is niet gelukt. Probeer het over { $minutes } minuten opnieuw.
}
error-invalid = Dat kan niet
error-forbidden = U hebt hier geen toestemming voor
error-gone = Dat bestaat niet meer
error-conflict = Dat kan niet
error-too-soon = Probeer het later opnieuw
error-back = Terug naar het formulier

## Mails: what all have

mail-open-link = Of open deze link:
mail-view-in-browser = Bekijk in browser
mail-manage = Nieuwsbrieven beheren
mail-pause = Pauzeren
mail-not-me = Was u dit niet?
mail-block = E-mail naar dit adres blokkeren

## Mails: an issue

mail-byline = Door { $author } · { $date }
# Of one article among several.
mail-read-article = Lees verder
mail-correction = <strong>Correctie:</strong> { $reason }
mail-read-more = Lees verder op { $publication }
mail-cut = Deze e-mail is ingekort. De rest staat op de site.
mail-read-in-browser = Lees de rest in uw browser
mail-read-in-browser-colon = Lees de rest in uw browser:
mail-reason = U ontvangt deze e-mail omdat { $address } zich heeft ingeschreven voor ‘{ $newsletter }’.
mail-reason-each = U ontvangt deze e-mail omdat { $address } zich op { $date } heeft ingeschreven om ‘{ $newsletter }’ bij elk nieuw artikel te ontvangen.
mail-reason-daily = U ontvangt deze e-mail omdat { $address } zich op { $date } heeft ingeschreven om ‘{ $newsletter }’ één keer per dag te ontvangen.
mail-reason-weekly = U ontvangt deze e-mail omdat { $address } zich op { $date } heeft ingeschreven om ‘{ $newsletter }’ één keer per week te ontvangen.
mail-reason-monthly = U ontvangt deze e-mail omdat { $address } zich op { $date } heeft ingeschreven om ‘{ $newsletter }’ één keer per maand te ontvangen.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } en nog { $more } artikel
   *[other] { $title } en nog { $more } artikelen
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = In deze editie
mail-digest-headlines = Meer koppen
mail-digest-left = { $left ->
    [one] En nog { $left } artikel op { $publication }
   *[other] En nog { $left } artikelen op { $publication }
}

## Articles: in place of what no mail can show

article-watch = Bekijk op { $host }
article-listen = Beluister op { $host }
article-open = Open op { $host }
article-video = Video
article-picture = Bekijk de afbeelding op { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Beluisteren
article-file-video = Bekijken
article-file = Download { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } min.
article-file-time-hours = { $hours } u. { $minutes } min.
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } kB

## Mails: confirming

mail-confirm-subject = Bevestig uw inschrijving voor { $publication }
mail-confirm-preheader = Klik op de knop om te bevestigen. Doet u niets, dan komt er geen inschrijving.
mail-confirm-lead = U hebt zich ingeschreven om { $newsletters } te ontvangen. Klik op de knop om uw inschrijving te bevestigen.
mail-confirm-lead-text = U hebt zich ingeschreven om { $newsletters } te ontvangen. Open deze link om uw inschrijving te bevestigen:
mail-confirm-expires = De link werkt tot { $time }. Doet u niets, dan komt er geen inschrijving en mailen wij u niet opnieuw.
mail-confirm-expires-reminds = De link werkt tot { $time }. Doet u niets, dan komt er geen inschrijving. Wij herinneren u er één keer aan.
mail-remind-subject = Herinnering: bevestig uw inschrijving voor { $publication }
mail-remind-only = U hebt zich ingeschreven, maar dat nog niet bevestigd. Dit is de enige herinnering die wij sturen.
newsletter-each = <strong>{ $newsletter }</strong> bij elk nieuw artikel
newsletter-daily = <strong>{ $newsletter }</strong> één keer per dag
newsletter-weekly = <strong>{ $newsletter }</strong> één keer per week
newsletter-monthly = <strong>{ $newsletter }</strong> één keer per maand
newsletter-each-text = ‘{ $newsletter }’ bij elk nieuw artikel
newsletter-daily-text = ‘{ $newsletter }’ één keer per dag
newsletter-weekly-text = ‘{ $newsletter }’ één keer per week
newsletter-monthly-text = ‘{ $newsletter }’ één keer per maand

## Mails: subscribed already

mail-subscribed-subject = U bent al ingeschreven voor { $publication }
mail-subscribed-heading = U bent al ingeschreven
mail-subscribed-preheader = Iemand heeft uw adres in ons formulier ingevuld. Er is niets veranderd.
mail-subscribed-lead = Iemand heeft dit adres in ons formulier ingevuld. Het ontvangt al { $newsletters }. Er is niets veranderd. U kunt aanpassen wat u ontvangt:
mail-welcome-subject = Welkom bij { $publication }
mail-welcome-preheader = Uw inschrijving is bevestigd.
mail-welcome-lead = Uw inschrijving is bevestigd. U ontvangt voortaan { $newsletters }.
mail-welcome-latest = Nieuwste artikelen
mail-welcome-leave = Uitschrijven voor ‘{ $newsletter }’
mail-subscribed-not-me = Was u dit niet? Dan kunt u deze e-mail negeren of <a href="{ $url }">e-mail naar dit adres blokkeren</a>.
mail-subscribed-not-me-text = Was u dit niet? Dan kunt u deze e-mail negeren of e-mail naar dit adres blokkeren:

## The archive: looking for something

archive-search = Eerdere edities doorzoeken
archive-search-button = Zoeken
archive-list = Nieuwsbrief
archive-every-list = Alle nieuwsbrieven
archive-nothing-found = Geen edities gevonden
archive-nothing-yet = Niets gevonden in de edities die tot nu toe zijn doorzocht

## Unsubscribing: undo, and the reason

unsubscribe-undo = Ongedaan maken
unsubscribe-undone = U bent weer ingeschreven
unsubscribe-undone-lead = Alles is weer zoals het was.
unsubscribe-not-undone = Niets om ongedaan te maken
unsubscribe-not-undone-lead = Uw inschrijving is sindsdien gewijzigd. Schrijf u opnieuw in om deze nieuwsbrief te ontvangen.
leave-reason-question = Waarom hebt u zich uitgeschreven?
leave-reason-too-often = Ik krijg te veel e-mails
leave-reason-not-for-me = Ik had iets anders verwacht
leave-reason-never-asked = Ik heb me niet ingeschreven
leave-reason-read-elsewhere = Ik lees het ergens anders
leave-reason-other = Een andere reden
leave-reason-comment = Wilt u nog iets toevoegen? (niet verplicht)
leave-reason-send = Versturen
leave-reason-missing = Kies een reden of schrijf er zelf een op
leave-reason-thanks = Dank u wel
leave-reason-thanks-lead = Wij lezen uw antwoord. U ontvangt er geen e-mail over.
refusal-undo_over = Dit kan niet meer ongedaan worden gemaakt. Schrijf u opnieuw in.
refusal-comment_long = Dat is te lang: maximaal { $max } tekens.

## Address and data, by a link that was just mailed

manage-heading = Uw adres en gegevens
manage-lead = Wilt u uw adres wijzigen of uw gegevens downloaden of wissen, vraag dan per e-mail een link aan. Deze pagina kan iedereen openen die een doorgestuurde e-mail heeft.
manage-link-button = Mail mij een link
manage-link-sent = Kijk in uw mailbox
manage-link-sent-lead = { $minutes ->
    [one] Er is een link onderweg naar { $address }. Die werkt { $minutes } minuut.
   *[other] Er is een link onderweg naar { $address }. Die werkt { $minutes } minuten.
}
manage-new-address = Nieuw e-mailadres
manage-change-address = Adres wijzigen
manage-export = Uw gegevens downloaden
manage-erase = Uw gegevens wissen
new-address-asked = Kijk in uw nieuwe mailbox
new-address-asked-lead = Als wij naar dat adres kunnen mailen, is er een link onderweg. Uw adres verandert zodra u op de knop in die e-mail klikt.
new-address-heading = Bevestig uw nieuwe adres
new-address-lead = Uw nieuwsbrieven gaan voortaan naar { $address }.
new-address-button = Nieuw adres bevestigen
new-address-set = Adres gewijzigd
new-address-set-lead = Uw nieuwsbrieven gaan nu naar { $address }.
erase-heading = Uw gegevens wissen?
erase-lead = Wij wissen alles wat wij over { $address } weten, en u ontvangt geen e-mail meer. Dit kan niet ongedaan worden gemaakt. Wij bewaren alleen een onleesbare vingerafdruk van het adres, zodat niemand het opnieuw toevoegt zonder het u te vragen.
erase-button = Mijn gegevens wissen
erased = Uw gegevens zijn gewist
erased-lead = Uw adres is bij ons niet meer bekend.
refusal-link_old = De link is verlopen. Vraag een nieuwe aan op uw pagina met voorkeuren.
refusal-new_address_same = Dat is al uw adres.
refusal-new_address_taken = Dat adres heeft een eigen inschrijving. Schrijf in plaats daarvan een van de twee uit.
refusal-new_address_blocked = Wij sturen geen e-mail naar dat adres. Kies een ander.

## Still interested?

keep-heading = Wilt u ‘{ $newsletter }’ blijven ontvangen?
keep-lead = Eén klik en u blijft de nieuwsbrief ontvangen.
keep-button = Blijven ontvangen
kept = U blijft ‘{ $newsletter }’ ontvangen
kept-lead = Dank u wel. U hoeft niets meer te doen.

## Mails: address and data, still interested

mail-manage-link-heading = Uw link om uw adres of gegevens te wijzigen
mail-manage-link-lead = U hebt een link aangevraagd om uw adres bij { $publication } te wijzigen of uw gegevens te downloaden of te wissen.
mail-manage-link-button = Open de pagina
mail-manage-link-expires = De link werkt tot { $time }. Hebt u hem niet aangevraagd, negeer deze e-mail dan.
mail-new-address-lead = U hebt gevraagd om uw nieuwsbrieven van { $publication } op dit adres te ontvangen.
mail-new-address-expires = De link werkt tot { $time }. Hebt u dit niet aangevraagd, negeer deze e-mail dan. Er verandert niets.
mail-address-changed-heading = Uw adres is gewijzigd
mail-address-changed-lead = Uw nieuwsbrieven van { $publication } gaan nu naar { $address }.
mail-address-changed-note = Was u dit niet? Beantwoord dan deze e-mail.
mail-keep-lead = U ontvangt ‘{ $newsletter }’ van { $publication }, en wij willen graag weten of u dat nog wilt.
mail-keep-until = Klikt u niet uiterlijk op { $date } op de knop, dan schrijven wij u uit en mailen wij u hier niet meer over.
