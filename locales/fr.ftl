# What readers meet, in French: pages, forms, errors and mails. What this file lacks is taken from en.ftl.
# HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = Français
# Whose habits dates follow where the language names no region.
language-formats = fr-FR
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions =
    fr-BE Français (Belgique)
    fr-CA Français (Canada)
    fr-CH Français (Suisse)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day } à { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } ({ $place })
today = aujourd’hui
yesterday = hier

## Every page

skip-link = Aller au contenu
footer-links = Plus
archive = Archives
sent-with = Envoyé avec

## Subscribing

subscribe = S’inscrire
subscribe-heading = Suivez { $publication } par e-mail
subscribe-lead = Inscrivez-vous pour recevoir les derniers articles par e-mail.
email-label = Adresse e-mail
email-placeholder = Votre adresse e-mail
honeypot-label = Laissez ce champ vide
proof-heading = Encore une étape
proof-lead = Beaucoup d’inscriptions arrivent en ce moment, et nous vérifions que la vôtre vient bien d’une personne. Attendez dix secondes, puis continuez.
proof-button = Continuer
proof-checking = Beaucoup d’inscriptions arrivent en ce moment, et nous vérifions que la vôtre vient bien d’une personne. Cela prend quelques secondes.
proof-early = C’était un peu trop tôt. Attendez encore quelques secondes, puis continuez.
proof-json = Résolvez le défi et renvoyez le formulaire avec la solution dans le champ « altcha ».
proof-expired = Veuillez remplir à nouveau le formulaire
proof-expired-lead = Cette étape se déroule dans votre navigateur, en moins de quinze minutes et avec les cookies activés. Rien n’a encore été envoyé.
proof-large-lead = Ce formulaire est trop long pour être conservé pendant l’attente. Choisissez moins de newsletters ou raccourcissez vos réponses.
unsubscribe-any-time = Vous pouvez vous désinscrire à tout moment.
newsletters-legend = Newsletters
recent-issues = Dernières éditions
recent-issues-none = Aucune édition pour le moment. Inscrivez-vous pour recevoir la première.
recent-issues-all = Voir toutes les éditions

cadence-each = À chaque article
cadence-daily = Une fois par jour
cadence-weekly = Une fois par semaine
cadence-monthly = Une fois par mois
cadence-off = Jamais
cadence-legend = À quelle fréquence ?

field-yes = Oui
field-no = Non

check-inbox = Consultez votre boîte mail
check-inbox-lead = Si nous pouvons écrire à cette adresse, un e-mail de confirmation est en route. Cliquez sur le bouton qu’il contient pour confirmer votre inscription.
check-inbox-from = Expéditeur
check-inbox-valid = Lien valable pendant
hours = { $hours ->
    [one] { $hours } heure
   *[other] { $hours } heures
}
check-inbox-captured = Ce serveur conserve les e-mails au lieu de les envoyer. <a href="/mailbox">Ouvrir la boîte</a>
check-inbox-help = Vous n’avez rien reçu ?
check-inbox-wait = Patientez quelques minutes, puis regardez dans le dossier des indésirables ou des promotions.
check-inbox-retype = Vérifiez que vous avez saisi la bonne adresse. <a href="/">La saisir à nouveau</a>
check-inbox-already = Votre inscription est déjà active ? Vous n’avez rien d’autre à faire.
check-inbox-detail = Si nous pouvons écrire à cette adresse, un e-mail de confirmation est en route.

## Confirming

