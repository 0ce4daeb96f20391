# What readers meet, in Spanish: pages, forms, errors and mails. What this file lacks is taken from en.ftl.
# HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = Español
# Whose habits dates follow where the language names no region.
language-formats = es-ES
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions =
    es-AR Español (Argentina)
    es-CL Español (Chile)
    es-CO Español (Colombia)
    es-US Español (Estados Unidos)
    es-MX Español (México)
    es-PE Español (Perú)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } ({ $place })
today = hoy
yesterday = ayer

## Every page

skip-link = Ir al contenido
footer-links = Más
archive = Ediciones anteriores
sent-with = Enviado con

## Subscribing

subscribe = Suscríbete
subscribe-heading = Descubre más de { $publication }
subscribe-lead = Suscríbete y recibe los últimos artículos en tu correo.
email-label = Correo electrónico
email-placeholder = Tu correo electrónico
honeypot-label = Deja este campo vacío
proof-heading = Un paso más
proof-lead = Ahora mismo están llegando muchas suscripciones y queremos comprobar que la tuya es de una persona. Espera diez segundos y continúa.
proof-button = Continuar
proof-checking = Ahora mismo están llegando muchas suscripciones y queremos comprobar que la tuya es de una persona. Tardará unos segundos.
proof-early = Ha sido un poco pronto. Espera unos segundos más y continúa.
proof-json = Resuelve el desafío y envía de nuevo el formulario con la solución en el campo “altcha”.
proof-expired = Rellena el formulario de nuevo
proof-expired-lead = Este paso se hace en tu navegador, en un máximo de quince minutos y con las cookies activadas. Todavía no se ha enviado nada.
proof-large-lead = El formulario es demasiado largo para guardarlo mientras esperas. Elige menos boletines o acorta tus respuestas.
unsubscribe-any-time = Puedes darte de baja cuando quieras.
newsletters-legend = Boletines
recent-issues = Últimas ediciones
recent-issues-none = Aún no hay ediciones. Suscríbete para recibir la primera.
recent-issues-all = Ver todas las ediciones

cadence-each = Con cada artículo
cadence-daily = Una vez al día
cadence-weekly = Una vez a la semana
cadence-monthly = Una vez al mes
cadence-off = Nunca
cadence-legend = ¿Con qué frecuencia?

field-yes = Sí
field-no = No

check-inbox = Revisa tu correo
check-inbox-lead = Si podemos escribir a esa dirección, ya hay un correo de confirmación en camino. Haz clic en el botón de ese correo para confirmar tu suscripción.
check-inbox-from = Remitente
check-inbox-valid = Enlace válido durante
hours = { $hours ->
    [one] { $hours } hora
   *[other] { $hours } horas
}
check-inbox-captured = Este servidor guarda los correos en lugar de enviarlos. <a href="/mailbox">Abrir el buzón</a>
check-inbox-help = ¿No te ha llegado?
check-inbox-wait = Espera un par de minutos y mira en la carpeta de spam o de promociones.
check-inbox-retype = Comprueba que has escrito bien tu dirección. <a href="/">Escribirla de nuevo</a>
check-inbox-already = ¿Ya tenías la suscripción? No tienes que hacer nada más.
check-inbox-detail = Si podemos escribir a esa dirección, ya hay un correo de confirmación en camino.

## Confirming

confirm = Confirmar
confirm-heading = Confirma tu suscripción
confirm-lead = { $publication } enviará a <strong>{ $address }</strong> { $newsletters }.
confirm-lead-bare = { $publication } enviará sus correos a <strong>{ $address }</strong>.
confirm-meanwhile = También te suscribiste a
confirm-button = Confirmar suscripción
confirm-not-me = ¿No te suscribiste tú? Cierra esta página y no se activará la suscripción.
confirmed = Tu suscripción está activa
confirmed-lead = { $publication } te enviará por correo { $newsletters }.
confirmed-past-issues = Leer ediciones anteriores
confirm-left-since = Tu suscripción no está activa
confirm-left-since-lead = Te diste de baja después de que se enviara ese correo. Si quieres volver, suscríbete de nuevo.
confirm-suppressed = No podemos escribir a esta dirección
confirm-suppressed-lead = { $publication } no envía correos a esta dirección. Suscríbete con otra.
confirm-expired = El enlace ha caducado
confirm-expired-lead = { $hours ->
    [one] El enlace era válido durante { $hours } hora. Suscríbete de nuevo para recibir otro.
   *[other] El enlace era válido durante { $hours } horas. Suscríbete de nuevo para recibir otro.
}
subscribe-again = Suscribirse de nuevo

