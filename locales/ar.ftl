# What readers meet, in Arabic: the keys, their order and the comments are those of en.ftl.

language-name = العربية
# Whose habits dates follow where the language names no region.
language-formats = ar-u-nu-latn
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions =
    ar-DZ العربية (الجزائر)
    ar-MA العربية (المغرب)
    ar-TN العربية (تونس)

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }، الساعة { $time }
date-time-zone = { $date } بتوقيت { $place } ({ $zone })
date-time-place = { $date } بتوقيت { $place }
today = اليوم
yesterday = أمس

## Every page

skip-link = الانتقال إلى المحتوى
footer-links = المزيد
archive = الأعداد السابقة
sent-with = الإرسال عبر

## Subscribing

subscribe = اشترك
subscribe-heading = المزيد من { $publication } على بريدك
subscribe-lead = بالاشتراك تصلك أحدث المقالات على بريدك الإلكتروني.
email-label = البريد الإلكتروني
email-placeholder = بريدك الإلكتروني…
honeypot-label = يُترك هذا الحقل فارغًا
# From abuse.
proof-heading = بقيت خطوة واحدة
proof-lead = تصلنا الآن طلبات اشتراك كثيرة، لذا نتأكد من أن طلبك من شخص حقيقي. يُرجى الانتظار عشر ثوانٍ، ثم المتابعة.
proof-button = متابعة
proof-checking = تصلنا الآن طلبات اشتراك كثيرة، لذا نتأكد من أن طلبك من شخص حقيقي. يستغرق ذلك بضع ثوانٍ.
proof-early = لم يحن الوقت بعد. يُرجى الانتظار بضع ثوانٍ أخرى، ثم المتابعة.
proof-json = يُرجى حل التحدي وإرسال النموذج مرة أخرى مع الحل في الحقل «altcha».
proof-expired = يُرجى ملء النموذج مرة أخرى
proof-expired-lead = تجري هذه الخطوة في متصفحك خلال خمس عشرة دقيقة، وتتطلب تفعيل ملفات تعريف الارتباط. لم يُرسَل شيء بعد.
proof-large-lead = هذا النموذج أطول من أن نحفظه أثناء الانتظار. يُرجى اختيار نشرات أقل أو اختصار الإجابات.
unsubscribe-any-time = يمكنك إلغاء الاشتراك في أي وقت.
newsletters-legend = النشرات البريدية
recent-issues = أحدث الأعداد
recent-issues-none = لا أعداد بعد. بالاشتراك يصلك العدد الأول.
recent-issues-all = عرض كل الأعداد

cadence-each = كل مقال
cadence-daily = مرة يوميًا
cadence-weekly = مرة أسبوعيًا
cadence-monthly = مرة شهريًا
cadence-off = بلا إرسال
cadence-legend = كم مرة تصلك؟

field-yes = نعم
field-no = لا

check-inbox = تحقق من بريدك
check-inbox-lead = إذا أمكننا مراسلة هذا العنوان، فرسالة التأكيد في طريقها إليك. لتأكيد اشتراكك، يُرجى الضغط على الزر في تلك الرسالة.
check-inbox-from = المرسِل
check-inbox-valid = صلاحية الرابط
hours = { $hours ->
    [one] ساعة واحدة
    [two] ساعتان
    [few] { $hours } ساعات
    [many] { $hours } ساعة
   *[other] { $hours } ساعة
}
check-inbox-captured = هذا الخادم يحفظ الرسائل بدلًا من إرسالها. <a href="/mailbox">فتح صندوق الرسائل</a>
check-inbox-help = لم تصلك الرسالة؟
check-inbox-wait = قد تتأخر الرسالة دقيقتين أو أكثر. وقد تكون في مجلد الرسائل غير المرغوب فيها أو العروض الترويجية.
check-inbox-retype = هل العنوان الذي أدخلته صحيح؟ <a href="/">إدخاله مرة أخرى</a>
check-inbox-already = لديك اشتراك بالفعل؟ لا حاجة إلى أي خطوة أخرى.
check-inbox-detail = إذا أمكننا مراسلة هذا العنوان، فرسالة التأكيد في طريقها إليك. لتأكيد اشتراكك، يُرجى الضغط على الزر في تلك الرسالة.

