# What readers meet, in German: pages, forms, errors and mails. What this file lacks is taken from en.ftl.
# HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = Deutsch
# Whose habits dates follow where the language names no region.
language-formats = de-DE
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions =
    de-AT Deutsch (Österreich)
    de-CH Deutsch (Schweiz)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, { $time } Uhr
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } ({ $place })
today = heute
yesterday = gestern

## Every page

skip-link = Zum Inhalt springen
footer-links = Mehr
archive = Archiv
sent-with = Versendet mit

## Subscribing

subscribe = Newsletter abonnieren
subscribe-heading = Mehr von { $publication }
subscribe-lead = Melden Sie sich an und erhalten Sie neue Artikel direkt per E-Mail.
email-label = E-Mail-Adresse
email-placeholder = Ihre E-Mail-Adresse
honeypot-label = Dieses Feld leer lassen
proof-heading = Nur noch ein Schritt
proof-lead = Gerade kommen sehr viele Anmeldungen an. Deshalb prüfen wir, ob Ihre von einem Menschen stammt. Warten Sie zehn Sekunden, und klicken Sie dann auf „Weiter“.
proof-button = Weiter
proof-checking = Gerade kommen sehr viele Anmeldungen an. Deshalb prüfen wir, ob Ihre von einem Menschen stammt. Das dauert ein paar Sekunden.
proof-early = Das war etwas zu früh. Warten Sie noch ein paar Sekunden, und klicken Sie dann auf „Weiter“.
proof-json = Lösen Sie die Aufgabe, und senden Sie das Formular noch einmal mit der Lösung im Feld „altcha“.
proof-expired = Bitte füllen Sie das Formular noch einmal aus
proof-expired-lead = Dieser Schritt findet in Ihrem Browser statt, innerhalb von 15 Minuten und mit eingeschalteten Cookies. Es wurde noch nichts gesendet.
proof-large-lead = Dieses Formular ist zu lang, um es so lange aufzuheben. Wählen Sie weniger Newsletter, oder kürzen Sie Ihre Antworten.
unsubscribe-any-time = Sie können sich jederzeit wieder abmelden.
newsletters-legend = Newsletter
recent-issues = Neueste Ausgaben
recent-issues-none = Noch ist keine Ausgabe erschienen. Melden Sie sich an, dann erhalten Sie die erste.
recent-issues-all = Alle Ausgaben ansehen

cadence-each = Bei jedem Artikel
cadence-daily = Täglich
cadence-weekly = Wöchentlich
cadence-monthly = Monatlich
cadence-off = Nie
cadence-legend = Wie oft?

field-yes = Ja
field-no = Nein

check-inbox = Bitte Postfach prüfen
check-inbox-lead = Wenn wir an diese Adresse schreiben können, ist eine E-Mail zur Bestätigung unterwegs. Klicken Sie auf den Button in dieser E-Mail, um Ihre Anmeldung zu bestätigen.
check-inbox-from = Absender
check-inbox-valid = Link gültig für
hours = { $hours ->
    [one] { $hours } Stunde
   *[other] { $hours } Stunden
}
check-inbox-captured = Dieser Server speichert E-Mails, statt sie zu versenden. <a href="/mailbox">Postfach öffnen</a>
check-inbox-help = Keine E-Mail bekommen?
check-inbox-wait = Warten Sie ein paar Minuten, und sehen Sie dann im Spam- oder Werbeordner nach.
check-inbox-retype = Prüfen Sie, ob Sie die richtige Adresse eingegeben haben. <a href="/">Adresse noch einmal eingeben</a>
check-inbox-already = Sie sind schon angemeldet? Dann müssen Sie nichts weiter tun.
check-inbox-detail = Wenn wir an diese Adresse schreiben können, ist eine E-Mail zur Bestätigung unterwegs.

## Confirming

