# What readers meet, in Brazilian Portuguese: pages, forms, errors and mails. What this file lacks is taken from en.ftl.
# HTML may hold <a>, <strong> and <br>; { $names } are escaped where they are filled.

language-name = Português (Brasil)
# Whose habits dates follow where the language names no region.
language-formats = pt-BR
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, às { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } ({ $place })
today = hoje
yesterday = ontem

## Every page

skip-link = Ir para o conteúdo
footer-links = Mais
archive = Edições anteriores
sent-with = Enviado com

## Subscribing

subscribe = Inscreva-se
subscribe-heading = Acompanhe { $publication } por e-mail
subscribe-lead = Inscreva-se para receber as últimas matérias por e-mail.
email-label = E-mail
email-placeholder = Seu e-mail
honeypot-label = Deixe este campo vazio
proof-heading = Só mais um passo
proof-lead = Muitas inscrições estão chegando agora, e estamos verificando se a sua vem de uma pessoa. Espere dez segundos e continue.
proof-button = Continuar
proof-checking = Muitas inscrições estão chegando agora, e estamos verificando se a sua vem de uma pessoa. Leva alguns segundos.
proof-early = Foi um pouco cedo demais. Espere mais alguns segundos e continue.
proof-json = Resolva o desafio e envie o formulário de novo com a solução no campo “altcha”.
proof-expired = Preencha o formulário de novo
proof-expired-lead = Esta etapa acontece no seu navegador, em até quinze minutos e com os cookies ativados. Nada foi enviado ainda.
proof-large-lead = Esse formulário é longo demais para ser guardado enquanto você espera. Escolha menos newsletters ou encurte suas respostas.
unsubscribe-any-time = Cancele quando quiser.
newsletters-legend = Newsletters
recent-issues = Últimas edições
recent-issues-none = Ainda não há edições. Inscreva-se para receber a primeira.
recent-issues-all = Ver todas as edições

cadence-each = A cada matéria
cadence-daily = Uma vez por dia
cadence-weekly = Uma vez por semana
cadence-monthly = Uma vez por mês
cadence-off = Nunca
cadence-legend = Com que frequência?

field-yes = Sim
field-no = Não

check-inbox = Confira seu e-mail
check-inbox-lead = Se for possível escrever para esse endereço, um e-mail de confirmação está a caminho. Clique no botão desse e-mail para confirmar sua inscrição.
check-inbox-from = Remetente
check-inbox-valid = Link válido por
hours = { $hours ->
    [one] { $hours } hora
   *[other] { $hours } horas
}
check-inbox-captured = Este servidor guarda os e-mails em vez de enviá-los. <a href="/mailbox">Abrir a caixa de e-mails</a>
check-inbox-help = Não recebeu?
check-inbox-wait = Espere alguns minutos e procure na pasta de spam ou de promoções.
check-inbox-retype = Verifique se você digitou o endereço certo. <a href="/">Digitar de novo</a>
check-inbox-already = Já se inscreveu? Então não precisa fazer mais nada.
check-inbox-detail = Se for possível escrever para esse endereço, um e-mail de confirmação está a caminho.

## Confirming

confirm = Confirmar
confirm-heading = Confirme sua inscrição
confirm-lead = { $publication } vai enviar a <strong>{ $address }</strong> { $newsletters }.
confirm-lead-bare = { $publication } vai enviar e-mails a <strong>{ $address }</strong>.
confirm-meanwhile = Você também se inscreveu em
confirm-button = Confirmar inscrição
confirm-not-me = Não foi você? Feche esta página e nenhuma inscrição será feita.
confirmed = Sua inscrição está ativa
confirmed-lead = { $publication } vai enviar { $newsletters } para o seu e-mail.
confirmed-past-issues = Ler edições anteriores
confirm-left-since = Sua inscrição não está ativa
confirm-left-since-lead = Você cancelou a inscrição depois do envio desse e-mail. Para voltar, inscreva-se de novo.
confirm-suppressed = Não podemos escrever para este endereço
confirm-suppressed-lead = { $publication } não envia e-mails para este endereço. Inscreva-se com outro.
confirm-expired = O link expirou
confirm-expired-lead = { $hours ->
    [one] O link era válido por { $hours } hora. Inscreva-se de novo para receber outro.
   *[other] O link era válido por { $hours } horas. Inscreva-se de novo para receber outro.
}
subscribe-again = Inscrever-se de novo

## Preferences

