# What readers meet, in Ukrainian: the keys, their order and the comments are those of en.ftl.

language-name = Українська
# Whose habits dates follow where the language names no region.
language-formats = uk-UA
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } { $place }
today = сьогодні
yesterday = вчора

## Every page

skip-link = Перейти до вмісту
footer-links = Інше
archive = Архів
sent-with = Надіслано через

## Subscribing

subscribe = Підписатися
subscribe-heading = { $publication } у вашій поштовій скриньці
subscribe-lead = Підпишіться на розсилку, і найновіші матеріали надходитимуть на вашу пошту.
email-label = Електронна адреса
email-placeholder = Ваша електронна адреса…
honeypot-label = Залиште це поле порожнім
# From abuse.
proof-heading = Ще один крок
proof-lead = Зараз надходить дуже багато підписок, тож ми перевіряємо, що вашу оформлює людина. Зачекайте десять секунд і продовжте.
proof-button = Продовжити
proof-checking = Зараз надходить дуже багато підписок, тож ми перевіряємо, що вашу оформлює людина. Це забере кілька секунд.
proof-early = Трохи зарано. Зачекайте ще кілька секунд і продовжте.
proof-json = Розв’яжіть завдання й надішліть форму ще раз із розв’язком у полі «altcha».
proof-expired = Заповніть форму ще раз
proof-expired-lead = Цей крок відбувається у вашому браузері, триває не довше ніж п’ятнадцять хвилин і потребує ввімкнених файлів cookie. Ще нічого не надіслано.
proof-large-lead = Форма задовга, щоб зберігати її, поки ви чекаєте. Виберіть менше розсилок або скоротіть відповіді.
unsubscribe-any-time = Відписатися можна будь-коли.
newsletters-legend = Розсилки
recent-issues = Останні випуски
recent-issues-none = Випусків ще немає. Підпишіться, щоб отримати перший.
recent-issues-all = Переглянути всі випуски

cadence-each = Кожна стаття
cadence-daily = Раз на день
cadence-weekly = Раз на тиждень
cadence-monthly = Раз на місяць
cadence-off = Не надсилати
cadence-legend = Як часто?

field-yes = Так
field-no = Ні

check-inbox = Перевірте пошту
check-inbox-lead = Якщо ми можемо писати на цю адресу, лист із підтвердженням уже в дорозі. Натисніть у ньому кнопку, щоб підтвердити підписку.
check-inbox-from = Відправник
check-inbox-valid = Термін дії посилання
hours = { $hours ->
    [one] { $hours } година
    [few] { $hours } години
    [many] { $hours } годин
   *[other] { $hours } години
}
check-inbox-captured = Цей сервер зберігає листи, а не надсилає їх. <a href="/mailbox">Відкрити скриньку</a>
check-inbox-help = Лист не надійшов?
check-inbox-wait = Зачекайте кілька хвилин, а тоді перевірте папку зі спамом або рекламою.
check-inbox-retype = Переконайтеся, що адреса правильна. <a href="/">Ввести ще раз</a>
check-inbox-already = Уже підписані? Більше нічого робити не потрібно.
check-inbox-detail = Якщо ми можемо писати на цю адресу, лист із підтвердженням уже в дорозі. Натисніть у ньому кнопку, щоб підтвердити підписку.

## Confirming