confirm = Bestätigen
confirm-heading = Bestätigen Sie Ihre Anmeldung
confirm-lead = <strong>{ $address }</strong> erhält von { $publication } künftig { $newsletters }.
confirm-lead-bare = <strong>{ $address }</strong> erhält künftig E-Mails von { $publication }.
confirm-meanwhile = Sie haben sich auch angemeldet für
confirm-button = Anmeldung bestätigen
confirm-not-me = Sie haben sich nicht angemeldet? Schließen Sie diese Seite, dann kommt keine Anmeldung zustande.
confirmed = Sie sind angemeldet
confirmed-lead = Sie erhalten von { $publication } künftig per E-Mail { $newsletters }.
confirmed-past-issues = Bisherige Ausgaben lesen
confirm-left-since = Sie sind nicht angemeldet
confirm-left-since-lead = Sie haben sich abgemeldet, nachdem diese E-Mail verschickt wurde. Wenn Sie wieder dabei sein möchten, melden Sie sich neu an.
confirm-suppressed = Wir können nicht an diese Adresse schreiben
confirm-suppressed-lead = { $publication } schickt keine E-Mails an diese Adresse. Melden Sie sich mit einer anderen an.
confirm-expired = Der Link ist abgelaufen
confirm-expired-lead = { $hours ->
    [one] Der Link war { $hours } Stunde lang gültig. Melden Sie sich noch einmal an, dann erhalten Sie einen neuen.
   *[other] Der Link war { $hours } Stunden lang gültig. Melden Sie sich noch einmal an, dann erhalten Sie einen neuen.
}
subscribe-again = Neu anmelden

## Preferences

preferences = Einstellungen
preferences-heading = Newsletter verwalten
preferences-for = Für <strong>{ $address }</strong>, angemeldet seit dem { $date }.
preferences-suppressed = Wir schicken keine E-Mails an diese Adresse. Ihre Auswahl hat deshalb keine Wirkung.
preferences-newsletters = Ihre Newsletter
preferences-unconfirmed = Noch nicht bestätigt: Klicken Sie auf den Button in der E-Mail, die wir Ihnen geschickt haben
# Under a newsletter's name: when its next mail comes.
preferences-next = Nächste Ausgabe: { $time }
preferences-next-each = Nächste Ausgabe: sobald der nächste Artikel erscheint
preferences-next-comes = Ihre nächste Ausgabe kommt am { $time }.
preferences-paused = Pausiert bis { $date }
preferences-is-paused = Pausiert
preferences-is-resumed = Fortgesetzt
preferences-about-you = Über Sie
preferences-language = Sprache
save = Speichern
preferences-saved = Gespeichert
preferences-unchanged = Nichts geändert
preferences-still-off = Nichts eingeschaltet, denn wir schicken keine E-Mails an diese Adresse
pause = Pausieren
pause-lead = Sie verreisen? Pausieren Sie Ihre Newsletter für ein paar Wochen. Was in dieser Zeit erscheint, wird nicht nachgeschickt.
pause-what = Was möchten Sie pausieren?
pause-all = Alle Newsletter
pause-for = Für wie lange?
pause-nothing = Es gibt nichts zu pausieren: Sie erhalten derzeit keine Newsletter.
weeks = { $weeks ->
    [one] { $weeks } Woche
   *[other] { $weeks } Wochen
}
resume = Jetzt fortsetzen
resume-named = Jetzt fortsetzen: { $newsletter }
missed = Das haben Sie verpasst
missed-lead = Während Ihrer Pause erschienen, das Neueste zuerst.
missed-none = Sie haben nichts verpasst.
unsubscribe-all-heading = Alles abbestellen
unsubscribe-all-lead = Ein Klick, und Sie erhalten keine E-Mails mehr von uns.

## Unsubscribing

unsubscribe = Newsletter abbestellen
unsubscribe-heading = „{ $newsletter }“ abbestellen?
unsubscribe-lead = Sie erhalten diesen Newsletter dann nicht mehr.
unsubscribe-all = Alles abbestellen
unsubscribed = Sie haben „{ $newsletter }“ abbestellt
unsubscribed-lead = Sie erhalten diesen Newsletter nicht mehr. An Ihren übrigen Newslettern, falls Sie weitere erhalten, ändert sich nichts.
unsubscribed-all = Sie haben alles abbestellt
unsubscribed-all-lead = Sie erhalten keine E-Mails mehr von uns.
unsubscribed-already = Sie erhalten „{ $newsletter }“ nicht
unsubscribed-already-lead = Von diesem Newsletter kommen keine E-Mails an Sie.

## “This wasn’t me”

block-heading = Das war ich nicht
block-lead = Hat jemand anders { $address } eingegeben? Sperren Sie diese Adresse, dann schreibt { $publication } nie wieder an sie.
block-button = Diese Adresse sperren
blocked = Diese Adresse ist gesperrt
blocked-lead = { $publication } schreibt nicht mehr an { $address }, auch dann nicht, wenn jemand die Adresse in ein Formular eingibt.

## The archive

