# What readers meet, in Italian: pages, forms, errors and mails. What this file lacks is taken from en.ftl.
# HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = Italiano
# Whose habits dates follow where the language names no region.
language-formats = it-IT
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = it-CH Italiano (Svizzera)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day } alle { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } ({ $place })
today = oggi
yesterday = ieri

## Every page

skip-link = Vai al contenuto
footer-links = Altro
archive = Archivio
sent-with = Inviato con

## Subscribing

subscribe = Iscriviti
subscribe-heading = Segui { $publication } via email
subscribe-lead = Iscriviti per ricevere via email gli ultimi articoli.
email-label = Indirizzo email
email-placeholder = Il tuo indirizzo email
honeypot-label = Lascia vuoto questo campo
proof-heading = Ancora un passaggio
proof-lead = In questo momento arrivano molte iscrizioni e verifichiamo che la tua venga da una persona. Aspetta dieci secondi, poi continua.
proof-button = Continua
proof-checking = In questo momento arrivano molte iscrizioni e verifichiamo che la tua venga da una persona. Bastano pochi secondi.
proof-early = Era un po’ troppo presto. Aspetta ancora qualche secondo, poi continua.
proof-json = Risolvi la verifica e invia di nuovo il modulo con la soluzione nel campo «altcha».
proof-expired = Compila di nuovo il modulo
proof-expired-lead = Questo passaggio avviene nel tuo browser, entro quindici minuti e con i cookie attivati. Non è stato ancora inviato nulla.
proof-large-lead = Questo modulo è troppo lungo per essere conservato durante l’attesa. Scegli meno newsletter o accorcia le risposte.
unsubscribe-any-time = Puoi disiscriverti quando vuoi.
newsletters-legend = Newsletter
recent-issues = Ultimi numeri
recent-issues-none = Non è ancora uscito nessun numero. Iscriviti per ricevere il primo.
recent-issues-all = Vedi tutti i numeri

cadence-each = A ogni articolo
cadence-daily = Una volta al giorno
cadence-weekly = Una volta a settimana
cadence-monthly = Una volta al mese
cadence-off = Mai
cadence-legend = Con quale frequenza?

field-yes = Sì
field-no = No

check-inbox = Controlla la posta
check-inbox-lead = Se possiamo scrivere a questo indirizzo, un’email di conferma è in arrivo. Clicca sul pulsante nell’email per confermare l’iscrizione.
check-inbox-from = Mittente
check-inbox-valid = Link valido per
hours = { $hours ->
    [one] { $hours } ora
   *[other] { $hours } ore
}
check-inbox-captured = Questo server conserva le email invece di inviarle. <a href="/mailbox">Apri la casella</a>
check-inbox-help = Non ti è arrivata?
check-inbox-wait = Aspetta qualche minuto, poi guarda nella cartella dello spam o delle promozioni.
check-inbox-retype = Controlla di aver scritto l’indirizzo giusto. <a href="/">Scrivilo di nuovo</a>
check-inbox-already = La tua iscrizione è già attiva? Non devi fare altro.
check-inbox-detail = Se possiamo scrivere a questo indirizzo, un’email di conferma è in arrivo.

## Confirming

confirm = Conferma
confirm-heading = Conferma la tua iscrizione
confirm-lead = { $publication } invierà a <strong>{ $address }</strong> { $newsletters }.
confirm-lead-bare = { $publication } invierà le sue email a <strong>{ $address }</strong>.
confirm-meanwhile = Hai richiesto anche
confirm-button = Conferma l’iscrizione
confirm-not-me = Non l’hai chiesto tu? Chiudi questa pagina e non ci sarà nessuna iscrizione.
confirmed = La tua iscrizione è attiva
confirmed-lead = { $publication } ti invierà via email { $newsletters }.
confirmed-past-issues = Leggi i numeri precedenti
confirm-left-since = La tua iscrizione non è attiva
confirm-left-since-lead = Hai annullato l’iscrizione dopo l’invio di quell’email. Per tornare, iscriviti di nuovo.
confirm-suppressed = Non possiamo scrivere a questo indirizzo
confirm-suppressed-lead = { $publication } non invia email a questo indirizzo. Iscriviti con un altro.
confirm-expired = Il link è scaduto
confirm-expired-lead = { $hours ->
    [one] Il link era valido per { $hours } ora. Iscriviti di nuovo per riceverne un altro.
   *[other] Il link era valido per { $hours } ore. Iscriviti di nuovo per riceverne un altro.
}
subscribe-again = Iscriviti di nuovo