## Confirming

confirm = تأكيد
confirm-heading = تأكيد اشتراكك
confirm-lead = سيصل إلى العنوان <strong>{ $address }</strong> من { $publication }: { $newsletters }.
confirm-lead-bare = ستصل إلى العنوان <strong>{ $address }</strong> رسائل من { $publication }.
confirm-meanwhile = طلبت أيضًا الاشتراك في
confirm-button = تأكيد الاشتراك
confirm-not-me = هذا الطلب ليس منك؟ يكفي إغلاق هذه الصفحة، ولن يبدأ أي اشتراك.
confirmed = تم الاشتراك
confirmed-lead = سيصلك بالبريد من { $publication }: { $newsletters }.
confirmed-past-issues = قراءة الأعداد السابقة
confirm-left-since = لا اشتراك لديك حاليًا
confirm-left-since-lead = ألغيت اشتراكك بعد إرسال تلك الرسالة. للعودة، يمكنك الاشتراك من جديد.
confirm-suppressed = لا يمكننا مراسلة هذا العنوان
confirm-suppressed-lead = لا تُرسَل رسائل { $publication } إلى هذا العنوان. يمكنك الاشتراك بعنوان آخر.
confirm-expired = انتهت صلاحية الرابط
confirm-expired-lead = { $hours ->
    [one] كان الرابط صالحًا لمدة ساعة واحدة. للحصول على رابط جديد، يمكنك الاشتراك من جديد.
    [two] كان الرابط صالحًا لمدة ساعتين. للحصول على رابط جديد، يمكنك الاشتراك من جديد.
    [few] كان الرابط صالحًا لمدة { $hours } ساعات. للحصول على رابط جديد، يمكنك الاشتراك من جديد.
    [many] كان الرابط صالحًا لمدة { $hours } ساعة. للحصول على رابط جديد، يمكنك الاشتراك من جديد.
   *[other] كان الرابط صالحًا لمدة { $hours } ساعة. للحصول على رابط جديد، يمكنك الاشتراك من جديد.
}
subscribe-again = الاشتراك من جديد

## Preferences

preferences = التفضيلات
preferences-heading = إدارة الاشتراك
preferences-for = العنوان <strong>{ $address }</strong> مشترك منذ { $date }.
preferences-suppressed = لا نرسل بريدًا إلى هذا العنوان، لذا لا أثر لاختياراتك هنا.
preferences-newsletters = نشراتك البريدية
preferences-unconfirmed = لم يُؤكَّد بعد: زر التأكيد في الرسالة التي أرسلناها إليك
# Under a newsletter's name: when its next mail comes.
preferences-next = العدد القادم: { $time }
preferences-next-each = العدد القادم: عند نشر المقال التالي
preferences-next-comes = يُرسَل إليك العدد القادم يوم { $time }.
preferences-paused = الإرسال متوقف حتى { $date }
preferences-is-paused = تم الإيقاف المؤقت
preferences-is-resumed = تم الاستئناف
preferences-about-you = معلومات عنك
preferences-language = اللغة
save = حفظ
preferences-saved = تم الحفظ
preferences-unchanged = لم يتغير شيء
preferences-still-off = لا نرسل بريدًا إلى هذا العنوان، لذا لم تُفعَّل أي نشرة
pause = إيقاف مؤقت
pause-lead = سفر أو إجازة؟ يمكنك إيقاف نشراتك بضعة أسابيع. ولن تتراكم عليك الرسائل بعد استئنافها.
pause-what = النشرات المراد إيقافها
pause-all = كل النشرات
pause-for = ما المدة؟
pause-nothing = لا يوجد ما يمكن إيقافه: لا تصلك أي نشرة حاليًا.
weeks = { $weeks ->
    [one] أسبوع واحد
    [two] أسبوعان
    [few] { $weeks } أسابيع
    [many] { $weeks } أسبوعًا
   *[other] { $weeks } أسبوع
}
resume = استئناف الآن
resume-named = استئناف الآن: { $newsletter }
missed = ما فاتك
missed-lead = نُشر في غيابك، من الأحدث إلى الأقدم.
missed-none = لم يفتك شيء.
unsubscribe-all-heading = إلغاء كل الاشتراكات
unsubscribe-all-lead = بنقرة واحدة، لن تصلك منا أي رسائل بعد الآن.