confirm = Підтвердження
confirm-heading = Підтвердьте підписку
confirm-lead = { $publication } надсилатиме на адресу <strong>{ $address }</strong> { $newsletters }.
confirm-lead-bare = { $publication } надсилатиме листи на адресу <strong>{ $address }</strong>.
confirm-meanwhile = Ви також хотіли отримувати
confirm-button = Підтвердити підписку
confirm-not-me = Ви не підписувалися? Закрийте цю сторінку, і підписки не буде.
confirmed = Підписку оформлено
confirmed-lead = { $publication } надсилатиме вам на пошту { $newsletters }.
confirmed-past-issues = Читати попередні випуски
confirm-left-since = Ви не підписані
confirm-left-since-lead = Ви відписалися вже після того, як ми надіслали цей лист. Щоб повернутися, підпишіться ще раз.
confirm-suppressed = Ми не можемо писати на цю адресу
confirm-suppressed-lead = { $publication } не надсилає листів на цю адресу. Підпишіться з іншої адреси.
confirm-expired = Посилання вже не діє
confirm-expired-lead = { $hours ->
    [one] Посилання діяло { $hours } годину. Підпишіться ще раз, щоб отримати нове.
    [few] Посилання діяло { $hours } години. Підпишіться ще раз, щоб отримати нове.
    [many] Посилання діяло { $hours } годин. Підпишіться ще раз, щоб отримати нове.
   *[other] Посилання діяло { $hours } години. Підпишіться ще раз, щоб отримати нове.
}
subscribe-again = Підписатися ще раз

## Preferences

preferences = Налаштування
preferences-heading = Керування підпискою
preferences-for = Адреса <strong>{ $address }</strong>, підписка з { $date }
preferences-suppressed = Ми не надсилаємо листів на цю адресу, тож вибране тут нічого не змінить.
preferences-newsletters = Ваші розсилки
preferences-unconfirmed = Ще не підтверджено: натисніть кнопку в листі, який ми вам надіслали
# Under a newsletter's name: when its next mail comes.
preferences-next = Наступний випуск: { $time }
preferences-next-each = Наступний випуск: коли вийде нова стаття
preferences-next-comes = Наступний випуск: { $time }.
preferences-paused = Призупинено до { $date }
preferences-is-paused = Призупинено
preferences-is-resumed = Поновлено
preferences-about-you = Про вас
preferences-language = Мова
save = Зберегти
preferences-saved = Збережено
preferences-unchanged = Нічого не змінено
preferences-still-off = Ми не надсилаємо листів на цю адресу, тож нічого не ввімкнено
pause = Призупинити
pause-lead = Кудись їдете? Призупиніть розсилки на кілька тижнів. Після перерви пропущені листи не надійдуть.
pause-what = Що призупинити
pause-all = Усі розсилки
pause-for = Надовго?
pause-nothing = Призупиняти нічого: зараз ви не отримуєте жодної розсилки.
weeks = { $weeks ->
    [one] { $weeks } тиждень
    [few] { $weeks } тижні
    [many] { $weeks } тижнів
   *[other] { $weeks } тижня
}
resume = Поновити зараз
resume-named = Поновити зараз: { $newsletter }
missed = Що ви пропустили
missed-lead = Опубліковано за час перерви, спершу найновіше.
missed-none = Ви нічого не пропустили.
unsubscribe-all-heading = Відписатися від усього
unsubscribe-all-lead = Одне натискання — і ми більше не надсилатимемо вам листів.

## Unsubscribing

unsubscribe = Відписатися
unsubscribe-heading = Відписатися від розсилки «{ $newsletter }»?
unsubscribe-lead = Ця розсилка більше не надходитиме.
unsubscribe-all = Відписатися від усіх
unsubscribed = Ви відписалися від розсилки «{ $newsletter }»
unsubscribed-lead = Ця розсилка більше не надходитиме. Інші ваші підписки, якщо вони є, не змінилися.
unsubscribed-all = Ви відписалися від усього
unsubscribed-all-lead = Ми більше не надсилатимемо вам листів.
unsubscribed-already = Ви не підписані на розсилку «{ $newsletter }»
unsubscribed-already-lead = Листи цієї розсилки вам не надходитимуть.

## “This wasn’t me”

block-heading = Це не я
block-lead = Адресу { $address } ввів хтось інший? Заблокуйте її, і { $publication } більше ніколи на неї не напише.
block-button = Заблокувати цю адресу
blocked = Адресу заблоковано
blocked-lead = { $publication } більше не писатиме на { $address }, навіть якщо хтось введе цю адресу у форму.