## Preferences

preferences = Preferencias
preferences-heading = Gestiona tu suscripción
preferences-for = Para <strong>{ $address }</strong>, con suscripción desde el { $date }.
preferences-suppressed = No enviamos correos a esta dirección, así que lo que elijas aquí no tendrá efecto.
preferences-newsletters = Tus boletines
preferences-unconfirmed = Sin confirmar: haz clic en el botón del correo que te enviamos
# Under a newsletter's name: when its next mail comes.
preferences-next = Próxima edición: { $time }
preferences-next-each = Próxima edición: cuando se publique el próximo artículo
preferences-next-comes = Próximo envío: { $time }
preferences-paused = En pausa hasta el { $date }
preferences-is-paused = En pausa
preferences-is-resumed = Envíos reanudados
preferences-about-you = Sobre ti
preferences-language = Idioma
save = Guardar
preferences-saved = Guardado
preferences-unchanged = No hay cambios
preferences-still-off = No enviamos correos a esta dirección, así que no se ha activado nada
pause = Pausar
pause-lead = ¿Te vas unos días? Pausa tus boletines durante unas semanas. Al reanudarlos no te llegarán los correos atrasados.
pause-what = ¿Qué quieres pausar?
pause-all = Todos los boletines
pause-for = ¿Durante cuánto tiempo?
pause-nothing = No hay nada que pausar: ahora mismo no recibes ningún boletín.
weeks = { $weeks ->
    [one] { $weeks } semana
   *[other] { $weeks } semanas
}
resume = Reanudar ahora
resume-named = Reanudar ahora: { $newsletter }
missed = Lo que te perdiste
missed-lead = Publicado durante tu pausa, de lo más nuevo a lo más antiguo.
missed-none = No te has perdido nada.
unsubscribe-all-heading = Darse de baja de todo
unsubscribe-all-lead = Un clic y no recibirás más correos nuestros.

## Unsubscribing

unsubscribe = Darse de baja
unsubscribe-heading = ¿Quieres darte de baja de “{ $newsletter }”?
unsubscribe-lead = Dejarás de recibir este boletín.
unsubscribe-all = Darse de baja de todo
unsubscribed = Te has dado de baja de “{ $newsletter }”
unsubscribed-lead = Ya no recibirás este boletín. Tus demás suscripciones, si las tienes, siguen igual.
unsubscribed-all = Te has dado de baja de todo
unsubscribed-all-lead = No recibirás más correos nuestros.
unsubscribed-already = No recibes “{ $newsletter }”
unsubscribed-already-lead = No te llegará ningún correo de este boletín.

## “This wasn’t me”

block-heading = No fui yo
block-lead = ¿Otra persona escribió { $address }? Bloquea esta dirección y { $publication } no volverá a enviarle ningún correo.
block-button = Bloquear esta dirección
blocked = Esta dirección está bloqueada
blocked-lead = { $publication } no volverá a escribir a { $address }, aunque alguien introduzca la dirección en un formulario.

## The archive