## Unsubscribing

unsubscribe = إلغاء الاشتراك
unsubscribe-heading = إلغاء الاشتراك في نشرة «{ $newsletter }»؟
unsubscribe-lead = لن تصلك هذه النشرة بعد الآن.
unsubscribe-all = إلغاء كل الاشتراكات
unsubscribed = أُلغي اشتراكك في نشرة «{ $newsletter }»
unsubscribed-lead = لن تصلك هذه النشرة بعد الآن. أما اشتراكاتك الأخرى، إن وُجدت، فلم تتغير.
unsubscribed-all = أُلغيت كل اشتراكاتك
unsubscribed-all-lead = لن تصلك منا أي رسائل بعد الآن.
unsubscribed-already = لا اشتراك لديك في نشرة «{ $newsletter }»
unsubscribed-already-lead = لن تصلك أي رسائل من هذه النشرة.

## “This wasn’t me”

block-heading = لم أطلب ذلك
block-lead = هل أدخل شخص آخر العنوان { $address }؟ يمكنك حظره، ولن تصل إليه أي رسالة من { $publication } بعد ذلك.
block-button = حظر هذا العنوان
blocked = هذا العنوان محظور
blocked-lead = لن تصل رسائل { $publication } إلى { $address } بعد الآن، حتى إذا أدخله أحد في نموذج.

## The archive

archive-heading = الأعداد السابقة من { $publication }
archive-empty = لا أعداد بعد
archive-empty-lead = سيظهر العدد الأول هنا بعد إرساله. <a href="/">اشترك</a>
archive-older = أعداد أقدم
archive-all = كل الأعداد
archive-subscribe = رسائل { $publication } على بريدك

## The subscribe box on other sites

# From box.
box-busy = جارٍ الإرسال…
box-continue = متابعة القراءة
box-close = إغلاق
box-failed = لم ينجح الإرسال. يُرجى التحقق من الاتصال والمحاولة مرة أخرى.
box-back = العودة إلى { $host }

## What is wrong with a form

email-typo = هل العنوان المقصود { $address }؟
email-typo-yes = نعم، استخدام هذا العنوان
email-typo-no = لا، عنواني صحيح

form-wrong = يُرجى مراجعة هذا الحقل
cadence-unknown = يُرجى اختيار عدد المرات من الخيارات المعروضة
no-newsletter = يُرجى اختيار نشرة واحدة على الأقل
email-empty = يُرجى إدخال بريدك الإلكتروني. مثال: ines@example.org
email-no-at = لا توجد علامة @ في هذا العنوان. الشكل الصحيح: ines@example.org
email-no-local-part = لا شيء قبل علامة @ في هذا العنوان. الشكل الصحيح: ines@example.org
email-no-domain = لا شيء بعد علامة @ في هذا العنوان. الشكل الصحيح: ines@example.org
email-not-ascii = لا يُسمح قبل علامة @ إلا بحروف لاتينية غير معلَّمة وأرقام ورموز مثل . - _ +
email-local-part = في هذا العنوان رمز غير مسموح به. يُرجى مراجعة الجزء الذي قبل علامة @
email-local-part-long = الجزء الذي قبل علامة @ طويل جدًا: الحد الأقصى 64 حرفًا
email-domain = الجزء الذي بعد علامة @ ليس نطاقًا. الشكل الصحيح للعنوان كاملًا: ines@example.org
email-long = هذا العنوان طويل جدًا: الحد الأقصى 254 حرفًا
refusal-list_unknown = لا توجد نشرة باسم «{ $list }». يُرجى الاختيار من النشرات المعروضة.
refusal-too_many_lists = الحد الأقصى للنشرات في المرة الواحدة: { $max }.
refusal-no_list_open = لا توجد نشرات متاحة للاشتراك بعد.
refusal-field_text_long = النص في «{ $name }» طويل جدًا. الحد الأقصى لعدد الأحرف: { $max }.
refusal-field_number_wrong = يجب أن يكون «{ $name }» رقمًا، مثل 1200 أو 12.5.
refusal-field_number_ambiguous = قد يعني «{ $name }» رقمين مختلفين. يُرجى كتابته بلا فاصلة: 1234، أو 1.234 للعدد العشري.
refusal-field_date_wrong = يجب أن يكون «{ $name }» تاريخًا بترتيب السنة ثم الشهر ثم اليوم، مثل {"\u2066"}2026-11-24{"\u2069"}.
refusal-field_yes_no_wrong = يجب أن تكون قيمة «{ $name }» نعم أو لا.
refusal-pause_too_long = يُرجى اختيار عدد من الأسابيع بين 1 و{ $max }.
refusal-nothing_to_pause = لا يوجد ما يمكن إيقافه: لا تصلك أي نشرة حاليًا.
refusal-reader_gone = لا سجل لدينا لهذا العنوان. لقد مُحي، ولن تصل إليه أي رسائل منا.