## The archive

archive-heading = { $publication }: попередні випуски
archive-empty = Випусків ще немає
archive-empty-lead = Перший випуск з’явиться тут після надсилання. <a href="/">Підписатися</a>
archive-older = Давніші випуски
archive-all = Усі випуски
archive-subscribe = { $publication } у вашій поштовій скриньці

## The subscribe box on other sites

# From box.
box-busy = Надсилаємо…
box-continue = Читати далі
box-close = Закрити
box-failed = Не вдалося. Перевірте з’єднання і спробуйте ще раз.
box-back = Назад на { $host }

## What is wrong with a form

email-typo = Можливо, ви мали на увазі { $address }?
email-typo-yes = Так, використати цю адресу
email-typo-no = Ні, моя правильна

form-wrong = Перевірте це поле
cadence-unknown = Виберіть частоту із запропонованих
no-newsletter = Виберіть хоча б одну розсилку
email-empty = Введіть електронну адресу. Наприклад: ines@example.org
email-no-at = В адресі немає знака @. Правильний вигляд: ines@example.org
email-no-local-part = В адресі немає нічого перед знаком @. Правильний вигляд: ines@example.org
email-no-domain = В адресі немає нічого після знака @. Правильний вигляд: ines@example.org
email-not-ascii = Перед знаком @ можуть бути лише латинські літери без діакритики, цифри та знаки на зразок . - _ +
email-local-part = В адресі є недозволений символ. Перевірте частину перед знаком @
email-local-part-long = Частина перед знаком @ задовга: не більше ніж 64 символи
email-domain = Частина після знака @ не є доменом. Правильний вигляд усієї адреси: ines@example.org
email-long = Адреса задовга: не більше ніж 254 символи
refusal-list_unknown = Розсилки «{ $list }» немає. Виберіть одну із запропонованих.
refusal-too_many_lists = Найбільша кількість розсилок за один раз: { $max }.
refusal-no_list_open = Розсилок, на які можна підписатися, ще немає.
refusal-field_text_long = Текст у полі «{ $name }» задовгий. Найбільша кількість символів: { $max }.
refusal-field_number_wrong = У полі «{ $name }» має бути число, наприклад 1200 або 12.5.
refusal-field_number_ambiguous = Число в полі «{ $name }» можна прочитати по-різному. Введіть його без коми: 1234, а дріб — із крапкою: 1.234.
refusal-field_date_wrong = У полі «{ $name }» має бути дата в порядку рік-місяць-день, наприклад 2026-11-24.
refusal-field_yes_no_wrong = У полі «{ $name }» має бути «так» або «ні».
refusal-pause_too_long = Виберіть від 1 до { $max } тижнів.
refusal-nothing_to_pause = Призупиняти нічого: зараз ви не отримуєте жодної розсилки.
refusal-reader_gone = Ми не маємо даних про цю адресу. Їх видалено, тож листи від нас не надходитимуть.

## Errors