## Preferences

preferences = Preferenze
preferences-heading = Gestisci l’iscrizione
preferences-for = Per <strong>{ $address }</strong>. Data di iscrizione: { $date }.
preferences-suppressed = Non inviamo email a questo indirizzo, quindi le tue scelte qui non hanno effetto.
preferences-newsletters = Le tue newsletter
preferences-unconfirmed = Non ancora confermata: clicca sul pulsante nell’email che ti abbiamo inviato
# Under a newsletter's name: when its next mail comes.
preferences-next = Prossimo numero: { $time }
preferences-next-each = Prossimo numero: quando esce il prossimo articolo
preferences-next-comes = Il prossimo numero ti arriverà { $time }.
preferences-paused = In pausa. Ripresa: { $date }
preferences-is-paused = In pausa
preferences-is-resumed = Invio ripreso
preferences-about-you = Su di te
preferences-language = Lingua
save = Salva
preferences-saved = Salvato
preferences-unchanged = Nessuna modifica
preferences-still-off = Non inviamo email a questo indirizzo, quindi non è stato attivato nulla
pause = Metti in pausa
pause-lead = Parti? Metti in pausa le tue newsletter per qualche settimana. Alla ripresa non riceverai gli arretrati.
pause-what = Che cosa vuoi mettere in pausa?
pause-all = Tutte le newsletter
pause-for = Per quanto tempo?
pause-nothing = Non c’è nulla da mettere in pausa: al momento non ricevi nessuna newsletter.
weeks = { $weeks ->
    [one] { $weeks } settimana
   *[other] { $weeks } settimane
}
resume = Riprendi ora
resume-named = Riprendi ora: { $newsletter }
missed = Che cosa ti è sfuggito
missed-lead = Pubblicato durante la tua pausa, dal più recente.
missed-none = Non ti è sfuggito nulla.
unsubscribe-all-heading = Disiscriviti da tutto
unsubscribe-all-lead = Un clic e non riceverai più nessuna nostra email.

## Unsubscribing

unsubscribe = Disiscriviti
unsubscribe-heading = Vuoi disiscriverti da «{ $newsletter }»?
unsubscribe-lead = Non riceverai più questa newsletter.
unsubscribe-all = Disiscriviti da tutto
unsubscribed = Disiscrizione da «{ $newsletter }» completata
unsubscribed-lead = Non riceverai più questa newsletter. Le altre tue iscrizioni, se ne hai, restano come prima.
unsubscribed-all = Disiscrizione da tutto completata
unsubscribed-all-lead = Non riceverai più nessuna nostra email.
unsubscribed-already = Non ricevi «{ $newsletter }»
unsubscribed-already-lead = Non riceverai nessuna email da questa newsletter.

## “This wasn’t me”

block-heading = Non l’ho chiesto io
block-lead = Qualcun altro ha inserito { $address }? Blocca questo indirizzo e { $publication } non gli scriverà mai più.
block-button = Blocca questo indirizzo
blocked = Questo indirizzo è bloccato
blocked-lead = { $publication } non scriverà più a { $address }, nemmeno se qualcuno lo inserisce in un modulo.

## The archive