## Errors

error-not-found = الصفحة غير موجودة
error-not-found-lead = ربما كُتب العنوان خطأً، أو لم تعد الصفحة موجودة.
error-method = لا تقبل هذه الصفحة هذا الطلب
error-method-lead = العنوان صحيح، لكن هذه الصفحة لا تسمح بطريقة الطلب هذه.
error-timeout = استغرق الطلب وقتًا طويلًا
error-timeout-lead = لم يصل طلبك في الوقت المحدد. يُرجى المحاولة مرة أخرى.
error-too-large = هذا النموذج كبير جدًا
error-too-large-lead = الحد الأقصى لحجم النموذج { $kilobytes } كيلوبايت. يُرجى اختصار ما أدخلته والمحاولة مرة أخرى.
error-media-type = لا يمكننا قراءة الطلب
error-media-type-lead = يُرجى إرسال نموذج (application/x-www-form-urlencoded) أو JSON.
error-compressed-lead = الطلب مضغوط. يُرجى إرساله بلا ضغط.
error-request = لا يمكننا قراءة الطلب
error-request-lead = الطلب غير مكتمل. يُرجى الرجوع والمحاولة مرة أخرى.
error-unstorable-lead = في الطلب حرف NUL، أو رقم أو وقت لا يمكن حفظه. يُرجى حذفه والمحاولة مرة أخرى.
error-json = لا يمكننا قراءة JSON هذا
error-json-lead = الشكل الصحيح: { $example }
error-ambiguous = هذا الطلب ملتبس
error-ambiguous-lead = وردت الترويسة { $header } مرتين بقيمتين مختلفتين، أو ليست نصًا عاديًا. يُرجى إرسالها مرة واحدة، بنص عادي.
error-server = حدث خطأ من جهتنا
error-server-lead = لم يتغير شيء. يُرجى المحاولة مرة أخرى بعد دقيقة.
error-link = الرابط غير مكتمل
error-link-lead = جزء منه ناقص أو تغيّر. يُرجى فتح الرابط من الرسالة مرة أخرى، أو نسخه كاملًا.
error-nobody = لا سجل لدينا لهذا العنوان
error-nobody-lead = لقد مُحي، ولن تصل إليه أي رسائل منا.
error-too-often = طلبات اشتراك كثيرة جدًا من شبكتك
error-too-often-lead = { $minutes ->
    [one] لم يكتمل طلب الاشتراك. يُرجى المحاولة مرة أخرى بعد دقيقة واحدة.
    [two] لم يكتمل طلب الاشتراك. يُرجى المحاولة مرة أخرى بعد دقيقتين.
    [few] لم يكتمل طلب الاشتراك. يُرجى المحاولة مرة أخرى بعد { $minutes } دقائق.
    [many] لم يكتمل طلب الاشتراك. يُرجى المحاولة مرة أخرى بعد { $minutes } دقيقة.
   *[other] لم يكتمل طلب الاشتراك. يُرجى المحاولة مرة أخرى بعد { $minutes } دقيقة.
}
error-invalid = لا يمكن تنفيذ ذلك
error-forbidden = ليس لديك إذن للقيام بذلك
error-gone = لم يعد ذلك موجودًا
error-conflict = لا يمكن تنفيذ ذلك
error-too-soon = يُرجى المحاولة لاحقًا
error-back = العودة إلى النموذج