archive-heading = Bisherige Ausgaben von { $publication }
archive-empty = Noch keine Ausgaben
archive-empty-lead = Die erste Ausgabe steht hier, sobald sie verschickt ist. <a href="/">Newsletter abonnieren</a>
archive-older = Ältere Ausgaben
archive-all = Alle Ausgaben
archive-subscribe = { $publication } per E-Mail erhalten

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Wird gesendet …
box-continue = Weiterlesen
box-close = Schließen
box-failed = Das hat nicht geklappt. Prüfen Sie Ihre Verbindung, und versuchen Sie es noch einmal.
# Leads to the site that the reader came from.
box-back = Zurück zu { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = Meinten Sie { $address }?
email-typo-yes = Ja, diese Adresse verwenden
email-typo-no = Nein, meine stimmt

form-wrong = Bitte prüfen Sie dieses Feld
cadence-unknown = Wählen Sie eine der angezeigten Möglichkeiten
no-newsletter = Wählen Sie mindestens einen Newsletter
email-empty = Geben Sie Ihre E-Mail-Adresse ein. Zum Beispiel: ines@example.org
email-no-at = In dieser Adresse fehlt das @. Sie sollte so aussehen: ines@example.org
email-no-local-part = In dieser Adresse steht nichts vor dem @. Sie sollte so aussehen: ines@example.org
email-no-domain = In dieser Adresse steht nichts nach dem @. Sie sollte so aussehen: ines@example.org
email-not-ascii = Vor dem @ dürfen nur Buchstaben ohne Umlaute und Akzente, Ziffern und Zeichen wie . - _ + stehen
email-local-part = Diese Adresse enthält ein unzulässiges Zeichen. Prüfen Sie den Teil vor dem @
email-local-part-long = Der Teil vor dem @ ist zu lang: Höchstens 64 Zeichen sind erlaubt
email-domain = Der Teil nach dem @ ist keine Domain. Die ganze Adresse sollte so aussehen: ines@example.org
email-long = Diese Adresse ist zu lang: Höchstens 254 Zeichen sind erlaubt
refusal-list_unknown = Es gibt keinen Newsletter namens „{ $list }“. Wählen Sie einen der angezeigten.
refusal-too_many_lists = Sie können höchstens { $max } Newsletter auf einmal wählen.
refusal-no_list_open = Es gibt noch keine Newsletter, für die Sie sich anmelden können.
refusal-field_text_long = { $name } ist zu lang: Höchstens { $max } Zeichen sind erlaubt.
refusal-field_number_wrong = { $name } muss eine Zahl sein, zum Beispiel 1200 oder 12,5.
refusal-field_number_ambiguous = { $name } kann zwei verschiedene Zahlen bedeuten. Geben Sie die Zahl ohne Komma ein: 1234, oder 1.234 mit Dezimalpunkt.
refusal-field_date_wrong = { $name } muss ein Datum in der Form Jahr-Monat-Tag sein, zum Beispiel 2026-11-24.
refusal-field_yes_no_wrong = { $name } muss Ja oder Nein sein.
refusal-pause_too_long = Wählen Sie zwischen 1 und { $max } Wochen.
refusal-nothing_to_pause = Es gibt nichts zu pausieren: Sie erhalten derzeit keine Newsletter.
refusal-reader_gone = Wir haben keine Daten zu dieser Adresse. Sie wurde gelöscht und erhält deshalb keine E-Mails von uns.

## Errors

error-not-found = Seite nicht gefunden
error-not-found-lead = Vielleicht haben Sie sich bei der Adresse vertippt, oder die Seite gibt es nicht mehr.
error-method = Diese Seite nimmt diese Anfrage nicht an
error-method-lead = Die Adresse stimmt, aber diese Anfragemethode ist hier nicht zulässig.
error-timeout = Das hat zu lange gedauert
error-timeout-lead = Ihre Anfrage kam nicht rechtzeitig an. Versuchen Sie es noch einmal.
error-too-large = Dieses Formular ist zu groß
error-too-large-lead = Ein Formular darf höchstens { $kilobytes } KB groß sein. Kürzen Sie Ihre Eingaben, und versuchen Sie es noch einmal.
error-media-type = Das können wir nicht lesen
error-media-type-lead = Senden Sie ein Formular (application/x-www-form-urlencoded) oder JSON.
error-compressed-lead = Die Anfrage ist komprimiert. Senden Sie sie unkomprimiert.
error-request = Das können wir nicht lesen
error-request-lead = Die Anfrage ist unvollständig. Gehen Sie zurück, und versuchen Sie es noch einmal.
error-unstorable-lead = Die Anfrage enthält ein NUL-Zeichen oder eine Zahl oder Zeit, die sich nicht speichern lässt. Entfernen Sie das, und versuchen Sie es noch einmal.
error-json = Dieses JSON können wir nicht lesen
error-json-lead = Es sollte so aussehen: { $example }
error-ambiguous = Diese Anfrage ist nicht eindeutig
error-ambiguous-lead = Der Header { $header } kommt zweimal mit verschiedenen Werten vor oder ist kein reiner Text. Senden Sie ihn einmal, als reinen Text.
error-server = Bei uns ist etwas schiefgegangen
error-server-lead = Es wurde nichts geändert. Versuchen Sie es in einer Minute noch einmal.
error-link = Der Link ist unvollständig
error-link-lead = Ein Teil davon fehlt oder wurde verändert. Öffnen Sie den Link in der E-Mail noch einmal, oder kopieren Sie ihn ganz.
error-nobody = Wir haben keine Daten zu dieser Adresse
error-nobody-lead = Sie wurde gelöscht und erhält deshalb keine E-Mails von uns.
error-too-often = Zu viele Anmeldungen aus Ihrem Netzwerk
error-too-often-lead = { $minutes ->
    [one] Ihre Anmeldung hat nicht geklappt. Versuchen Sie es in { $minutes } Minute noch einmal.
   *[other] Ihre Anmeldung hat nicht geklappt. Versuchen Sie es in { $minutes } Minuten noch einmal.
}
error-invalid = Das ist nicht möglich
error-forbidden = Dazu sind Sie nicht berechtigt
error-gone = Das gibt es nicht mehr
error-conflict = Das ist nicht möglich
error-too-soon = Versuchen Sie es später noch einmal
error-back = Zurück zum Formular

## Mails: what all have

mail-open-link = Oder öffnen Sie diesen Link:
mail-view-in-browser = Im Browser ansehen
mail-manage = Newsletter verwalten
mail-pause = Pausieren
mail-not-me = Waren Sie das nicht?
mail-block = E-Mails an diese Adresse sperren

## Mails: an issue

mail-byline = Von { $author } · { $date }
# Of one article among several.
mail-read-article = Weiterlesen
mail-correction = <strong>Korrektur:</strong> { $reason }
mail-read-more = Weiterlesen bei { $publication }
mail-cut = Diese E-Mail wurde gekürzt. Der Rest steht auf der Website.
mail-read-in-browser = Den Rest im Browser lesen
mail-read-in-browser-colon = Den Rest im Browser lesen:
mail-reason = Sie erhalten diese E-Mail, weil sich { $address } für „{ $newsletter }“ angemeldet hat.
mail-reason-each = Sie erhalten diese E-Mail, weil sich { $address } am { $date } angemeldet hat, um „{ $newsletter }“ bei jedem neuen Artikel zu erhalten.
mail-reason-daily = Sie erhalten diese E-Mail, weil sich { $address } am { $date } angemeldet hat, um „{ $newsletter }“ täglich zu erhalten.
mail-reason-weekly = Sie erhalten diese E-Mail, weil sich { $address } am { $date } angemeldet hat, um „{ $newsletter }“ wöchentlich zu erhalten.
mail-reason-monthly = Sie erhalten diese E-Mail, weil sich { $address } am { $date } angemeldet hat, um „{ $newsletter }“ monatlich zu erhalten.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } und { $more } weiterer Artikel
   *[other] { $title } und { $more } weitere Artikel
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = In dieser Ausgabe
mail-digest-headlines = Weitere Schlagzeilen
mail-digest-left = { $left ->
    [one] Und { $left } weiterer Artikel bei { $publication }
   *[other] Und { $left } weitere Artikel bei { $publication }
}