confirm = Confirmer
confirm-heading = Confirmez votre inscription
confirm-lead = { $publication } enverra à <strong>{ $address }</strong> { $newsletters }.
confirm-lead-bare = { $publication } enverra ses e-mails à <strong>{ $address }</strong>.
confirm-meanwhile = Vous avez aussi demandé à recevoir
confirm-button = Confirmer l’inscription
confirm-not-me = Ce n’était pas vous ? Fermez cette page : l’inscription ne sera pas activée.
confirmed = Votre inscription est confirmée
confirmed-lead = { $publication } vous enverra par e-mail { $newsletters }.
confirmed-past-issues = Lire les éditions précédentes
confirm-left-since = Votre inscription n’est pas active
confirm-left-since-lead = Votre désinscription est postérieure à l’envoi de cet e-mail. Pour revenir, inscrivez-vous à nouveau.
confirm-suppressed = Nous ne pouvons pas écrire à cette adresse
confirm-suppressed-lead = { $publication } n’envoie pas d’e-mails à cette adresse. Inscrivez-vous avec une autre.
confirm-expired = Le lien a expiré
confirm-expired-lead = { $hours ->
    [one] Le lien était valable { $hours } heure. Inscrivez-vous à nouveau pour en recevoir un autre.
   *[other] Le lien était valable { $hours } heures. Inscrivez-vous à nouveau pour en recevoir un autre.
}
subscribe-again = S’inscrire à nouveau

## Preferences

preferences = Préférences
preferences-heading = Gérez vos newsletters
preferences-for = Pour <strong>{ $address }</strong>, inscription le { $date }.
preferences-suppressed = Nous n’envoyons pas d’e-mails à cette adresse : vos choix sont sans effet.
preferences-newsletters = Vos newsletters
preferences-unconfirmed = Pas encore confirmée : cliquez sur le bouton dans l’e-mail que nous vous avons envoyé
# Under a newsletter's name: when its next mail comes.
preferences-next = Prochaine édition : { $time }
preferences-next-each = Prochaine édition : dès la parution du prochain article
preferences-next-comes = Votre prochaine édition sera envoyée le { $time }.
preferences-paused = En pause jusqu’au { $date }
preferences-is-paused = En pause
preferences-is-resumed = Envois repris
preferences-about-you = À propos de vous
preferences-language = Langue
save = Enregistrer
preferences-saved = Enregistré
preferences-unchanged = Aucun changement
preferences-still-off = Nous n’envoyons pas d’e-mails à cette adresse : rien n’a été activé
pause = Mettre en pause
pause-lead = Vous partez ? Mettez vos newsletters en pause pour quelques semaines. À la reprise, les éditions parues entre-temps ne vous seront pas envoyées.
pause-what = Que voulez-vous mettre en pause ?
pause-all = Toutes les newsletters
pause-for = Pour combien de temps ?
pause-nothing = Il n’y a rien à mettre en pause : vous ne recevez aucune newsletter en ce moment.
weeks = { $weeks ->
    [one] { $weeks } semaine
   *[other] { $weeks } semaines
}
resume = Reprendre maintenant
resume-named = Reprendre maintenant : { $newsletter }
missed = Ce que vous avez manqué
missed-lead = Paru pendant votre absence, du plus récent au plus ancien.
missed-none = Vous n’avez rien manqué.
unsubscribe-all-heading = Se désinscrire de tout
unsubscribe-all-lead = Un clic, et vous ne recevrez plus aucun e-mail de notre part.

## Unsubscribing

unsubscribe = Se désinscrire
unsubscribe-heading = Se désinscrire de « { $newsletter } » ?
unsubscribe-lead = Vous ne recevrez plus cette newsletter.
unsubscribe-all = Se désinscrire de tout
unsubscribed = Désinscription confirmée : « { $newsletter } »
unsubscribed-lead = Vous ne recevrez plus cette newsletter. Vos autres inscriptions éventuelles restent inchangées.
unsubscribed-all = Votre désinscription est complète
unsubscribed-all-lead = Vous ne recevrez plus aucun e-mail de notre part.
unsubscribed-already = Vous ne recevez pas « { $newsletter } »
unsubscribed-already-lead = Aucun e-mail de cette newsletter ne vous sera envoyé.

## “This wasn’t me”

block-heading = Ce n’était pas moi
block-lead = Quelqu’un d’autre a saisi { $address } ? Bloquez cette adresse, et { $publication } ne lui écrira plus jamais.
block-button = Bloquer cette adresse
blocked = Cette adresse est bloquée
blocked-lead = { $publication } n’écrira plus à { $address }, même si quelqu’un saisit cette adresse dans un formulaire.