## Mails: what all have

mail-open-link = أو عبر هذا الرابط:
mail-view-in-browser = عرض في المتصفح
mail-manage = إدارة الاشتراك
mail-pause = إيقاف مؤقت
mail-not-me = هذا الطلب ليس منك؟
mail-block = حظر الرسائل إلى هذا العنوان

## Mails: an issue

mail-byline = بقلم { $author } · { $date }
# Of one article among several.
mail-read-article = اقرأ المزيد
mail-correction = <strong>تصحيح:</strong> { $reason }
mail-read-more = اقرأ المزيد على { $publication }
mail-cut = اختُصرت هذه الرسالة، وبقيتها على الموقع.
mail-read-in-browser = متابعة القراءة في المتصفح
mail-read-in-browser-colon = متابعة القراءة في المتصفح:
mail-reason = وصلتك هذه الرسالة لأن العنوان { $address } مشترك في نشرة «{ $newsletter }».
mail-reason-each = وصلتك هذه الرسالة لأن العنوان { $address } مشترك في نشرة «{ $newsletter }» (كل مقال) منذ { $date }.
mail-reason-daily = وصلتك هذه الرسالة لأن العنوان { $address } مشترك في نشرة «{ $newsletter }» (مرة يوميًا) منذ { $date }.
mail-reason-weekly = وصلتك هذه الرسالة لأن العنوان { $address } مشترك في نشرة «{ $newsletter }» (مرة أسبوعيًا) منذ { $date }.
mail-reason-monthly = وصلتك هذه الرسالة لأن العنوان { $address } مشترك في نشرة «{ $newsletter }» (مرة شهريًا) منذ { $date }.

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
    [one] { $title } ومقال آخر
    [two] { $title } ومقالان آخران
    [few] { $title } و{ $more } مقالات أخرى
    [many] { $title } و{ $more } مقالًا آخر
   *[other] { $title } و{ $more } مقال آخر
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = في هذا العدد
mail-digest-headlines = عناوين أخرى
mail-digest-left = { $left ->
    [one] ومقال آخر على { $publication }
    [two] ومقالان آخران على { $publication }
    [few] و{ $left } مقالات أخرى على { $publication }
    [many] و{ $left } مقالًا آخر على { $publication }
   *[other] و{ $left } مقال آخر على { $publication }
}

## Articles: in place of what no mail can show

article-watch = المشاهدة على { $host }
article-listen = الاستماع على { $host }
article-open = الفتح على { $host }
article-video = فيديو
article-picture = الصورة على { $host }
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = استماع
article-file-video = مشاهدة
article-file = تنزيل { $name }
article-file-details = { $file }: { $details }
article-file-time = { $minutes } د
article-file-time-hours = { $hours } س { $minutes } د
article-file-megabytes = { $size } ميغابايت
article-file-kilobytes = { $size } كيلوبايت

## Mails: confirming

mail-confirm-subject = تأكيد اشتراكك في { $publication }
mail-confirm-preheader = يكفي الضغط على الزر للتأكيد. ومن دون تأكيد لن يبدأ اشتراكك.
mail-confirm-lead = طلبت أن يصلك بالبريد: { $newsletters }. لتأكيد اشتراكك، يُرجى الضغط على الزر.
mail-confirm-lead-text = طلبت أن يصلك بالبريد: { $newsletters }. لتأكيد اشتراكك، يُرجى فتح هذا الرابط:
mail-confirm-expires = يعمل الرابط حتى يوم { $time }. ومن دون تأكيد لن يبدأ اشتراكك، ولن نراسلك مرة أخرى.
mail-confirm-expires-reminds = يعمل الرابط حتى يوم { $time }. ومن دون تأكيد لن يبدأ اشتراكك. وسنذكّرك مرة واحدة.
mail-remind-subject = تذكير: تأكيد اشتراكك في { $publication }
mail-remind-only = طلبت الاشتراك ولم يُؤكَّد بعد. هذا هو التذكير الوحيد الذي سنرسله.
newsletter-each = كل مقال من نشرة <strong>{ $newsletter }</strong>
newsletter-daily = نشرة <strong>{ $newsletter }</strong> مرة يوميًا
newsletter-weekly = نشرة <strong>{ $newsletter }</strong> مرة أسبوعيًا
newsletter-monthly = نشرة <strong>{ $newsletter }</strong> مرة شهريًا
newsletter-each-text = كل مقال من نشرة «{ $newsletter }»
newsletter-daily-text = نشرة «{ $newsletter }» مرة يوميًا
newsletter-weekly-text = نشرة «{ $newsletter }» مرة أسبوعيًا
newsletter-monthly-text = نشرة «{ $newsletter }» مرة شهريًا