## Articles: in place of what no mail can show

article-watch = Auf { $host } ansehen
article-listen = Auf { $host } anhören
article-open = Auf { $host } öffnen
article-video = Video
article-picture = Bild auf { $host } ansehen
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Anhören
article-file-video = Ansehen
article-file = { $name } herunterladen
article-file-details = { $file }: { $details }
article-file-time = { $minutes } Min.
article-file-time-hours = { $hours } Std. { $minutes } Min.
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } kB

## Mails: confirming

mail-confirm-subject = Bestätigen Sie Ihre Anmeldung bei { $publication }
mail-confirm-preheader = Klicken Sie zum Bestätigen auf den Button. Wenn Sie nichts tun, kommt keine Anmeldung zustande.
mail-confirm-lead = Sie haben sich angemeldet, um { $newsletters } zu erhalten. Klicken Sie auf den Button, um Ihre Anmeldung zu bestätigen.
mail-confirm-lead-text = Sie haben sich angemeldet, um { $newsletters } zu erhalten. Öffnen Sie diesen Link, um Ihre Anmeldung zu bestätigen:
mail-confirm-expires = Der Link gilt bis { $time }. Wenn Sie nichts tun, kommt keine Anmeldung zustande, und wir schreiben Ihnen nicht noch einmal.
mail-confirm-expires-reminds = Der Link gilt bis { $time }. Wenn Sie nichts tun, kommt keine Anmeldung zustande. Wir erinnern Sie einmal daran.
mail-remind-subject = Erinnerung: Bestätigen Sie Ihre Anmeldung bei { $publication }
mail-remind-only = Sie haben sich angemeldet, die Anmeldung aber noch nicht bestätigt. Wir erinnern Sie nur dieses eine Mal.
newsletter-each = <strong>{ $newsletter }</strong> bei jedem neuen Artikel
newsletter-daily = <strong>{ $newsletter }</strong> täglich
newsletter-weekly = <strong>{ $newsletter }</strong> wöchentlich
newsletter-monthly = <strong>{ $newsletter }</strong> monatlich
newsletter-each-text = „{ $newsletter }“ bei jedem neuen Artikel
newsletter-daily-text = „{ $newsletter }“ täglich
newsletter-weekly-text = „{ $newsletter }“ wöchentlich
newsletter-monthly-text = „{ $newsletter }“ monatlich