archive-heading = { $publication }: i numeri precedenti
archive-empty = Ancora nessun numero
archive-empty-lead = Il primo numero comparirà qui appena sarà inviato. <a href="/">Iscriviti</a>
archive-older = Numeri meno recenti
archive-all = Tutti i numeri
archive-subscribe = Ricevi { $publication } via email

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Invio in corso…
box-continue = Continua a leggere
box-close = Chiudi
box-failed = Non ha funzionato. Controlla la connessione e riprova.
# Leads to the site that the reader came from.
box-back = Torna a { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = Intendevi { $address }?
email-typo-yes = Sì, usa questo indirizzo
email-typo-no = No, il mio è giusto

form-wrong = Controlla questo campo
cadence-unknown = Scegli una delle frequenze indicate
no-newsletter = Scegli almeno una newsletter
email-empty = Scrivi il tuo indirizzo email. Per esempio: ines@example.org
email-no-at = In questo indirizzo manca la @. Dovrebbe essere così: ines@example.org
email-no-local-part = In questo indirizzo non c’è nulla prima della @. Dovrebbe essere così: ines@example.org
email-no-domain = In questo indirizzo non c’è nulla dopo la @. Dovrebbe essere così: ines@example.org
email-not-ascii = Prima della @ sono ammessi solo lettere senza accento, cifre e caratteri come . - _ +
email-local-part = In questo indirizzo c’è un carattere non ammesso. Controlla la parte prima della @
email-local-part-long = La parte prima della @ è troppo lunga: il limite è di 64 caratteri
email-domain = La parte dopo la @ non è un dominio. L’indirizzo completo dovrebbe essere così: ines@example.org
email-long = Questo indirizzo è troppo lungo: il limite è di 254 caratteri
refusal-list_unknown = Non c’è nessuna newsletter chiamata «{ $list }». Scegline una di quelle indicate.
refusal-too_many_lists = Puoi scegliere fino a { $max } newsletter alla volta.
refusal-no_list_open = Non ci sono ancora newsletter a cui iscriversi.
refusal-field_text_long = { $name }: il testo è troppo lungo, il limite è di { $max } caratteri.
refusal-field_number_wrong = { $name }: inserisci un numero, come 1200 o 12,5.
refusal-field_number_ambiguous = { $name }: questo numero si può leggere in due modi. Scrivilo senza virgola: 1234, oppure 1.234 se il punto separa i decimali.
refusal-field_date_wrong = { $name }: inserisci una data nella forma anno-mese-giorno, come 2026-11-24.
refusal-field_yes_no_wrong = { $name }: rispondi sì o no.
refusal-pause_too_long = Scegli tra 1 e { $max } settimane.
refusal-nothing_to_pause = Non c’è nulla da mettere in pausa: al momento non ricevi nessuna newsletter.
refusal-reader_gone = Questo indirizzo non ci risulta. È stato cancellato, quindi non riceverà nostre email.

## Errors

error-not-found = Pagina non trovata
error-not-found-lead = Forse l’indirizzo contiene un errore di battitura, oppure la pagina non esiste più.
error-method = Questa pagina non accetta questa richiesta
error-method-lead = L’indirizzo è giusto, ma questa pagina non ammette questo metodo di richiesta.
error-timeout = Ci è voluto troppo tempo
error-timeout-lead = La richiesta non è arrivata in tempo. Riprova.
error-too-large = Questo modulo è troppo grande
error-too-large-lead = Un modulo può arrivare a { $kilobytes } KB. Accorcia quello che hai scritto e riprova.
error-media-type = Non riusciamo a leggere la richiesta
error-media-type-lead = Invia un modulo (application/x-www-form-urlencoded) o JSON.
error-compressed-lead = La richiesta è compressa. Inviala non compressa.
error-request = Non riusciamo a leggere la richiesta
error-request-lead = La richiesta è incompleta. Torna indietro e riprova.
error-unstorable-lead = La richiesta contiene un carattere NUL, oppure un numero o un orario che non si può memorizzare. Toglilo e riprova.
error-json = Non riusciamo a leggere questo JSON
error-json-lead = Dovrebbe essere così: { $example }
error-ambiguous = Questa richiesta è ambigua
error-ambiguous-lead = L’intestazione { $header } compare due volte con valori diversi, oppure non è testo semplice. Inviala una volta sola, come testo semplice.
error-server = Qualcosa è andato storto da parte nostra
error-server-lead = Non è stato modificato nulla. Riprova tra un minuto.
error-link = Il link è incompleto
error-link-lead = Una parte manca o è stata modificata. Apri di nuovo il link nell’email, oppure copialo per intero.
error-nobody = Questo indirizzo non ci risulta
error-nobody-lead = È stato cancellato, quindi non riceverà nostre email.
error-too-often = Troppe iscrizioni dalla tua rete
error-too-often-lead = { $minutes ->
    [one] La tua iscrizione non è andata a buon fine. Riprova tra { $minutes } minuto.
   *[other] La tua iscrizione non è andata a buon fine. Riprova tra { $minutes } minuti.
}
error-invalid = Non è possibile
error-forbidden = Non hai il permesso di farlo
error-gone = Non esiste più
error-conflict = Non è possibile
error-too-soon = Riprova più tardi
error-back = Torna al modulo

## Mails: what all have

mail-open-link = Oppure apri questo link:
mail-view-in-browser = Vedi nel browser
mail-manage = Gestisci l’iscrizione
mail-pause = Metti in pausa
mail-not-me = Non l’hai chiesto tu?
mail-block = Blocca le email a questo indirizzo

## Mails: an issue

mail-byline = Di { $author } · { $date }
# Of one article among several.
mail-read-article = Leggi tutto
mail-correction = <strong>Correzione:</strong> { $reason }
mail-read-more = Leggi tutto su { $publication }
mail-cut = Questa email è stata accorciata. Il resto è sul sito.
mail-read-in-browser = Leggi il resto nel browser
mail-read-in-browser-colon = Leggi il resto nel browser:
mail-reason = Ricevi questa email perché hai iscritto { $address } a «{ $newsletter }».
mail-reason-each = Ricevi questa email perché hai iscritto { $address } per ricevere «{ $newsletter }» a ogni nuovo articolo. Data di iscrizione: { $date }.
mail-reason-daily = Ricevi questa email perché hai iscritto { $address } per ricevere «{ $newsletter }» una volta al giorno. Data di iscrizione: { $date }.
mail-reason-weekly = Ricevi questa email perché hai iscritto { $address } per ricevere «{ $newsletter }» una volta a settimana. Data di iscrizione: { $date }.
mail-reason-monthly = Ricevi questa email perché hai iscritto { $address } per ricevere «{ $newsletter }» una volta al mese. Data di iscrizione: { $date }.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } e un altro articolo
   *[other] { $title } e altri { $more } articoli
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = In questo numero
mail-digest-headlines = Altri titoli
mail-digest-left = { $left ->
    [one] E un altro articolo su { $publication }
   *[other] E altri { $left } articoli su { $publication }
}