preferences = Preferências
preferences-heading = Gerencie sua inscrição
preferences-for = Para <strong>{ $address }</strong>, com inscrição desde { $date }.
preferences-suppressed = Não enviamos e-mails para este endereço, por isso suas escolhas aqui não têm efeito.
preferences-newsletters = Suas newsletters
preferences-unconfirmed = Ainda não confirmada: clique no botão do e-mail que enviamos
# Under a newsletter's name: when its next mail comes.
preferences-next = Próxima edição: { $time }
preferences-next-each = Próxima edição: quando sair a próxima matéria
preferences-next-comes = Próximo envio: { $time }
preferences-paused = Em pausa até { $date }
preferences-is-paused = Em pausa
preferences-is-resumed = Envio retomado
preferences-about-you = Sobre você
preferences-language = Idioma
save = Salvar
preferences-saved = Salvo
preferences-unchanged = Nada mudou
preferences-still-off = Não enviamos e-mails para este endereço, por isso nada foi ativado
pause = Pausar
pause-lead = Vai viajar? Pause suas newsletters por algumas semanas. Na volta, os e-mails desse período não serão enviados.
pause-what = O que você quer pausar?
pause-all = Todas as newsletters
pause-for = Por quanto tempo?
pause-nothing = Não há nada para pausar: no momento, você não recebe nenhuma newsletter.
weeks = { $weeks ->
    [one] { $weeks } semana
   *[other] { $weeks } semanas
}
resume = Retomar agora
resume-named = Retomar agora: { $newsletter }
missed = O que você perdeu
missed-lead = Publicado durante a sua pausa, do mais novo para o mais antigo.
missed-none = Você não perdeu nada.
unsubscribe-all-heading = Cancelar tudo
unsubscribe-all-lead = Um clique, e você não recebe mais nenhum e-mail nosso.

## Unsubscribing

unsubscribe = Cancelar inscrição
unsubscribe-heading = Cancelar a inscrição em “{ $newsletter }”?
unsubscribe-lead = Você vai deixar de receber esta newsletter.
unsubscribe-all = Cancelar todas as inscrições
unsubscribed = Você cancelou a inscrição em “{ $newsletter }”
unsubscribed-lead = Você não vai mais receber esta newsletter. Se houver outras inscrições, elas continuam como estão.
unsubscribed-all = Você cancelou todas as inscrições
unsubscribed-all-lead = Você não vai mais receber e-mails nossos.
unsubscribed-already = Você não recebe “{ $newsletter }”
unsubscribed-already-lead = Você não vai receber nenhum e-mail desta newsletter.

## “This wasn’t me”

block-heading = Não fui eu
block-lead = Outra pessoa digitou { $address }? Bloqueie este endereço, e { $publication } nunca mais vai escrever para ele.
block-button = Bloquear este endereço
blocked = Este endereço está bloqueado
blocked-lead = { $publication } não vai mais escrever para { $address }, mesmo que alguém digite o endereço em um formulário.

## The archive

archive-heading = Edições anteriores de { $publication }
archive-empty = Ainda não há edições
archive-empty-lead = A primeira edição vai aparecer aqui assim que for enviada. <a href="/">Inscreva-se</a>
archive-older = Edições mais antigas
archive-all = Todas as edições
archive-subscribe = Receba { $publication } por e-mail

## The subscribe box on other sites

# On the button while the form is being sent.
box-busy = Enviando…
box-continue = Continuar lendo
box-close = Fechar
box-failed = Não deu certo. Verifique sua conexão e tente de novo.
# Leads to the site that the reader came from.
box-back = Voltar para { $host }

## What is wrong with a form

# Asked where the domain looks mistyped: ines@gmial.com.
email-typo = Você quis dizer { $address }?
email-typo-yes = Sim, usar esse endereço
email-typo-no = Não, o meu está certo