error-not-found = Сторінку не знайдено
error-not-found-lead = Можливо, в адресі помилка або сторінки вже немає.
error-method = Ця сторінка не приймає такий запит
error-method-lead = Адреса правильна, але ця сторінка не підтримує такий метод запиту.
error-timeout = Минуло забагато часу
error-timeout-lead = Ваш запит не надійшов вчасно. Спробуйте ще раз.
error-too-large = Форма завелика
error-too-large-lead = Форма може мати не більше ніж { $kilobytes } КБ. Скоротіть введене і спробуйте ще раз.
error-media-type = Ми не можемо це прочитати
error-media-type-lead = Надішліть форму (application/x-www-form-urlencoded) або JSON.
error-compressed-lead = Запит стиснено. Надішліть його без стиснення.
error-request = Ми не можемо це прочитати
error-request-lead = Запит неповний. Поверніться і спробуйте ще раз.
error-unstorable-lead = У запиті є символ NUL або число чи час, які неможливо зберегти. Вилучіть їх і спробуйте ще раз.
error-json = Ми не можемо прочитати цей JSON
error-json-lead = Правильний вигляд: { $example }
error-ambiguous = Запит неоднозначний
error-ambiguous-lead = Заголовок { $header } трапляється двічі з різними значеннями або не є звичайним текстом. Надішліть його один раз звичайним текстом.
error-server = Щось пішло не так на нашому боці
error-server-lead = Нічого не змінено. Спробуйте ще раз за хвилину.
error-link = Посилання неповне
error-link-lead = Частини посилання бракує або її змінено. Відкрийте посилання в листі ще раз або скопіюйте його повністю.
error-nobody = Ми не маємо даних про цю адресу
error-nobody-lead = Їх видалено, тож листи від нас не надходитимуть.
error-too-often = Забагато підписок із вашої мережі
error-too-often-lead = { $minutes ->
    [one] Підписатися не вдалося. Спробуйте ще раз через { $minutes } хвилину.
    [few] Підписатися не вдалося. Спробуйте ще раз через { $minutes } хвилини.
    [many] Підписатися не вдалося. Спробуйте ще раз через { $minutes } хвилин.
   *[other] Підписатися не вдалося. Спробуйте ще раз через { $minutes } хвилини.
}
error-invalid = Це неможливо зробити
error-forbidden = У вас немає на це дозволу
error-gone = Цього вже немає
error-conflict = Це неможливо зробити
error-too-soon = Спробуйте пізніше
error-back = Назад до форми

## Mails: what all have

mail-open-link = Або відкрийте це посилання:
mail-view-in-browser = Відкрити в браузері
mail-manage = Керувати підпискою
mail-pause = Призупинити
mail-not-me = Це не ви?
mail-block = Заблокувати листи на цю адресу

## Mails: an issue

mail-byline = Текст: { $author } · { $date }
# Of one article among several.
mail-read-article = Читати далі
mail-correction = <strong>Виправлення:</strong> { $reason }
mail-read-more = Читати далі на сайті { $publication }
mail-cut = Цей лист скорочено. Решта — на сайті.
mail-read-in-browser = Читати решту в браузері
mail-read-in-browser-colon = Читати решту в браузері:
mail-reason = Ви отримали цей лист, бо адресу { $address } підписано на розсилку «{ $newsletter }».
mail-reason-each = Ви отримали цей лист, бо { $date } адресу { $address } підписано на розсилку «{ $newsletter }» (кожна стаття).
mail-reason-daily = Ви отримали цей лист, бо { $date } адресу { $address } підписано на розсилку «{ $newsletter }» (раз на день).
mail-reason-weekly = Ви отримали цей лист, бо { $date } адресу { $address } підписано на розсилку «{ $newsletter }» (раз на тиждень).
mail-reason-monthly = Ви отримали цей лист, бо { $date } адресу { $address } підписано на розсилку «{ $newsletter }» (раз на місяць).

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } і ще { $more } стаття
    [few] { $title } і ще { $more } статті
    [many] { $title } і ще { $more } статей
   *[other] { $title } і ще { $more } статті
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = У цьому випуску
mail-digest-headlines = Інші статті
mail-digest-left = { $left ->
    [one] І ще { $left } стаття на сайті { $publication }
    [few] І ще { $left } статті на сайті { $publication }
    [many] І ще { $left } статей на сайті { $publication }
   *[other] І ще { $left } статті на сайті { $publication }
}

## Articles: in place of what no mail can show