## Mails: subscribed already

mail-subscribed-subject = Sie sind bei { $publication } bereits angemeldet
mail-subscribed-heading = Sie sind bereits angemeldet
mail-subscribed-preheader = Jemand hat Ihre Adresse in unser Formular eingegeben. Es hat sich nichts geändert.
mail-subscribed-lead = Jemand hat diese Adresse in unser Formular eingegeben. Sie erhält bereits { $newsletters }. Es hat sich nichts geändert. Hier können Sie ändern, was Sie erhalten:
mail-welcome-subject = Willkommen bei { $publication }
mail-welcome-preheader = Ihre Anmeldung ist bestätigt.
mail-welcome-lead = Ihre Anmeldung ist bestätigt. Sie erhalten ab jetzt { $newsletters }.
mail-welcome-latest = Neueste Artikel
mail-welcome-leave = „{ $newsletter }“ abbestellen
mail-subscribed-not-me = Waren Sie das nicht? Dann können Sie diese E-Mail ignorieren oder <a href="{ $url }">E-Mails an diese Adresse sperren</a>.
mail-subscribed-not-me-text = Waren Sie das nicht? Dann können Sie diese E-Mail ignorieren oder E-Mails an diese Adresse sperren:

## The archive: looking for something

archive-search = Bisherige Ausgaben durchsuchen
archive-search-button = Suchen
archive-list = Newsletter
archive-every-list = Alle Newsletter
archive-nothing-found = Keine passenden Ausgaben
archive-nothing-yet = Unter den bisher durchsuchten Ausgaben ist keine passende

## Unsubscribing: undo, and the reason

unsubscribe-undo = Rückgängig machen
unsubscribe-undone = Sie sind wieder angemeldet
unsubscribe-undone-lead = Alles ist wie vorher.
unsubscribe-not-undone = Hier lässt sich nichts rückgängig machen
unsubscribe-not-undone-lead = Ihre Anmeldung hat sich seitdem geändert. Melden Sie sich neu an, um diesen Newsletter zu erhalten.
leave-reason-question = Warum haben Sie abbestellt?
leave-reason-too-often = Ich bekomme zu viele E-Mails
leave-reason-not-for-me = Ich hatte etwas anderes erwartet
leave-reason-never-asked = Ich habe mich nicht angemeldet
leave-reason-read-elsewhere = Ich lese die Artikel anderswo
leave-reason-other = Aus einem anderen Grund
leave-reason-comment = Möchten Sie noch etwas dazu sagen? (freiwillig)
leave-reason-send = Senden
leave-reason-missing = Wählen Sie einen Grund, oder schreiben Sie einen auf
leave-reason-thanks = Vielen Dank
leave-reason-thanks-lead = Wir lesen Ihre Antwort. Sie erhalten dazu keine E-Mail.
refusal-undo_over = Das lässt sich nicht mehr rückgängig machen. Melden Sie sich stattdessen neu an.
refusal-comment_long = Das ist zu lang: Höchstens { $max } Zeichen sind erlaubt.