form-wrong = Confira este campo
cadence-unknown = Escolha uma das frequências mostradas
no-newsletter = Escolha pelo menos uma newsletter
email-empty = Digite seu e-mail. Por exemplo: ines@example.org
email-no-at = Falta o @ nesse endereço. Ele deve ser parecido com: ines@example.org
email-no-local-part = Não há nada antes do @ nesse endereço. Ele deve ser parecido com: ines@example.org
email-no-domain = Não há nada depois do @ nesse endereço. Ele deve ser parecido com: ines@example.org
email-not-ascii = Antes do @ só pode haver letras sem acento nem cedilha, números e caracteres como . - _ +
email-local-part = Esse endereço tem um caractere não permitido. Confira a parte antes do @
email-local-part-long = A parte antes do @ é longa demais: o limite é de 64 caracteres
email-domain = A parte depois do @ não é um domínio. O endereço completo deve ser parecido com: ines@example.org
email-long = Esse endereço é longo demais: o limite é de 254 caracteres
refusal-list_unknown = Não existe nenhuma newsletter chamada “{ $list }”. Escolha uma das mostradas.
refusal-too_many_lists = Você pode escolher até { $max } newsletters de uma vez.
refusal-no_list_open = Ainda não há newsletters abertas para inscrição.
refusal-field_text_long = { $name }: o texto é longo demais, o limite é de { $max } caracteres.
refusal-field_number_wrong = { $name }: digite um número, como 1200 ou 12,5.
refusal-field_number_ambiguous = { $name }: esse número pode ser lido de duas formas. Digite sem vírgula: 1234, ou 1.234 se o ponto separar os decimais.
refusal-field_date_wrong = { $name }: digite uma data no formato ano-mês-dia, como 2026-11-24.
refusal-field_yes_no_wrong = { $name }: responda sim ou não.
refusal-pause_too_long = Escolha entre 1 e { $max } semanas.
refusal-nothing_to_pause = Não há nada para pausar: no momento, você não recebe nenhuma newsletter.
refusal-reader_gone = Não temos registro deste endereço. Ele foi apagado, por isso não vai receber e-mails nossos.

## Errors

error-not-found = Página não encontrada
error-not-found-lead = O endereço pode ter sido digitado errado, ou a página não existe mais.
error-method = Esta página não aceita essa solicitação
error-method-lead = O endereço está certo, mas esta página não permite esse método de solicitação.
error-timeout = Demorou demais
error-timeout-lead = Sua solicitação não chegou a tempo. Tente de novo.
error-too-large = Esse formulário é grande demais
error-too-large-lead = Um formulário pode ter até { $kilobytes } KB. Encurte o que você digitou e tente de novo.
error-media-type = Não conseguimos ler isso
error-media-type-lead = Envie um formulário (application/x-www-form-urlencoded) ou JSON.
error-compressed-lead = A solicitação está compactada. Envie sem compactar.
error-request = Não conseguimos ler isso
error-request-lead = A solicitação está incompleta. Volte e tente de novo.
error-unstorable-lead = A solicitação contém um caractere NUL, ou um número ou horário que não pode ser armazenado. Remova e tente de novo.
error-json = Não conseguimos ler esse JSON
error-json-lead = Ele deve ser parecido com: { $example }
error-ambiguous = Esta solicitação é ambígua
error-ambiguous-lead = O cabeçalho { $header } aparece duas vezes com valores diferentes ou não é texto simples. Envie uma única vez, como texto simples.
error-server = Algo deu errado do nosso lado
error-server-lead = Nada foi alterado. Tente de novo em um minuto.
error-link = O link está incompleto
error-link-lead = Uma parte está faltando ou foi alterada. Abra de novo o link do e-mail ou copie o link inteiro.
error-nobody = Não temos registro deste endereço
error-nobody-lead = Ele foi apagado, por isso não vai receber e-mails nossos.
error-too-often = Inscrições demais a partir da sua rede
error-too-often-lead = { $minutes ->
    [one] Sua inscrição não foi concluída. Tente de novo em { $minutes } minuto.
   *[other] Sua inscrição não foi concluída. Tente de novo em { $minutes } minutos.
}
error-invalid = Não é possível fazer isso
error-forbidden = Você não tem permissão para fazer isso
error-gone = Isso não existe mais
error-conflict = Não é possível fazer isso
error-too-soon = Tente de novo mais tarde
error-back = Voltar ao formulário

## Mails: what all have

mail-open-link = Ou abra este link:
mail-view-in-browser = Ver no navegador
mail-manage = Gerenciar inscrição
mail-pause = Pausar
mail-not-me = Não foi você?
mail-block = Bloquear e-mails para este endereço

## Mails: an issue