## Mails: subscribed already

mail-subscribed-subject = اشتراكك في { $publication } قائم بالفعل
mail-subscribed-heading = اشتراكك قائم بالفعل
mail-subscribed-preheader = أدخل أحدهم عنوانك في نموذج الاشتراك. ولم يتغير شيء.
mail-subscribed-lead = أدخل أحدهم هذا العنوان في نموذج الاشتراك، ويصل إليه بالفعل: { $newsletters }. لم يتغير شيء. ويمكنك تغيير ما يصلك:
mail-welcome-subject = مرحبًا بك في { $publication }
mail-welcome-preheader = تم تأكيد اشتراكك.
mail-welcome-lead = تم تأكيد اشتراكك. سيصلك من الآن: { $newsletters }.
mail-welcome-latest = أحدث المقالات
mail-welcome-leave = إلغاء الاشتراك في نشرة «{ $newsletter }»
mail-subscribed-not-me = هذا الطلب ليس منك؟ يمكنك تجاهل هذه الرسالة، أو <a href="{ $url }">حظر الرسائل إلى هذا العنوان</a>.
mail-subscribed-not-me-text = هذا الطلب ليس منك؟ يمكنك تجاهل هذه الرسالة، أو حظر الرسائل إلى هذا العنوان:

## The archive: looking for something

# From pages.
archive-search = البحث في الأعداد السابقة
archive-search-button = بحث
archive-list = النشرة البريدية
archive-every-list = كل النشرات
archive-nothing-found = لا توجد أعداد مطابقة
archive-nothing-yet = لا نتائج في الأعداد التي شملها البحث حتى الآن

## Unsubscribing: undo, and the reason

unsubscribe-undo = تراجع
unsubscribe-undone = عاد اشتراكك
unsubscribe-undone-lead = كل شيء كما كان.
unsubscribe-not-undone = لا يوجد ما يمكن التراجع عنه
unsubscribe-not-undone-lead = تغيّر اشتراكك بعد ذلك. لاستلام هذه النشرة، يمكنك الاشتراك من جديد.
leave-reason-question = ما سبب إلغاء الاشتراك؟
leave-reason-too-often = تصلني رسائل كثيرة
leave-reason-not-for-me = ليست كما توقعت
leave-reason-never-asked = لم أطلب الاشتراك
leave-reason-read-elsewhere = أقرؤها في مكان آخر
leave-reason-other = سبب آخر
leave-reason-comment = هل من إضافة؟ (اختياري)
leave-reason-send = إرسال
leave-reason-missing = يُرجى اختيار سبب أو كتابته
leave-reason-thanks = شكرًا لك
leave-reason-thanks-lead = سنقرأ ما كتبته، ولن تصلك أي رسالة بشأنه.
refusal-undo_over = لم يعد التراجع ممكنًا. يمكنك الاشتراك من جديد.
refusal-comment_long = النص طويل جدًا. الحد الأقصى لعدد الأحرف: { $max }.

## Address and data, by a link that was just mailed