## The archive

archive-heading = { $publication } : les éditions précédentes
archive-empty = Aucune édition pour le moment
archive-empty-lead = La première édition apparaîtra ici dès son envoi. <a href="/">S’inscrire</a>
archive-older = Éditions plus anciennes
archive-all = Toutes les éditions
archive-subscribe = Recevez { $publication } par e-mail

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Envoi en cours…
box-continue = Continuer la lecture
box-close = Fermer
box-failed = L’envoi a échoué. Vérifiez votre connexion et réessayez.
# Leads to the site that the reader came from.
box-back = Retour à { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = Vouliez-vous dire { $address } ?
email-typo-yes = Oui, utiliser cette adresse
email-typo-no = Non, la mienne est correcte

form-wrong = Vérifiez ce champ
cadence-unknown = Choisissez l’une des fréquences proposées
no-newsletter = Choisissez au moins une newsletter
email-empty = Saisissez votre adresse e-mail. Par exemple : ines@example.org
email-no-at = Il manque le @ dans cette adresse. Elle devrait ressembler à ceci : ines@example.org
email-no-local-part = Il n’y a rien avant le @ dans cette adresse. Elle devrait ressembler à ceci : ines@example.org
email-no-domain = Il n’y a rien après le @ dans cette adresse. Elle devrait ressembler à ceci : ines@example.org
email-not-ascii = Avant le @, seuls sont admis les lettres sans accent, les chiffres et des caractères comme . - _ +
email-local-part = Cette adresse contient un caractère non autorisé. Vérifiez la partie avant le @
email-local-part-long = La partie avant le @ est trop longue : 64 caractères au maximum
email-domain = La partie après le @ n’est pas un nom de domaine. L’adresse complète devrait ressembler à ceci : ines@example.org
email-long = Cette adresse est trop longue : 254 caractères au maximum
refusal-list_unknown = Aucune newsletter ne s’appelle « { $list } ». Choisissez parmi celles proposées.
refusal-too_many_lists = Vous pouvez choisir jusqu’à { $max } newsletters à la fois.
refusal-no_list_open = Aucune newsletter n’est encore ouverte aux inscriptions.
refusal-field_text_long = { $name } : texte trop long, { $max } caractères au maximum.
refusal-field_number_wrong = { $name } : saisissez un nombre, comme 1200 ou 12,5.
refusal-field_number_ambiguous = { $name } : ce nombre peut se lire de deux façons. Saisissez-le sans virgule : 1234, ou 1.234 si le point sépare les décimales.
refusal-field_date_wrong = { $name } : saisissez une date sous la forme année-mois-jour, comme 2026-11-24.
refusal-field_yes_no_wrong = { $name } : répondez par oui ou par non.
refusal-pause_too_long = Choisissez entre 1 et { $max } semaines.
refusal-nothing_to_pause = Il n’y a rien à mettre en pause : vous ne recevez aucune newsletter en ce moment.
refusal-reader_gone = Nous n’avons aucune trace de cette adresse. Elle a été effacée et ne recevra donc aucun e-mail de notre part.

## Errors

error-not-found = Page introuvable
error-not-found-lead = L’adresse comporte peut-être une faute de frappe, ou la page n’existe plus.
error-method = Cette page n’accepte pas cette requête
error-method-lead = L’adresse est correcte, mais cette page n’autorise pas cette méthode de requête.
error-timeout = Cela a pris trop de temps
error-timeout-lead = Votre requête n’est pas arrivée à temps. Réessayez.
error-too-large = Ce formulaire est trop volumineux
error-too-large-lead = Un formulaire peut atteindre { $kilobytes } ko. Raccourcissez votre saisie et réessayez.
error-media-type = Nous ne pouvons pas lire cela
error-media-type-lead = Envoyez un formulaire (application/x-www-form-urlencoded) ou du JSON.
error-compressed-lead = La requête est compressée. Envoyez-la sans compression.
error-request = Nous ne pouvons pas lire cela
error-request-lead = La requête est incomplète. Revenez en arrière et réessayez.
error-unstorable-lead = La requête contient un caractère NUL, ou bien un nombre ou une heure impossible à enregistrer. Retirez-le et réessayez.
error-json = Nous ne pouvons pas lire ce JSON
error-json-lead = Il devrait ressembler à ceci : { $example }
error-ambiguous = Cette requête est ambiguë
error-ambiguous-lead = L’en-tête { $header } apparaît deux fois avec des valeurs différentes, ou n’est pas du texte brut. Envoyez-le une seule fois, en texte brut.
error-server = Un problème est survenu de notre côté
error-server-lead = Rien n’a été modifié. Réessayez dans une minute.
error-link = Le lien est incomplet
error-link-lead = Une partie manque ou a été modifiée. Ouvrez à nouveau le lien dans l’e-mail, ou copiez-le en entier.
error-nobody = Nous n’avons aucune trace de cette adresse
error-nobody-lead = Elle a été effacée et ne recevra donc aucun e-mail de notre part.
error-too-often = Trop d’inscriptions depuis votre réseau
error-too-often-lead = { $minutes ->
    [one] Votre inscription n’a pas abouti. Réessayez dans { $minutes } minute.
   *[other] Votre inscription n’a pas abouti. Réessayez dans { $minutes } minutes.
}
error-invalid = C’est impossible
error-forbidden = Vous n’avez pas l’autorisation de faire cela
error-gone = Cela n’existe plus
error-conflict = C’est impossible
error-too-soon = Réessayez plus tard
error-back = Retour au formulaire

## Mails: what all have

mail-open-link = Ou ouvrez ce lien :
mail-view-in-browser = Voir dans le navigateur
mail-manage = Gérer mes newsletters
mail-pause = Mettre en pause
mail-not-me = Ce n’était pas vous ?
mail-block = Bloquer les e-mails vers cette adresse

## Mails: an issue

mail-byline = Par { $author } · { $date }
# Of one article among several.
mail-read-article = Lire la suite
mail-correction = <strong>Rectificatif :</strong> { $reason }
mail-read-more = Lire la suite sur { $publication }
mail-cut = Cet e-mail a été raccourci. La suite est sur le site.
mail-read-in-browser = Lire la suite dans le navigateur
mail-read-in-browser-colon = Lire la suite dans le navigateur :
mail-reason = Vous recevez cet e-mail car vous avez inscrit { $address } à la newsletter « { $newsletter } ».
mail-reason-each = Vous recevez cet e-mail car vous avez inscrit { $address } le { $date } pour recevoir « { $newsletter } » à chaque nouvel article.
mail-reason-daily = Vous recevez cet e-mail car vous avez inscrit { $address } le { $date } pour recevoir « { $newsletter } » une fois par jour.
mail-reason-weekly = Vous recevez cet e-mail car vous avez inscrit { $address } le { $date } pour recevoir « { $newsletter } » une fois par semaine.
mail-reason-monthly = Vous recevez cet e-mail car vous avez inscrit { $address } le { $date } pour recevoir « { $newsletter } » une fois par mois.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } et { $more } autre article
   *[other] { $title } et { $more } autres articles
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = Dans cette édition
mail-digest-headlines = Autres titres
mail-digest-left = { $left ->
    [one] Et { $left } autre article sur { $publication }
   *[other] Et { $left } autres articles sur { $publication }
}