article-watch = Дивитися на { $host }
article-listen = Слухати на { $host }
article-open = Відкрити на { $host }
article-video = Відео
article-picture = Переглянути зображення на { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = Слухати
article-file-video = Дивитися
article-file = Завантажити { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } хв
article-file-time-hours = { $hours } год { $minutes } хв
article-file-megabytes = { $size } МБ
article-file-kilobytes = { $size } КБ

## Mails: confirming

mail-confirm-subject = Підтвердьте підписку на «{ $publication }»
mail-confirm-preheader = Натисніть кнопку, щоб підтвердити. Якщо нічого не робити, підписки не буде.
mail-confirm-lead = Ви попросили надсилати вам { $newsletters }. Натисніть кнопку, щоб підтвердити підписку.
mail-confirm-lead-text = Ви попросили надсилати вам { $newsletters }. Відкрийте це посилання, щоб підтвердити підписку:
mail-confirm-expires = Посилання діє до: { $time }. Якщо нічого не робити, підписки не буде, і більше ми вам не писатимемо.
mail-confirm-expires-reminds = Посилання діє до: { $time }. Якщо нічого не робити, підписки не буде. Ми нагадаємо лише раз.
mail-remind-subject = Нагадування: підтвердьте підписку на «{ $publication }»
mail-remind-only = Ви підписалися, але ще не підтвердили підписку. Це єдине нагадування, яке ми надішлемо.
newsletter-each = кожну статтю розсилки <strong>{ $newsletter }</strong>
newsletter-daily = розсилку <strong>{ $newsletter }</strong> раз на день
newsletter-weekly = розсилку <strong>{ $newsletter }</strong> раз на тиждень
newsletter-monthly = розсилку <strong>{ $newsletter }</strong> раз на місяць
newsletter-each-text = кожну статтю розсилки «{ $newsletter }»
newsletter-daily-text = розсилку «{ $newsletter }» раз на день
newsletter-weekly-text = розсилку «{ $newsletter }» раз на тиждень
newsletter-monthly-text = розсилку «{ $newsletter }» раз на місяць

## Mails: subscribed already

mail-subscribed-subject = Ви вже підписані на «{ $publication }»
mail-subscribed-heading = Ви вже підписані
mail-subscribed-preheader = Хтось увів вашу адресу в нашу форму. Нічого не змінилося.
mail-subscribed-lead = Хтось увів цю адресу в нашу форму, а вона вже отримує { $newsletters }. Нічого не змінилося. Змінити, що вам надходить, можна тут:
mail-welcome-subject = { $publication } вітає вас
mail-welcome-preheader = Підписку підтверджено.
mail-welcome-lead = Підписку підтверджено. Відтепер ви отримуватимете { $newsletters }.
mail-welcome-latest = Останні статті
mail-welcome-leave = Відписатися від розсилки «{ $newsletter }»
mail-subscribed-not-me = Це не ви? Цей лист можна проігнорувати, а можна й <a href="{ $url }">заблокувати листи на цю адресу</a>.
mail-subscribed-not-me-text = Це не ви? Цей лист можна проігнорувати, а можна й заблокувати листи на цю адресу:

## The archive: looking for something

# From pages.
archive-search = Пошук у попередніх випусках
archive-search-button = Шукати
archive-list = Розсилка
archive-every-list = Усі розсилки
archive-nothing-found = Нічого не знайдено
archive-nothing-yet = У переглянутих досі випусках нічого не знайдено

## Unsubscribing: undo, and the reason

unsubscribe-undo = Повернути підписку
unsubscribe-undone = Ви знову підписані
unsubscribe-undone-lead = Усе так, як було.
unsubscribe-not-undone = Повертати нічого
unsubscribe-not-undone-lead = Відтоді ваша підписка змінилася. Щоб отримувати цю розсилку, підпишіться ще раз.
leave-reason-question = Чому ви відписалися?
leave-reason-too-often = Забагато листів
leave-reason-not-for-me = Це не те, чого хотілося
leave-reason-never-asked = Це не моя підписка
leave-reason-read-elsewhere = Читаю це деінде
leave-reason-other = Інша причина
leave-reason-comment = Хочете щось додати? (необов’язково)
leave-reason-send = Надіслати
leave-reason-missing = Виберіть причину або напишіть свою
leave-reason-thanks = Дякуємо
leave-reason-thanks-lead = Ми це прочитаємо. Листів із цього приводу не буде.
refusal-undo_over = Повернути підписку вже неможливо. Натомість підпишіться ще раз.
refusal-comment_long = Текст задовгий. Найбільша кількість символів: { $max }.

## Address and data, by a link that was just mailed

manage-heading = Ваші адреса й дані
manage-lead = Щоб змінити адресу, завантажити або видалити свої дані, отримайте посилання на пошту. Адже цю сторінку може відкрити будь-хто, кому переслали лист.
manage-link-button = Надіслати мені посилання
manage-link-sent = Перевірте пошту
manage-link-sent-lead = { $minutes ->
    [one] Посилання вже в дорозі на { $address }. Воно діє { $minutes } хвилину.
    [few] Посилання вже в дорозі на { $address }. Воно діє { $minutes } хвилини.
    [many] Посилання вже в дорозі на { $address }. Воно діє { $minutes } хвилин.
   *[other] Посилання вже в дорозі на { $address }. Воно діє { $minutes } хвилини.
}
manage-new-address = Нова електронна адреса
manage-change-address = Змінити адресу
manage-export = Завантажити свої дані
manage-erase = Видалити свої дані
new-address-asked = Перевірте нову скриньку
new-address-asked-lead = Якщо ми можемо писати на цю адресу, посилання вже в дорозі. Адреса зміниться, щойно ви натиснете кнопку в тому листі.
new-address-heading = Підтвердьте нову адресу
new-address-lead = Відтепер розсилки надходитимуть на { $address }.
new-address-button = Підтвердити нову адресу
new-address-set = Адресу змінено
new-address-set-lead = Тепер розсилки надходять на { $address }.
erase-heading = Видалити ваші дані?
erase-lead = Ми видалимо все, що знаємо про { $address }, і ви більше не отримаєте від нас листів. Повернути дані буде неможливо. Ми збережемо лише відбиток адреси, з якого її не можна прочитати, щоб ніхто не додав її знову без вашої згоди.
erase-button = Видалити мої дані
erased = Ваші дані видалено
erased-lead = Ми більше не маємо даних про вашу адресу.
refusal-link_old = Посилання вже не діє. Отримайте нове на сторінці налаштувань.
refusal-new_address_same = Це і є ваша нинішня адреса.
refusal-new_address_taken = Ця адреса має власну підписку. Натомість відпишіть одну з двох.
refusal-new_address_blocked = Ми не надсилаємо листів на цю адресу. Виберіть іншу.

## Still interested?

keep-heading = Чи хочете ви й далі отримувати розсилку «{ $newsletter }»?
keep-lead = Одне натискання — і вона надходитиме далі.
keep-button = Залишити підписку
kept = Розсилка «{ $newsletter }» надходитиме й далі
kept-lead = Дякуємо. Більше нічого робити не потрібно.

## Mails: address and data, still interested

mail-manage-link-heading = Посилання, щоб змінити адресу чи дані
mail-manage-link-lead = Ви попросили посилання, щоб змінити адресу для «{ $publication }», завантажити або видалити свої дані.
mail-manage-link-button = Відкрити сторінку
mail-manage-link-expires = Посилання діє до: { $time }. Якщо ви про це не просили, проігноруйте цей лист.
mail-new-address-lead = Ви попросили надсилати розсилки від «{ $publication }» на цю адресу.
mail-new-address-expires = Посилання діє до: { $time }. Якщо ви про це не просили, проігноруйте цей лист, і нічого не зміниться.
mail-address-changed-heading = Вашу адресу змінено
mail-address-changed-lead = { $publication } тепер надсилає ваші розсилки на { $address }.
mail-address-changed-note = Якщо це не ви, дайте відповідь на цей лист.
mail-keep-lead = { $publication } надсилає вам розсилку «{ $newsletter }», і ми хочемо впевнитися, що вона вам потрібна.
mail-keep-until = Якщо ви не натиснете кнопку до { $date }, ми вас відпишемо і більше не писатимемо про це.