## Articles: in place of what no mail can show

article-watch = Guarda su { $host }
article-listen = Ascolta su { $host }
article-open = Apri su { $host }
article-video = Video
article-picture = Vedi l’immagine su { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Ascolta
article-file-video = Guarda
article-file = Scarica { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } min
article-file-time-hours = { $hours } h { $minutes } min
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } kB

## Mails: confirming

mail-confirm-subject = Conferma la tua iscrizione a { $publication }
mail-confirm-preheader = Clicca sul pulsante per confermare. Se non fai nulla, non ci sarà nessuna iscrizione.
mail-confirm-lead = Hai chiesto di ricevere { $newsletters }. Clicca sul pulsante per confermare l’iscrizione.
mail-confirm-lead-text = Hai chiesto di ricevere { $newsletters }. Apri questo link per confermare l’iscrizione:
mail-confirm-expires = Il link è valido fino a { $time }. Se non fai nulla, non ci sarà nessuna iscrizione e non ti scriveremo più.
mail-confirm-expires-reminds = Il link è valido fino a { $time }. Se non fai nulla, non ci sarà nessuna iscrizione. Te lo ricorderemo una volta sola.
mail-remind-subject = Promemoria: conferma la tua iscrizione a { $publication }
mail-remind-only = Hai richiesto l’iscrizione ma non l’hai ancora confermata. Questo è l’unico promemoria che ti invieremo.
newsletter-each = <strong>{ $newsletter }</strong> a ogni nuovo articolo
newsletter-daily = <strong>{ $newsletter }</strong> una volta al giorno
newsletter-weekly = <strong>{ $newsletter }</strong> una volta a settimana
newsletter-monthly = <strong>{ $newsletter }</strong> una volta al mese
newsletter-each-text = «{ $newsletter }» a ogni nuovo articolo
newsletter-daily-text = «{ $newsletter }» una volta al giorno
newsletter-weekly-text = «{ $newsletter }» una volta a settimana
newsletter-monthly-text = «{ $newsletter }» una volta al mese