archive-heading = Ediciones anteriores de { $publication }
archive-empty = Aún no hay ediciones
archive-empty-lead = La primera edición aparecerá aquí en cuanto se envíe. <a href="/">Suscríbete</a>
archive-older = Ediciones más antiguas
archive-all = Todas las ediciones
archive-subscribe = Recibe { $publication } por correo

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Enviando…
box-continue = Seguir leyendo
box-close = Cerrar
box-failed = No ha funcionado. Comprueba tu conexión e inténtalo de nuevo.
# Leads to the site that the reader came from.
box-back = Volver a { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = ¿Querías decir { $address }?
email-typo-yes = Sí, usar esa dirección
email-typo-no = No, la mía está bien

form-wrong = Revisa este campo
cadence-unknown = Elige una de las frecuencias que se muestran
no-newsletter = Elige al menos un boletín
email-empty = Escribe tu correo electrónico. Por ejemplo: ines@example.org
email-no-at = A esa dirección le falta la @. Debe tener esta forma: ines@example.org
email-no-local-part = En esa dirección no hay nada antes de la @. Debe tener esta forma: ines@example.org
email-no-domain = En esa dirección no hay nada después de la @. Debe tener esta forma: ines@example.org
email-not-ascii = Antes de la @ solo puede haber letras sin tilde ni ñ, cifras y caracteres como . - _ +
email-local-part = Esa dirección tiene un carácter no permitido. Revisa la parte anterior a la @
email-local-part-long = La parte anterior a la @ es demasiado larga: el límite es de 64 caracteres
email-domain = La parte posterior a la @ no es un dominio. La dirección completa debe tener esta forma: ines@example.org
email-long = Esa dirección es demasiado larga: el límite es de 254 caracteres
refusal-list_unknown = No hay ningún boletín llamado “{ $list }”. Elige uno de los que se muestran.
refusal-too_many_lists = Puedes elegir hasta { $max } boletines a la vez.
refusal-no_list_open = Todavía no hay boletines a los que suscribirse.
refusal-field_text_long = { $name } es demasiado largo: el límite es de { $max } caracteres.
refusal-field_number_wrong = { $name } debe ser un número, como 1200 o 12,5.
refusal-field_number_ambiguous = { $name } podría ser dos números distintos. Escríbelo sin coma: 1234, o 1.234 si el punto separa los decimales.
refusal-field_date_wrong = { $name } debe ser una fecha con el formato año-mes-día, como 2026-11-24.
refusal-field_yes_no_wrong = { $name } debe ser sí o no.
refusal-pause_too_long = Elige entre 1 y { $max } semanas.
refusal-nothing_to_pause = No hay nada que pausar: ahora mismo no recibes ningún boletín.
refusal-reader_gone = No tenemos datos de esta dirección. Se borró, así que no recibirá correos nuestros.

## Errors

error-not-found = Página no encontrada
error-not-found-lead = Puede que hayas escrito mal la dirección o que la página ya no exista.
error-method = Esta página no acepta esa petición
error-method-lead = La dirección es correcta, pero esta página no admite ese método de petición.
error-timeout = Esto ha tardado demasiado
error-timeout-lead = Tu petición no llegó a tiempo. Inténtalo de nuevo.
error-too-large = Ese formulario es demasiado grande
error-too-large-lead = Un formulario puede ocupar hasta { $kilobytes } KB. Acorta lo que has escrito e inténtalo de nuevo.
error-media-type = No podemos leer esto
error-media-type-lead = Envía un formulario (application/x-www-form-urlencoded) o JSON.
error-compressed-lead = La petición está comprimida. Envíala sin comprimir.
error-request = No podemos leer esto
error-request-lead = La petición está incompleta. Vuelve atrás e inténtalo de nuevo.
error-unstorable-lead = La petición contiene un carácter NUL, o un número o una hora que no se puede guardar. Quítalo e inténtalo de nuevo.
error-json = No podemos leer ese JSON
error-json-lead = Debería tener esta forma: { $example }
error-ambiguous = Esta petición es ambigua
error-ambiguous-lead = La cabecera { $header } aparece dos veces con valores distintos o no es texto sin formato. Envíala una sola vez, como texto sin formato.
error-server = Algo ha fallado por nuestra parte
error-server-lead = No se ha cambiado nada. Inténtalo de nuevo en un minuto.
error-link = El enlace está incompleto
error-link-lead = Falta una parte o se ha modificado. Abre otra vez el enlace del correo o cópialo entero.
error-nobody = No tenemos datos de esta dirección
error-nobody-lead = Se borró, así que no recibirá correos nuestros.
error-too-often = Demasiadas suscripciones desde tu red
error-too-often-lead = { $minutes ->
    [one] Tu suscripción no se ha completado. Inténtalo de nuevo en { $minutes } minuto.
   *[other] Tu suscripción no se ha completado. Inténtalo de nuevo en { $minutes } minutos.
}
error-invalid = No es posible hacerlo
error-forbidden = No tienes permiso para hacer esto
error-gone = Esto ya no existe
error-conflict = No es posible hacerlo
error-too-soon = Inténtalo más tarde
error-back = Volver al formulario

## Mails: what all have

mail-open-link = O abre este enlace:
mail-view-in-browser = Ver en el navegador
mail-manage = Gestionar suscripción
mail-pause = Pausar
mail-not-me = ¿No fuiste tú?
mail-block = Bloquear los correos a esta dirección

## Mails: an issue

mail-byline = Por { $author } · { $date }
# Of one article among several.
mail-read-article = Seguir leyendo
mail-correction = <strong>Corrección:</strong> { $reason }
mail-read-more = Seguir leyendo en { $publication }
mail-cut = Este correo se ha acortado. El resto está en el sitio web.
mail-read-in-browser = Leer el resto en el navegador
mail-read-in-browser-colon = Leer el resto en el navegador:
mail-reason = Recibes este correo porque { $address } se suscribió al boletín “{ $newsletter }”.
mail-reason-each = Recibes este correo porque { $address } se suscribió el { $date } para recibir “{ $newsletter }” con cada artículo nuevo.
mail-reason-daily = Recibes este correo porque { $address } se suscribió el { $date } para recibir “{ $newsletter }” una vez al día.
mail-reason-weekly = Recibes este correo porque { $address } se suscribió el { $date } para recibir “{ $newsletter }” una vez a la semana.
mail-reason-monthly = Recibes este correo porque { $address } se suscribió el { $date } para recibir “{ $newsletter }” una vez al mes.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } y { $more } artículo más
   *[other] { $title } y { $more } artículos más
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = En esta edición
mail-digest-headlines = Más titulares
mail-digest-left = { $left ->
    [one] Y { $left } artículo más en { $publication }
   *[other] Y { $left } artículos más en { $publication }
}