mail-byline = Por { $author } · { $date }
# Of one article among several.
mail-read-article = Leia mais
mail-correction = <strong>Correção:</strong> { $reason }
mail-read-more = Leia mais em { $publication }
mail-cut = Este e-mail foi encurtado. O restante está no site.
mail-read-in-browser = Leia o restante no navegador
mail-read-in-browser-colon = Leia o restante no navegador:
mail-reason = Você recebeu este e-mail porque { $address } se inscreveu em “{ $newsletter }”.
mail-reason-each = Você recebeu este e-mail porque { $address } se inscreveu em { $date } para receber “{ $newsletter }” a cada nova matéria.
mail-reason-daily = Você recebeu este e-mail porque { $address } se inscreveu em { $date } para receber “{ $newsletter }” uma vez por dia.
mail-reason-weekly = Você recebeu este e-mail porque { $address } se inscreveu em { $date } para receber “{ $newsletter }” uma vez por semana.
mail-reason-monthly = Você recebeu este e-mail porque { $address } se inscreveu em { $date } para receber “{ $newsletter }” uma vez por mês.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } e mais { $more } matéria
   *[other] { $title } e mais { $more } matérias
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = Nesta edição
mail-digest-headlines = Mais manchetes
mail-digest-left = { $left ->
    [one] E mais { $left } matéria em { $publication }
   *[other] E mais { $left } matérias em { $publication }
}

## Articles: in place of what no mail can show

article-watch = Assistir em { $host }
article-listen = Ouvir em { $host }
article-open = Abrir em { $host }
article-video = Vídeo
article-picture = Ver a imagem em { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Ouvir
article-file-video = Assistir
article-file = Baixar { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } min
article-file-time-hours = { $hours } h { $minutes } min
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } kB

## Mails: confirming

mail-confirm-subject = Confirme sua inscrição em { $publication }
mail-confirm-preheader = Clique no botão para confirmar. Se você não fizer nada, a inscrição não será feita.
mail-confirm-lead = Você se inscreveu para receber { $newsletters }. Clique no botão para confirmar sua inscrição.
mail-confirm-lead-text = Você se inscreveu para receber { $newsletters }. Abra este link para confirmar sua inscrição:
mail-confirm-expires = O link vale até { $time }. Se você não fizer nada, a inscrição não será feita, e não vamos escrever de novo.
mail-confirm-expires-reminds = O link vale até { $time }. Se você não fizer nada, a inscrição não será feita. Vamos lembrar você uma única vez.
mail-remind-subject = Lembrete: confirme sua inscrição em { $publication }
mail-remind-only = Você se inscreveu, mas ainda não confirmou. Este é o único lembrete que vamos enviar.
newsletter-each = <strong>{ $newsletter }</strong> a cada nova matéria
newsletter-daily = <strong>{ $newsletter }</strong> uma vez por dia
newsletter-weekly = <strong>{ $newsletter }</strong> uma vez por semana
newsletter-monthly = <strong>{ $newsletter }</strong> uma vez por mês
newsletter-each-text = “{ $newsletter }” a cada nova matéria
newsletter-daily-text = “{ $newsletter }” uma vez por dia
newsletter-weekly-text = “{ $newsletter }” uma vez por semana
newsletter-monthly-text = “{ $newsletter }” uma vez por mês

## Mails: subscribed already

mail-subscribed-subject = Você já recebe { $publication }
mail-subscribed-heading = Sua inscrição já está ativa
mail-subscribed-preheader = Alguém digitou seu endereço no nosso formulário. Nada mudou.
mail-subscribed-lead = Alguém digitou no nosso formulário este endereço, que já recebe { $newsletters }. Nada mudou. Você pode mudar o que recebe:
mail-welcome-subject = Boas-vindas a { $publication }
mail-welcome-preheader = Sua inscrição está confirmada.
mail-welcome-lead = Sua inscrição está confirmada. A partir de agora, você recebe { $newsletters }.
mail-welcome-latest = Últimas matérias
mail-welcome-leave = Cancelar a inscrição em “{ $newsletter }”
mail-subscribed-not-me = Não foi você? Você pode ignorar este e-mail ou <a href="{ $url }">bloquear e-mails para este endereço</a>.
mail-subscribed-not-me-text = Não foi você? Você pode ignorar este e-mail ou bloquear e-mails para este endereço:

## The archive: looking for something

archive-search = Buscar em edições anteriores
archive-search-button = Buscar
archive-list = Newsletter
archive-every-list = Todas as newsletters
archive-nothing-found = Nenhuma edição encontrada
archive-nothing-yet = Nada encontrado nas edições pesquisadas até agora

## Unsubscribing: undo, and the reason