## Articles: in place of what no mail can show

article-watch = Regarder sur { $host }
article-listen = Écouter sur { $host }
article-open = Ouvrir sur { $host }
article-video = Vidéo
article-picture = Voir l’image sur { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Écouter
article-file-video = Regarder
article-file = Télécharger { $name }
article-file-details = { $file } : { $details }
article-file-time = { $minutes } min
article-file-time-hours = { $hours } h { $minutes } min
article-file-megabytes = { $size } Mo
article-file-kilobytes = { $size } ko

## Mails: confirming

mail-confirm-subject = Confirmez votre inscription à { $publication }
mail-confirm-preheader = Cliquez sur le bouton pour confirmer. Si vous ne faites rien, l’inscription ne sera pas activée.
mail-confirm-lead = Vous avez demandé à recevoir { $newsletters }. Cliquez sur le bouton pour confirmer votre inscription.
mail-confirm-lead-text = Vous avez demandé à recevoir { $newsletters }. Ouvrez ce lien pour confirmer votre inscription :
mail-confirm-expires = Le lien est valable jusqu’au { $time }. Si vous ne faites rien, l’inscription ne sera pas activée et nous ne vous écrirons plus.
mail-confirm-expires-reminds = Le lien est valable jusqu’au { $time }. Si vous ne faites rien, l’inscription ne sera pas activée. Nous vous le rappellerons une seule fois.
mail-remind-subject = Rappel : confirmez votre inscription à { $publication }
mail-remind-only = Vous avez demandé votre inscription, mais vous ne l’avez pas encore confirmée. C’est le seul rappel que nous vous enverrons.
newsletter-each = <strong>{ $newsletter }</strong> à chaque nouvel article
newsletter-daily = <strong>{ $newsletter }</strong> une fois par jour
newsletter-weekly = <strong>{ $newsletter }</strong> une fois par semaine
newsletter-monthly = <strong>{ $newsletter }</strong> une fois par mois
newsletter-each-text = « { $newsletter } » à chaque nouvel article
newsletter-daily-text = « { $newsletter } » une fois par jour
newsletter-weekly-text = « { $newsletter } » une fois par semaine
newsletter-monthly-text = « { $newsletter } » une fois par mois

## Mails: subscribed already

mail-subscribed-subject = Vous recevez déjà { $publication }
mail-subscribed-heading = Votre inscription est déjà active
mail-subscribed-preheader = Quelqu’un a saisi votre adresse dans notre formulaire. Rien n’a changé.
mail-subscribed-lead = Quelqu’un a saisi dans notre formulaire cette adresse, qui reçoit déjà { $newsletters }. Rien n’a changé. Vous pouvez modifier ce que vous recevez :
mail-welcome-subject = Bienvenue chez { $publication }
mail-welcome-preheader = Votre inscription est confirmée.
mail-welcome-lead = Votre inscription est confirmée. Vous recevrez désormais { $newsletters }.
mail-welcome-latest = Derniers articles
mail-welcome-leave = Se désinscrire de « { $newsletter } »
mail-subscribed-not-me = Ce n’était pas vous ? Vous pouvez ignorer cet e-mail ou <a href="{ $url }">bloquer les e-mails vers cette adresse</a>.
mail-subscribed-not-me-text = Ce n’était pas vous ? Vous pouvez ignorer cet e-mail ou bloquer les e-mails vers cette adresse :

## The archive: looking for something

archive-search = Rechercher dans les archives
archive-search-button = Rechercher
archive-list = Newsletter
archive-every-list = Toutes les newsletters
archive-nothing-found = Aucune édition ne correspond
archive-nothing-yet = Aucun résultat dans les éditions parcourues jusqu’ici

## Unsubscribing: undo, and the reason

unsubscribe-undo = Annuler
unsubscribe-undone = Votre inscription est rétablie
unsubscribe-undone-lead = Tout est comme avant.
unsubscribe-not-undone = Rien à annuler
unsubscribe-not-undone-lead = Votre inscription a changé depuis. Inscrivez-vous à nouveau pour recevoir cette newsletter.
leave-reason-question = Pourquoi cette désinscription ?
leave-reason-too-often = Je reçois trop d’e-mails
leave-reason-not-for-me = Je m’attendais à autre chose
leave-reason-never-asked = Je n’ai rien demandé
leave-reason-read-elsewhere = Je lis les articles ailleurs
leave-reason-other = Une autre raison
leave-reason-comment = Souhaitez-vous ajouter quelque chose ? (facultatif)
leave-reason-send = Envoyer
leave-reason-missing = Choisissez une raison ou écrivez-en une
leave-reason-thanks = Merci
leave-reason-thanks-lead = Nous lirons votre réponse. Vous ne recevrez aucun e-mail à ce sujet.
refusal-undo_over = Il n’est plus possible d’annuler. Inscrivez-vous à nouveau.
refusal-comment_long = C’est trop long : { $max } caractères au maximum.

## Address and data, by a link that was just mailed

manage-heading = Votre adresse et vos données
manage-lead = Pour changer d’adresse, ou pour télécharger ou effacer vos données, demandez un lien par e-mail. Sans cela, n’importe qui pourrait passer par un e-mail transféré.
manage-link-button = M’envoyer un lien
manage-link-sent = Consultez votre boîte mail
manage-link-sent-lead = { $minutes ->
    [one] Un lien est en route vers { $address }. Il est valable { $minutes } minute.
   *[other] Un lien est en route vers { $address }. Il est valable { $minutes } minutes.
}
manage-new-address = Nouvelle adresse e-mail
manage-change-address = Changer d’adresse
manage-export = Télécharger vos données
manage-erase = Effacer vos données
new-address-asked = Consultez votre nouvelle boîte mail
new-address-asked-lead = Si nous pouvons écrire à cette adresse, un lien est en route. Votre adresse changera dès que vous cliquerez sur le bouton contenu dans cet e-mail.
new-address-heading = Confirmez votre nouvelle adresse
new-address-lead = Vos newsletters seront désormais envoyées à { $address }.
new-address-button = Confirmer la nouvelle adresse
new-address-set = Adresse modifiée
new-address-set-lead = Vos newsletters sont maintenant envoyées à { $address }.
erase-heading = Effacer vos données ?
erase-lead = Nous effacerons tout ce que nous savons de { $address }, et vous ne recevrez plus aucun e-mail. C’est irréversible. Nous ne gardons qu’une empreinte illisible de l’adresse, pour que personne ne l’ajoute à nouveau sans vous le demander.
erase-button = Effacer mes données
erased = Vos données ont été effacées
erased-lead = Nous n’avons plus aucune trace de votre adresse.
refusal-link_old = Le lien a expiré. Demandez-en un autre sur votre page de préférences.
refusal-new_address_same = C’est déjà votre adresse.
refusal-new_address_taken = Cette adresse a déjà sa propre inscription. Désinscrivez plutôt l’une des deux.
refusal-new_address_blocked = Nous n’envoyons pas d’e-mails à cette adresse. Choisissez-en une autre.

## Still interested?

keep-heading = Voulez-vous toujours recevoir « { $newsletter } » ?
keep-lead = Un clic, et vous continuerez à la recevoir.
keep-button = Continuer à la recevoir
kept = Vous continuerez à recevoir « { $newsletter } »
kept-lead = Merci. Vous n’avez rien d’autre à faire.

## Mails: address and data, still interested

mail-manage-link-heading = Votre lien pour modifier votre adresse ou vos données
mail-manage-link-lead = Vous avez demandé un lien pour changer votre adresse auprès de { $publication }, ou pour télécharger ou effacer vos données.
mail-manage-link-button = Ouvrir la page
mail-manage-link-expires = Le lien est valable jusqu’au { $time }. Si vous ne l’avez pas demandé, ignorez cet e-mail.
mail-new-address-lead = Vous avez demandé à recevoir à cette adresse vos newsletters envoyées par { $publication }.
mail-new-address-expires = Le lien est valable jusqu’au { $time }. Si vous n’avez rien demandé, ignorez cet e-mail : rien ne changera.
mail-address-changed-heading = Votre adresse a changé
mail-address-changed-lead = Vos newsletters envoyées par { $publication } vont maintenant à { $address }.
mail-address-changed-note = Si ce n’était pas vous, répondez à cet e-mail.
mail-keep-lead = Vous recevez « { $newsletter } », envoyée par { $publication }, et nous aimerions savoir si elle vous intéresse toujours.
mail-keep-until = Si vous ne cliquez pas sur le bouton au plus tard le { $date }, nous vous désinscrirons et ne vous écrirons plus à ce sujet.