## Articles: in place of what no mail can show

article-watch = Ver en { $host }
article-listen = Escuchar en { $host }
article-open = Abrir en { $host }
article-video = Vídeo
article-picture = Ver la imagen en { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Escuchar
article-file-video = Ver
article-file = Descargar { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } min
article-file-time-hours = { $hours } h { $minutes } min
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } kB

## Mails: confirming

mail-confirm-subject = Confirma tu suscripción a { $publication }
mail-confirm-preheader = Haz clic en el botón para confirmar. Si no haces nada, la suscripción no se activará.
mail-confirm-lead = Te suscribiste para recibir { $newsletters }. Haz clic en el botón para confirmar tu suscripción.
mail-confirm-lead-text = Te suscribiste para recibir { $newsletters }. Abre este enlace para confirmar tu suscripción:
mail-confirm-expires = El enlace es válido hasta el { $time }. Si no haces nada, la suscripción no se activará y no volveremos a escribirte.
mail-confirm-expires-reminds = El enlace es válido hasta el { $time }. Si no haces nada, la suscripción no se activará. Te lo recordaremos una vez.
mail-remind-subject = Recordatorio: confirma tu suscripción a { $publication }
mail-remind-only = Te suscribiste, pero aún no has confirmado. Este es el único recordatorio que te enviaremos.
newsletter-each = <strong>{ $newsletter }</strong> con cada artículo nuevo
newsletter-daily = <strong>{ $newsletter }</strong> una vez al día
newsletter-weekly = <strong>{ $newsletter }</strong> una vez a la semana
newsletter-monthly = <strong>{ $newsletter }</strong> una vez al mes
newsletter-each-text = “{ $newsletter }” con cada artículo nuevo
newsletter-daily-text = “{ $newsletter }” una vez al día
newsletter-weekly-text = “{ $newsletter }” una vez a la semana
newsletter-monthly-text = “{ $newsletter }” una vez al mes

## Mails: subscribed already

mail-subscribed-subject = Ya tienes una suscripción a { $publication }
mail-subscribed-heading = Tu suscripción ya está activa
mail-subscribed-preheader = Alguien escribió tu dirección en nuestro formulario. No ha cambiado nada.
mail-subscribed-lead = Alguien escribió en nuestro formulario esta dirección, que ya recibe { $newsletters }. No ha cambiado nada. Puedes cambiar lo que recibes:
mail-welcome-subject = Te damos la bienvenida a { $publication }
mail-welcome-preheader = Tu suscripción está confirmada.
mail-welcome-lead = Tu suscripción está confirmada. A partir de ahora recibirás { $newsletters }.
mail-welcome-latest = Últimos artículos
mail-welcome-leave = Darse de baja de “{ $newsletter }”
mail-subscribed-not-me = ¿No fuiste tú? Puedes ignorar este correo o <a href="{ $url }">bloquear los correos a esta dirección</a>.
mail-subscribed-not-me-text = ¿No fuiste tú? Puedes ignorar este correo o bloquear los correos a esta dirección:

## The archive: looking for something

archive-search = Buscar en ediciones anteriores
archive-search-button = Buscar
archive-list = Boletín
archive-every-list = Todos los boletines
archive-nothing-found = Ninguna edición coincide
archive-nothing-yet = Ninguna coincidencia en las ediciones revisadas hasta ahora

## Unsubscribing: undo, and the reason