manage-heading = عنوانك وبياناتك
manage-lead = لتغيير عنوانك أو تنزيل بياناتك أو محوها، نرسل إليك رابطًا بالبريد؛ لأن هذه الصفحة قد يفتحها أي شخص أُعيد توجيه الرسالة إليه.
manage-link-button = إرسال الرابط إليّ
manage-link-sent = تحقق من بريدك
manage-link-sent-lead = { $minutes ->
    [one] الرابط في طريقه إلى { $address }، ويعمل لمدة دقيقة واحدة.
    [two] الرابط في طريقه إلى { $address }، ويعمل لمدة دقيقتين.
    [few] الرابط في طريقه إلى { $address }، ويعمل لمدة { $minutes } دقائق.
    [many] الرابط في طريقه إلى { $address }، ويعمل لمدة { $minutes } دقيقة.
   *[other] الرابط في طريقه إلى { $address }، ويعمل لمدة { $minutes } دقيقة.
}
manage-new-address = البريد الإلكتروني الجديد
manage-change-address = تغيير العنوان
manage-export = تنزيل بياناتك
manage-erase = محو بياناتك
new-address-asked = تحقق من البريد الجديد
new-address-asked-lead = إذا أمكننا مراسلة هذا العنوان، فالرابط في طريقه إليه. ويتغير عنوانك بعد الضغط على الزر في تلك الرسالة.
new-address-heading = تأكيد عنوانك الجديد
new-address-lead = من الآن ستصل نشراتك إلى { $address }
new-address-button = تأكيد العنوان الجديد
new-address-set = تم تغيير العنوان
new-address-set-lead = تصل نشراتك الآن إلى { $address }
erase-heading = محو بياناتك؟
erase-lead = سنحذف كل ما نعرفه عن العنوان { $address }، ولن تصلك أي رسائل بعد ذلك. لا يمكن التراجع عن هذا. ولا نحتفظ إلا ببصمة للعنوان لا يمكن قراءتها، حتى لا يضيفه أحد مرة أخرى من دون موافقتك.
erase-button = محو بياناتي
erased = مُحيت بياناتك
erased-lead = لم يعد لدينا أي سجل لعنوانك.
refusal-link_old = انتهت صلاحية الرابط. يمكنك طلب رابط جديد من صفحة التفضيلات.
refusal-new_address_same = هذا هو عنوانك الحالي.
refusal-new_address_taken = لهذا العنوان اشتراك خاص به. يمكنك بدلًا من ذلك إلغاء أحد الاشتراكين.
refusal-new_address_blocked = لا نرسل بريدًا إلى هذا العنوان. يُرجى اختيار عنوان آخر.

## Still interested?

keep-heading = هل نواصل إرسال نشرة «{ $newsletter }» إليك؟
keep-lead = بنقرة واحدة نواصل إرسالها إليك.
keep-button = الإبقاء على اشتراكي
kept = ستستمر نشرة «{ $newsletter }» في الوصول إليك
kept-lead = شكرًا لك. لا حاجة إلى أي خطوة أخرى.

## Mails: address and data, still interested

mail-manage-link-heading = رابط تغيير عنوانك أو بياناتك
mail-manage-link-lead = طلبت رابطًا لتغيير عنوانك لدى { $publication }، أو لتنزيل بياناتك أو محوها.
mail-manage-link-button = فتح الصفحة
mail-manage-link-expires = يعمل الرابط حتى يوم { $time }. إذا لم يكن الطلب منك، يمكنك تجاهل هذه الرسالة.
mail-new-address-lead = طلبت أن تصلك نشرات { $publication } على هذا العنوان.
mail-new-address-expires = يعمل الرابط حتى يوم { $time }. إذا لم يكن الطلب منك، يمكنك تجاهل هذه الرسالة، ولن يتغير شيء.
mail-address-changed-heading = تغيّر عنوانك
mail-address-changed-lead = تصل نشراتك من { $publication } الآن إلى { $address }
mail-address-changed-note = إذا لم يكن ذلك منك، يُرجى الرد على هذه الرسالة.
mail-keep-lead = تصلك نشرة «{ $newsletter }» من { $publication }، ونود التأكد من رغبتك فيها.
mail-keep-until = إن لم يُضغط على الزر حتى { $date }، فسيُلغى اشتراكك، ولن نراسلك بشأن ذلك مرة أخرى.