## Mails: subscribed already

mail-subscribed-subject = Ricevi già { $publication }
mail-subscribed-heading = La tua iscrizione è già attiva
mail-subscribed-preheader = Qualcuno ha inserito il tuo indirizzo nel nostro modulo. Non è cambiato nulla.
mail-subscribed-lead = Qualcuno ha inserito nel nostro modulo questo indirizzo, che riceve già { $newsletters }. Non è cambiato nulla. Puoi cambiare quello che ricevi:
mail-welcome-subject = { $publication } ti dà il benvenuto
mail-welcome-preheader = La tua iscrizione è confermata.
mail-welcome-lead = La tua iscrizione è confermata. D’ora in poi riceverai { $newsletters }.
mail-welcome-latest = Ultimi articoli
mail-welcome-leave = Disiscriviti da «{ $newsletter }»
mail-subscribed-not-me = Non l’hai chiesto tu? Puoi ignorare questa email oppure <a href="{ $url }">bloccare le email a questo indirizzo</a>.
mail-subscribed-not-me-text = Non l’hai chiesto tu? Puoi ignorare questa email oppure bloccare le email a questo indirizzo:

## The archive: looking for something

archive-search = Cerca nei numeri precedenti
archive-search-button = Cerca
archive-list = Newsletter
archive-every-list = Tutte le newsletter
archive-nothing-found = Nessun numero corrisponde
archive-nothing-yet = Nessun risultato nei numeri esaminati finora

## Unsubscribing: undo, and the reason

unsubscribe-undo = Annulla
unsubscribe-undone = La tua iscrizione è di nuovo attiva
unsubscribe-undone-lead = È tutto come prima.
unsubscribe-not-undone = Non c’è nulla da annullare
unsubscribe-not-undone-lead = Nel frattempo la tua iscrizione è cambiata. Iscriviti di nuovo per ricevere questa newsletter.
leave-reason-question = Perché hai annullato l’iscrizione?
leave-reason-too-often = Ricevo troppe email
leave-reason-not-for-me = Mi aspettavo altro
leave-reason-never-asked = Non avevo chiesto l’iscrizione
leave-reason-read-elsewhere = Leggo gli articoli altrove
leave-reason-other = Un altro motivo
leave-reason-comment = Vuoi aggiungere qualcosa? (facoltativo)
leave-reason-send = Invia
leave-reason-missing = Scegli un motivo o scrivine uno
leave-reason-thanks = Grazie
leave-reason-thanks-lead = Leggeremo la tua risposta. Non riceverai nessuna email al riguardo.
refusal-undo_over = Non si può più annullare. Iscriviti di nuovo.
refusal-comment_long = Il testo è troppo lungo: il limite è di { $max } caratteri.