unsubscribe-undo = Deshacer
unsubscribe-undone = Tu suscripción vuelve a estar activa
unsubscribe-undone-lead = Todo está como antes.
unsubscribe-not-undone = No hay nada que deshacer
unsubscribe-not-undone-lead = Tu suscripción ha cambiado desde entonces. Suscríbete de nuevo para recibir este boletín.
leave-reason-question = ¿Por qué te diste de baja?
leave-reason-too-often = Recibo demasiados correos
leave-reason-not-for-me = No es lo que esperaba
leave-reason-never-asked = No me suscribí
leave-reason-read-elsewhere = Lo leo en otro sitio
leave-reason-other = Otro motivo
leave-reason-comment = ¿Quieres añadir algo? (opcional)
leave-reason-send = Enviar
leave-reason-missing = Elige un motivo o escribe uno
leave-reason-thanks = Gracias
leave-reason-thanks-lead = Lo leeremos. No recibirás ningún correo por esto.
refusal-undo_over = Esto ya no se puede deshacer. Suscríbete de nuevo.
refusal-comment_long = Es demasiado largo: el límite es de { $max } caracteres.

## Address and data, by a link that was just mailed

manage-heading = Tu dirección y tus datos
manage-lead = Para cambiar tu dirección o para descargar o borrar tus datos, pide un enlace por correo. Cualquiera podría abrir esta página desde un correo reenviado.
manage-link-button = Enviarme un enlace
manage-link-sent = Revisa tu correo
manage-link-sent-lead = { $minutes ->
    [one] Hay un enlace en camino hacia { $address }. Es válido durante { $minutes } minuto.
   *[other] Hay un enlace en camino hacia { $address }. Es válido durante { $minutes } minutos.
}
manage-new-address = Nuevo correo electrónico
manage-change-address = Cambiar dirección
manage-export = Descargar tus datos
manage-erase = Borrar tus datos
new-address-asked = Revisa el nuevo correo
new-address-asked-lead = Si podemos escribir a esa dirección, ya hay un enlace en camino. Tu dirección cambiará cuando hagas clic en el botón de ese correo.
new-address-heading = Confirma tu nueva dirección
new-address-lead = A partir de ahora, tus boletines llegarán a { $address }.
new-address-button = Confirmar nueva dirección
new-address-set = Dirección cambiada
new-address-set-lead = Tus boletines llegan ahora a { $address }.
erase-heading = ¿Borrar tus datos?
erase-lead = Borraremos todo lo que sabemos de { $address } y no recibirás más correos. Esto no se puede deshacer. Solo conservamos una huella ilegible de la dirección, para que nadie vuelva a añadirla sin preguntarte.
erase-button = Borrar mis datos
erased = Tus datos se han borrado
erased-lead = Ya no conservamos tu dirección.
refusal-link_old = El enlace ha caducado. Pide otro en tu página de preferencias.
refusal-new_address_same = Esa ya es tu dirección.
refusal-new_address_taken = Esa dirección ya tiene su propia suscripción. Da de baja una de las dos.
refusal-new_address_blocked = No enviamos correos a esa dirección. Elige otra.

## Still interested?

keep-heading = ¿Quieres seguir recibiendo “{ $newsletter }”?
keep-lead = Un clic y lo seguirás recibiendo.
keep-button = Seguir recibiéndolo
kept = Seguirás recibiendo “{ $newsletter }”
kept-lead = Gracias. No tienes que hacer nada más.

## Mails: address and data, still interested

mail-manage-link-heading = Tu enlace para cambiar tu dirección o tus datos
mail-manage-link-lead = Pediste un enlace para cambiar tu dirección en { $publication } o para descargar o borrar tus datos.
mail-manage-link-button = Abrir la página
mail-manage-link-expires = El enlace es válido hasta el { $time }. Si no lo pediste, ignora este correo.
mail-new-address-lead = Pediste recibir tus boletines de { $publication } en esta dirección.
mail-new-address-expires = El enlace es válido hasta el { $time }. Si no lo pediste, ignora este correo y no cambiará nada.
mail-address-changed-heading = Tu dirección ha cambiado
mail-address-changed-lead = Tus boletines de { $publication } llegan ahora a { $address }.
mail-address-changed-note = Si no fuiste tú, responde a este correo.
mail-keep-lead = Recibes “{ $newsletter }” de { $publication } y queremos saber si aún te interesa.
mail-keep-until = Si no haces clic en el botón a más tardar el { $date }, te daremos de baja y no volveremos a escribirte sobre esto.