## Address and data, by a link that was just mailed

manage-heading = Ihre Adresse und Ihre Daten
manage-lead = Wenn Sie Ihre Adresse ändern oder Ihre Daten herunterladen oder löschen möchten, lassen Sie sich per E-Mail einen Link schicken. Denn diese Seite könnte jeder öffnen, dem eine E-Mail weitergeleitet wurde.
manage-link-button = Link per E-Mail erhalten
manage-link-sent = Bitte Postfach prüfen
manage-link-sent-lead = { $minutes ->
    [one] Ein Link ist an { $address } unterwegs. Er gilt { $minutes } Minute.
   *[other] Ein Link ist an { $address } unterwegs. Er gilt { $minutes } Minuten.
}
manage-new-address = Neue E-Mail-Adresse
manage-change-address = Adresse ändern
manage-export = Daten herunterladen
manage-erase = Daten löschen
new-address-asked = Bitte neues Postfach prüfen
new-address-asked-lead = Wenn wir an diese Adresse schreiben können, ist ein Link unterwegs. Ihre Adresse ändert sich, sobald Sie auf den Button in dieser E-Mail klicken.
new-address-heading = Bestätigen Sie Ihre neue Adresse
new-address-lead = Ihre Newsletter gehen künftig an { $address }.
new-address-button = Neue Adresse bestätigen
new-address-set = Adresse geändert
new-address-set-lead = Ihre Newsletter gehen jetzt an { $address }.
erase-heading = Ihre Daten löschen?
erase-lead = Wir löschen alles, was wir über { $address } wissen, und Sie erhalten keine E-Mails mehr. Das lässt sich nicht rückgängig machen. Wir behalten nur einen nicht lesbaren Fingerabdruck der Adresse, damit niemand sie wieder einträgt, ohne Sie zu fragen.
erase-button = Meine Daten löschen
erased = Ihre Daten sind gelöscht
erased-lead = Wir haben Ihre Adresse nicht mehr.
refusal-link_old = Der Link ist abgelaufen. Auf der Seite mit Ihren Einstellungen erhalten Sie einen neuen.
refusal-new_address_same = Das ist bereits Ihre Adresse.
refusal-new_address_taken = Diese Adresse ist selbst schon angemeldet. Melden Sie stattdessen eine der beiden ab.
refusal-new_address_blocked = Wir schicken keine E-Mails an diese Adresse. Wählen Sie eine andere.

## Still interested?

keep-heading = Möchten Sie „{ $newsletter }“ weiterhin erhalten?
keep-lead = Ein Klick, und Sie erhalten den Newsletter weiter.
keep-button = Weiter erhalten
kept = Sie erhalten „{ $newsletter }“ weiterhin
kept-lead = Vielen Dank. Sie müssen nichts weiter tun.

## Mails: address and data, still interested

mail-manage-link-heading = Ihr Link zum Ändern Ihrer Adresse oder Daten
mail-manage-link-lead = Sie haben einen Link angefordert, um Ihre Adresse bei { $publication } zu ändern oder Ihre Daten herunterzuladen oder zu löschen.
mail-manage-link-button = Seite öffnen
mail-manage-link-expires = Der Link gilt bis { $time }. Wenn Sie ihn nicht angefordert haben, können Sie diese E-Mail ignorieren.
mail-new-address-lead = Sie möchten Ihre Newsletter von { $publication } an diese Adresse erhalten.
mail-new-address-expires = Der Link gilt bis { $time }. Wenn Sie das nicht angefordert haben, ignorieren Sie diese E-Mail; dann ändert sich nichts.
mail-address-changed-heading = Ihre Adresse wurde geändert
mail-address-changed-lead = Ihre Newsletter von { $publication } gehen jetzt an { $address }.
mail-address-changed-note = Wenn Sie das nicht waren, antworten Sie auf diese E-Mail.
mail-keep-lead = Sie erhalten „{ $newsletter }“ von { $publication }, und wir möchten sichergehen, dass Sie den Newsletter noch wünschen.
mail-keep-until = Wenn Sie nicht bis zum { $date } auf den Button klicken, melden wir Sie ab und schreiben Ihnen dazu nicht noch einmal.