unsubscribe-undo = Desfazer
unsubscribe-undone = Sua inscrição está ativa de novo
unsubscribe-undone-lead = Está tudo como antes.
unsubscribe-not-undone = Não há nada para desfazer
unsubscribe-not-undone-lead = Sua inscrição mudou depois disso. Inscreva-se de novo para receber esta newsletter.
leave-reason-question = Por que você cancelou?
leave-reason-too-often = Recebo e-mails demais
leave-reason-not-for-me = Não é o que eu esperava
leave-reason-never-asked = Eu não me inscrevi
leave-reason-read-elsewhere = Leio em outro lugar
leave-reason-other = Outro motivo
leave-reason-comment = Quer acrescentar alguma coisa? (opcional)
leave-reason-send = Enviar
leave-reason-missing = Escolha um motivo ou escreva um
leave-reason-thanks = Agradecemos a resposta
leave-reason-thanks-lead = Vamos ler o que você escreveu. Você não vai receber nenhum e-mail sobre isso.
refusal-undo_over = Não dá mais para desfazer. Inscreva-se de novo.
refusal-comment_long = O texto é longo demais: o limite é de { $max } caracteres.

## Address and data, by a link that was just mailed

manage-heading = Seu endereço e seus dados
manage-lead = Para mudar seu endereço, ou para baixar ou apagar seus dados, peça um link por e-mail. Qualquer pessoa poderia abrir esta página a partir de um e-mail encaminhado.
manage-link-button = Receber um link
manage-link-sent = Confira seu e-mail
manage-link-sent-lead = { $minutes ->
    [one] Um link está a caminho de { $address }. Ele vale por { $minutes } minuto.
   *[other] Um link está a caminho de { $address }. Ele vale por { $minutes } minutos.
}
manage-new-address = Novo e-mail
manage-change-address = Mudar endereço
manage-export = Baixar seus dados
manage-erase = Apagar seus dados
new-address-asked = Confira o novo e-mail
new-address-asked-lead = Se for possível escrever para esse endereço, um link está a caminho. Seu endereço muda assim que você clicar no botão desse e-mail.
new-address-heading = Confirme seu novo endereço
new-address-lead = A partir de agora, suas newsletters vão para { $address }.
new-address-button = Confirmar novo endereço
new-address-set = Endereço alterado
new-address-set-lead = Suas newsletters agora vão para { $address }.
erase-heading = Apagar seus dados?
erase-lead = Vamos apagar tudo o que sabemos sobre { $address }, e você não vai receber mais e-mails. Isso não pode ser desfeito. Guardamos apenas uma impressão digital ilegível do endereço, para que ninguém o inclua de novo sem perguntar a você.
erase-button = Apagar meus dados
erased = Seus dados foram apagados
erased-lead = Não temos mais registro do seu endereço.
refusal-link_old = O link expirou. Peça outro na sua página de preferências.
refusal-new_address_same = Esse já é o seu endereço.
refusal-new_address_taken = Esse endereço tem uma inscrição própria. Cancele a inscrição de um dos dois.
refusal-new_address_blocked = Não enviamos e-mails para esse endereço. Escolha outro.

## Still interested?

keep-heading = Você ainda quer receber “{ $newsletter }”?
keep-lead = Um clique, e você continua recebendo.
keep-button = Continuar recebendo
kept = Você vai continuar recebendo “{ $newsletter }”
kept-lead = Agradecemos. Não é preciso fazer mais nada.

## Mails: address and data, still interested

mail-manage-link-heading = Seu link para mudar seu endereço ou seus dados
mail-manage-link-lead = Você pediu um link para mudar seu endereço em { $publication } ou para baixar ou apagar seus dados.
mail-manage-link-button = Abrir a página
mail-manage-link-expires = O link vale até { $time }. Se você não pediu, ignore este e-mail.
mail-new-address-lead = Você pediu para receber neste endereço suas newsletters de { $publication }.
mail-new-address-expires = O link vale até { $time }. Se você não pediu, ignore este e-mail e nada muda.
mail-address-changed-heading = Seu endereço mudou
mail-address-changed-lead = Suas newsletters de { $publication } agora vão para { $address }.
mail-address-changed-note = Se não foi você, responda a este e-mail.
mail-keep-lead = Você recebe “{ $newsletter }” de { $publication }, e queremos saber se ainda tem interesse.
mail-keep-until = Se você não clicar no botão até { $date }, a inscrição será cancelada, e não vamos mais escrever sobre isso.