## Address and data, by a link that was just mailed

manage-heading = Il tuo indirizzo e i tuoi dati
manage-lead = Per cambiare indirizzo, o per scaricare o cancellare i tuoi dati, chiedi un link via email. Chiunque potrebbe aprire questa pagina da un’email inoltrata.
manage-link-button = Inviami un link
manage-link-sent = Controlla la posta
manage-link-sent-lead = { $minutes ->
    [one] Un link è in arrivo all’indirizzo { $address }. È valido per { $minutes } minuto.
   *[other] Un link è in arrivo all’indirizzo { $address }. È valido per { $minutes } minuti.
}
manage-new-address = Nuovo indirizzo email
manage-change-address = Cambia indirizzo
manage-export = Scarica i tuoi dati
manage-erase = Cancella i tuoi dati
new-address-asked = Controlla la nuova casella di posta
new-address-asked-lead = Se possiamo scrivere a questo indirizzo, un link è in arrivo. Il tuo indirizzo cambia appena clicchi sul pulsante nell’email.
new-address-heading = Conferma il nuovo indirizzo
new-address-lead = D’ora in poi le tue newsletter arriveranno a { $address }.
new-address-button = Conferma il nuovo indirizzo
new-address-set = Indirizzo cambiato
new-address-set-lead = Ora le tue newsletter arrivano a { $address }.
erase-heading = Vuoi cancellare i tuoi dati?
erase-lead = Cancelleremo tutto quello che sappiamo di { $address } e non riceverai più email. L’operazione è irreversibile. Conserviamo soltanto un’impronta illeggibile dell’indirizzo, perché nessuno lo aggiunga di nuovo senza chiedertelo.
erase-button = Cancella i miei dati
erased = I tuoi dati sono stati cancellati
erased-lead = Il tuo indirizzo non ci risulta più.
refusal-link_old = Il link è scaduto. Chiedine un altro nella pagina delle preferenze.
refusal-new_address_same = È già il tuo indirizzo.
refusal-new_address_taken = Questo indirizzo ha già una sua iscrizione. Disiscrivi invece uno dei due.
refusal-new_address_blocked = Non inviamo email a questo indirizzo. Scegline un altro.

## Still interested?

keep-heading = Vuoi ricevere ancora «{ $newsletter }»?
keep-lead = Un clic e continuerai a riceverla.
keep-button = Continua a riceverla
kept = Continuerai a ricevere «{ $newsletter }»
kept-lead = Grazie. Non devi fare altro.

## Mails: address and data, still interested

mail-manage-link-heading = Il tuo link per modificare indirizzo o dati
mail-manage-link-lead = Hai chiesto un link per cambiare il tuo indirizzo presso { $publication }, oppure per scaricare o cancellare i tuoi dati.
mail-manage-link-button = Apri la pagina
mail-manage-link-expires = Il link è valido fino a { $time }. Se non l’hai chiesto tu, ignora questa email.
mail-new-address-lead = Hai chiesto di ricevere a questo indirizzo le tue newsletter di { $publication }.
mail-new-address-expires = Il link è valido fino a { $time }. Se non l’hai chiesto tu, ignora questa email e non cambierà nulla.
mail-address-changed-heading = Il tuo indirizzo è cambiato
mail-address-changed-lead = Ora le tue newsletter di { $publication } arrivano a { $address }.
mail-address-changed-note = Se non l’hai chiesto tu, rispondi a questa email.
mail-keep-lead = Ricevi «{ $newsletter }» da { $publication } e vorremmo sapere se ti interessa ancora.
mail-keep-until = Se non clicchi sul pulsante, annulleremo l’iscrizione e non ti scriveremo più al riguardo. Ultimo giorno per confermare: { $date }.
