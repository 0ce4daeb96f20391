# What readers meet, in Hindi: the keys, their order and the comments are those of en.ftl.

language-name = हिन्दी
# Whose habits dates follow where the language names no region.
language-formats = hi-IN
# Other regions whose dates can be chosen: a tag and its name, a line each.
language-regions = { "" }

## Dates

# A day and an hour, with the place whose clocks these are.
date-time = { $day }, { $time }
date-time-zone = { $date } ({ $place }, { $zone })
date-time-place = { $date } { $place }
today = आज
yesterday = बीता कल

## Every page

skip-link = सीधे मुख्य सामग्री पर जाएँ
footer-links = अन्य लिंक
archive = पिछले अंक
sent-with = इसके ज़रिए भेजा गया:

## Subscribing

subscribe = सब्सक्राइब करें
subscribe-heading = { $publication } अब आपके इनबॉक्स में
subscribe-lead = न्यूज़लेटर सब्सक्राइब करें और नए लेख अपने ईमेल पर पाएँ।
email-label = ईमेल पता
email-placeholder = अपना ईमेल पता लिखें…
honeypot-label = इसे खाली छोड़ दें
# From abuse.
proof-heading = बस एक कदम और
proof-lead = इस समय बहुत ज़्यादा अनुरोध आ रहे हैं, इसलिए हम जाँच रहे हैं कि आपका अनुरोध किसी इंसान ने ही भेजा है। दस सेकंड रुकें, फिर आगे बढ़ें।
proof-button = आगे बढ़ें
proof-checking = इस समय बहुत ज़्यादा अनुरोध आ रहे हैं, इसलिए हम जाँच रहे हैं कि आपका अनुरोध किसी इंसान ने ही भेजा है। इसमें कुछ सेकंड लगेंगे।
proof-early = थोड़ी जल्दी हो गई। कुछ सेकंड और रुकें, फिर आगे बढ़ें।
proof-json = चैलेंज हल करें और उत्तर को “altcha” फ़ील्ड में रखकर फ़ॉर्म फिर से भेजें।
proof-expired = कृपया फ़ॉर्म फिर से भरें
proof-expired-lead = यह कदम आपके ब्राउज़र में, कुकी चालू रखकर, पंद्रह मिनट के अंदर पूरा होता है। अभी कुछ भी भेजा नहीं गया है।
proof-large-lead = फ़ॉर्म इतना लंबा है कि इंतज़ार के दौरान सँभालकर नहीं रखा जा सकता। कम न्यूज़लेटर चुनें या जवाब छोटे करें।
unsubscribe-any-time = कभी भी अनसब्सक्राइब किया जा सकता है।
newsletters-legend = न्यूज़लेटर
recent-issues = ताज़ा अंक
recent-issues-none = अभी कोई अंक नहीं है। पहला अंक पाने के लिए सब्सक्राइब करें।
recent-issues-all = सभी अंक देखें

cadence-each = हर लेख
cadence-daily = दिन में एक बार
cadence-weekly = हफ़्ते में एक बार
cadence-monthly = महीने में एक बार
cadence-off = न भेजें
cadence-legend = कितनी बार?

field-yes = हाँ
field-no = नहीं

check-inbox = अपना इनबॉक्स देखें
check-inbox-lead = अगर हम इस पते पर ईमेल भेज सकते हैं, तो पुष्टि का ईमेल जल्द ही पहुँचेगा। सब्सक्रिप्शन की पुष्टि के लिए उस ईमेल में दिया बटन दबाएँ।
check-inbox-from = प्रेषक
check-inbox-valid = लिंक की अवधि
hours = { $hours ->
    [one] { $hours } घंटा
   *[other] { $hours } घंटे
}
check-inbox-captured = यह सर्वर ईमेल भेजता नहीं, सहेज लेता है। <a href="/mailbox">मेलबॉक्स खोलें</a>
check-inbox-help = ईमेल नहीं मिला?
check-inbox-wait = कुछ मिनट रुकें, फिर स्पैम या प्रमोशन फ़ोल्डर देखें।
check-inbox-retype = देख लें कि पता सही लिखा है। <a href="/">फिर से लिखें</a>
check-inbox-already = पहले से सब्सक्राइब कर रखा है? तो और कुछ करने की ज़रूरत नहीं।
check-inbox-detail = अगर हम इस पते पर ईमेल भेज सकते हैं, तो पुष्टि का ईमेल जल्द ही पहुँचेगा। सब्सक्रिप्शन की पुष्टि के लिए उस ईमेल में दिया बटन दबाएँ।

## Confirming

confirm = पुष्टि
confirm-heading = अपने सब्सक्रिप्शन की पुष्टि करें
confirm-lead = <strong>{ $address }</strong> पर { $publication } की ओर से ये भेजे जाएँगे: { $newsletters }।
confirm-lead-bare = <strong>{ $address }</strong> पर { $publication } की ओर से ईमेल भेजे जाएँगे।
confirm-meanwhile = आपने इनके लिए भी अनुरोध किया है
confirm-button = सब्सक्रिप्शन की पुष्टि करें
confirm-not-me = आपने अनुरोध नहीं किया? यह पेज बंद कर दें, सब्सक्रिप्शन शुरू नहीं होगा।
confirmed = सब्सक्रिप्शन चालू है
confirmed-lead = आपको { $publication } की ओर से ईमेल पर ये मिलेंगे: { $newsletters }।
confirmed-past-issues = पिछले अंक पढ़ें
confirm-left-since = आपका सब्सक्रिप्शन चालू नहीं है
confirm-left-since-lead = वह ईमेल भेजे जाने के बाद आपने अनसब्सक्राइब कर दिया था। वापस आने के लिए फिर से सब्सक्राइब करें।
confirm-suppressed = हम इस पते पर ईमेल नहीं भेज सकते
confirm-suppressed-lead = { $publication } की ओर से इस पते पर ईमेल नहीं भेजे जाते। किसी और पते से सब्सक्राइब करें।
confirm-expired = लिंक की अवधि खत्म हो गई
confirm-expired-lead = { $hours ->
    [one] लिंक की अवधि { $hours } घंटा थी। नया लिंक पाने के लिए फिर से सब्सक्राइब करें।
   *[other] लिंक की अवधि { $hours } घंटे थी। नया लिंक पाने के लिए फिर से सब्सक्राइब करें।
}
subscribe-again = फिर से सब्सक्राइब करें

## Preferences

preferences = सेटिंग
preferences-heading = सब्सक्रिप्शन बदलें
preferences-for = <strong>{ $address }</strong> पर { $date } से सब्सक्रिप्शन चालू है।
preferences-suppressed = हम इस पते पर ईमेल नहीं भेजते, इसलिए यहाँ चुनी गई बातें लागू नहीं होंगी।
preferences-newsletters = आपके न्यूज़लेटर
preferences-unconfirmed = अभी पुष्टि नहीं हुई है: हमारे भेजे ईमेल में दिया बटन दबाएँ
# Under a newsletter's name: when its next mail comes.
preferences-next = अगला अंक: { $time }
preferences-next-each = अगला अंक: जब अगला लेख प्रकाशित होगा
preferences-next-comes = अगला अंक भेजने का समय: { $time }।
preferences-paused = { $date } तक रुका हुआ है
preferences-is-paused = रोक दिया गया
preferences-is-resumed = फिर शुरू हो गया
preferences-about-you = आपके बारे में
preferences-language = भाषा
save = सहेजें
preferences-saved = सहेज लिया गया
preferences-unchanged = कुछ नहीं बदला
preferences-still-off = हम इस पते पर ईमेल नहीं भेजते, इसलिए कुछ भी चालू नहीं किया गया
pause = कुछ समय रोकें
pause-lead = कहीं बाहर जाना है? अपने न्यूज़लेटर कुछ हफ़्तों के लिए रोक दें। फिर शुरू होने पर पुराने ईमेल एक साथ नहीं आएँगे।
pause-what = क्या रोकना है
pause-all = सभी न्यूज़लेटर
pause-for = कितने समय के लिए?
pause-nothing = रोकने के लिए कुछ नहीं है: अभी आपको कोई न्यूज़लेटर नहीं भेजा जाता।
weeks = { $weeks ->
    [one] { $weeks } हफ़्ता
   *[other] { $weeks } हफ़्ते
}
resume = अभी फिर शुरू करें
resume-named = अभी फिर शुरू करें: { $newsletter }
missed = जो आपसे छूट गया
missed-lead = इस बीच प्रकाशित लेख, सबसे नए पहले।
missed-none = आपसे कुछ नहीं छूटा।
unsubscribe-all-heading = सब कुछ अनसब्सक्राइब करें
unsubscribe-all-lead = बस एक क्लिक, और हमारी ओर से कोई ईमेल नहीं आएगा।

## Unsubscribing

unsubscribe = अनसब्सक्राइब करें
unsubscribe-heading = “{ $newsletter }” अनसब्सक्राइब करें?
unsubscribe-lead = यह न्यूज़लेटर आपको नहीं भेजा जाएगा।
unsubscribe-all = सभी अनसब्सक्राइब करें
unsubscribed = आपने “{ $newsletter }” अनसब्सक्राइब कर दिया है
unsubscribed-lead = यह न्यूज़लेटर अब आपको नहीं भेजा जाएगा। आपके बाकी सब्सक्रिप्शन, अगर कोई हैं, पहले जैसे ही हैं।
unsubscribed-all = आपने सब कुछ अनसब्सक्राइब कर दिया है
unsubscribed-all-lead = अब हमारी ओर से कोई ईमेल नहीं आएगा।
unsubscribed-already = “{ $newsletter }” का सब्सक्रिप्शन चालू नहीं है
unsubscribed-already-lead = इस न्यूज़लेटर का कोई ईमेल आपको नहीं भेजा जाएगा।

## “This wasn’t me”

block-heading = यह मैंने नहीं किया
block-lead = क्या { $address } किसी और ने लिखा था? इसे ब्लॉक करें, फिर { $publication } की ओर से इस पर कभी ईमेल नहीं आएगा।
block-button = यह पता ब्लॉक करें
blocked = पता ब्लॉक है
blocked-lead = अब { $address } पर { $publication } की ओर से ईमेल नहीं आएगा, चाहे कोई इसे फ़ॉर्म में लिख भी दे।

## The archive

archive-heading = { $publication } के पिछले अंक
archive-empty = अभी कोई अंक नहीं है
archive-empty-lead = पहला अंक भेजे जाने के बाद यहाँ दिखेगा। <a href="/">सब्सक्राइब करें</a>
archive-older = और पुराने अंक
archive-all = सभी अंक
archive-subscribe = { $publication } अपने ईमेल पर पाएँ

## The subscribe box on other sites

# From box.
box-busy = भेजा जा रहा है…
box-continue = पढ़ना जारी रखें
box-close = बंद करें
box-failed = भेजा नहीं जा सका। अपना इंटरनेट कनेक्शन जाँचें और फिर से कोशिश करें।
box-back = { $host } पर वापस जाएँ

## What is wrong with a form

email-typo = क्या सही पता { $address } है?
email-typo-yes = हाँ, यही पता रखें
email-typo-no = नहीं, मेरा लिखा पता सही है

form-wrong = इसे जाँच लें
cadence-unknown = कितनी बार भेजें, यह दिए गए विकल्पों में से चुनें
no-newsletter = कम से कम एक न्यूज़लेटर चुनें
email-empty = अपना ईमेल पता लिखें। जैसे: ines@example.org
email-no-at = इस पते में @ नहीं है। सही पता ऐसा होता है: ines@example.org
email-no-local-part = इस पते में @ से पहले कुछ नहीं है। सही पता ऐसा होता है: ines@example.org
email-no-domain = इस पते में @ के बाद कुछ नहीं है। सही पता ऐसा होता है: ines@example.org
email-not-ascii = @ से पहले केवल अंग्रेज़ी के अक्षर, अंक और . - _ + जैसे चिह्न हो सकते हैं
email-local-part = इस पते में ऐसा चिह्न है जो मान्य नहीं है। @ से पहले का हिस्सा जाँच लें
email-local-part-long = @ से पहले का हिस्सा बहुत लंबा है: सीमा 64 अक्षर है
email-domain = @ के बाद का हिस्सा डोमेन नहीं है। पूरा पता ऐसा होता है: ines@example.org
email-long = यह पता बहुत लंबा है: सीमा 254 अक्षर है
refusal-list_unknown = “{ $list }” नाम का कोई न्यूज़लेटर नहीं है। दिए गए न्यूज़लेटर में से चुनें।
refusal-too_many_lists = एक बार में ज़्यादा से ज़्यादा { $max } न्यूज़लेटर चुने जा सकते हैं।
refusal-no_list_open = सब्सक्राइब करने के लिए अभी कोई न्यूज़लेटर नहीं है।
refusal-field_text_long = “{ $name }” बहुत लंबा है: सीमा { $max } अक्षर है।
refusal-field_number_wrong = “{ $name }” में संख्या लिखें, जैसे 1200 या 12.5।
refusal-field_number_ambiguous = “{ $name }” की संख्या दो तरह से पढ़ी जा सकती है। इसे अल्पविराम के बिना लिखें: 1234, या दशमलव के लिए 1.234।
refusal-field_date_wrong = “{ $name }” में तारीख साल-महीना-दिन के क्रम में लिखें, जैसे 2026-11-24।
refusal-field_yes_no_wrong = “{ $name }” में हाँ या नहीं चुनें।
refusal-pause_too_long = 1 से { $max } हफ़्तों के बीच चुनें।
refusal-nothing_to_pause = रोकने के लिए कुछ नहीं है: अभी आपको कोई न्यूज़लेटर नहीं भेजा जाता।
refusal-reader_gone = हमारे पास इस पते का कोई रिकॉर्ड नहीं है। इसे मिटा दिया गया है, इसलिए हमारी ओर से इस पर कोई ईमेल नहीं आएगा।

## Errors

error-not-found = पेज नहीं मिला
error-not-found-lead = हो सकता है कि पता लिखने में गलती हुई हो या यह पेज अब न हो।
error-method = यह पेज इस तरह का अनुरोध नहीं लेता
error-method-lead = पता सही है, लेकिन इस पेज पर इस तरीके से अनुरोध नहीं भेजा जा सकता।
error-timeout = बहुत ज़्यादा समय लग गया
error-timeout-lead = आपका अनुरोध समय पर नहीं पहुँचा। फिर से कोशिश करें।
error-too-large = फ़ॉर्म बहुत बड़ा है
error-too-large-lead = फ़ॉर्म ज़्यादा से ज़्यादा { $kilobytes } KB का हो सकता है। लिखी हुई बातें छोटी करें और फिर से कोशिश करें।
error-media-type = हम इसे पढ़ नहीं सके
error-media-type-lead = फ़ॉर्म (application/x-www-form-urlencoded) या JSON भेजें।
error-compressed-lead = अनुरोध कंप्रेस किया हुआ है। इसे बिना कंप्रेस किए भेजें।
error-request = हम इसे पढ़ नहीं सके
error-request-lead = अनुरोध अधूरा है। वापस जाएँ और फिर से कोशिश करें।
error-unstorable-lead = अनुरोध में NUL कैरेक्टर है, या ऐसी संख्या या ऐसा समय है जिसे सहेजा नहीं जा सकता। उसे हटाएँ और फिर से कोशिश करें।
error-json = हम यह JSON पढ़ नहीं सके
error-json-lead = यह ऐसा होना चाहिए: { $example }
error-ambiguous = यह अनुरोध स्पष्ट नहीं है
error-ambiguous-lead = { $header } हेडर अलग-अलग मानों के साथ दो बार आया है, या सादा टेक्स्ट नहीं है। इसे एक ही बार, सादे टेक्स्ट में भेजें।
error-server = हमारी ओर से कुछ गड़बड़ हो गई
error-server-lead = कुछ भी बदला नहीं गया है। एक मिनट बाद फिर से कोशिश करें।
error-link = लिंक अधूरा है
error-link-lead = इसका कोई हिस्सा छूट गया है या बदल गया है। ईमेल से लिंक फिर से खोलें, या पूरा लिंक कॉपी करें।
error-nobody = हमारे पास इस पते का कोई रिकॉर्ड नहीं है
error-nobody-lead = इसे मिटा दिया गया है, इसलिए हमारी ओर से इस पर कोई ईमेल नहीं आएगा।
error-too-often = आपके नेटवर्क से बहुत ज़्यादा अनुरोध आए हैं
error-too-often-lead = सब्सक्राइब नहीं हो पाया। { $minutes } मिनट बाद फिर से कोशिश करें।
error-invalid = यह नहीं हो सकता
error-forbidden = आपके पास इसकी अनुमति नहीं है
error-gone = यह अब मौजूद नहीं है
error-conflict = यह नहीं हो सकता
error-too-soon = बाद में फिर से कोशिश करें
error-back = फ़ॉर्म पर वापस जाएँ

## Mails: what all have

mail-open-link = या यह लिंक खोलें:
mail-view-in-browser = ब्राउज़र में देखें
mail-manage = सब्सक्रिप्शन बदलें
mail-pause = कुछ समय रोकें
mail-not-me = यह आपने नहीं किया?
mail-block = इस पते पर ईमेल ब्लॉक करें

## Mails: an issue

mail-byline = { $author } · { $date }
# Of one article among several.
mail-read-article = आगे पढ़ें
mail-correction = <strong>सुधार:</strong> { $reason }
mail-read-more = { $publication } पर आगे पढ़ें
mail-cut = यह ईमेल छोटा किया गया है। बाकी हिस्सा वेबसाइट पर है।
mail-read-in-browser = बाकी हिस्सा ब्राउज़र में पढ़ें
mail-read-in-browser-colon = बाकी हिस्सा ब्राउज़र में पढ़ें:
mail-reason = यह ईमेल आपको इसलिए मिला, क्योंकि { $address } से “{ $newsletter }” सब्सक्राइब किया गया था।
mail-reason-each = यह ईमेल आपको इसलिए मिला, क्योंकि { $date } को { $address } से “{ $newsletter }” (हर लेख) सब्सक्राइब किया गया था।
mail-reason-daily = यह ईमेल आपको इसलिए मिला, क्योंकि { $date } को { $address } से “{ $newsletter }” (दिन में एक बार) सब्सक्राइब किया गया था।
mail-reason-weekly = यह ईमेल आपको इसलिए मिला, क्योंकि { $date } को { $address } से “{ $newsletter }” (हफ़्ते में एक बार) सब्सक्राइब किया गया था।
mail-reason-monthly = यह ईमेल आपको इसलिए मिला, क्योंकि { $date } को { $address } से “{ $newsletter }” (महीने में एक बार) सब्सक्राइब किया गया था।

## Mails: a digest

mail-digest-subject = { $more ->
    [0] { $title }
   *[other] { $title } और { $more } अन्य लेख
}
mail-digest-edition = { $newsletter } · { $date }
mail-digest-contents = इस अंक में
mail-digest-headlines = और ख़बरें
mail-digest-left = और { $left } लेख { $publication } पर

## Articles: in place of what no mail can show

article-watch = { $host } पर देखें
article-listen = { $host } पर सुनें
article-open = { $host } पर खोलें
article-video = वीडियो
article-picture = तस्वीर { $host } पर देखें
# A file that a feed brings along. Behind it, where that is known, how long and how large it is.
article-file-audio = सुनें
article-file-video = देखें
article-file = { $name } डाउनलोड करें
article-file-details = { $file }: { $details }
article-file-time = { $minutes } मिनट
article-file-time-hours = { $hours } घं. { $minutes } मि.
article-file-megabytes = { $size } MB
article-file-kilobytes = { $size } KB

## Mails: confirming

mail-confirm-subject = { $publication } के सब्सक्रिप्शन की पुष्टि करें
mail-confirm-preheader = पुष्टि के लिए बटन दबाएँ। पुष्टि न होने पर सब्सक्रिप्शन शुरू नहीं होगा।
mail-confirm-lead = आपने ये पाने का अनुरोध किया है: { $newsletters }। सब्सक्रिप्शन की पुष्टि के लिए बटन दबाएँ।
mail-confirm-lead-text = आपने ये पाने का अनुरोध किया है: { $newsletters }। सब्सक्रिप्शन की पुष्टि के लिए यह लिंक खोलें:
mail-confirm-expires = यह लिंक { $time } तक काम करेगा। पुष्टि न होने पर सब्सक्रिप्शन शुरू नहीं होगा, और हम दोबारा ईमेल नहीं भेजेंगे।
mail-confirm-expires-reminds = यह लिंक { $time } तक काम करेगा। पुष्टि न होने पर सब्सक्रिप्शन शुरू नहीं होगा। हम एक बार याद दिलाएँगे।
mail-remind-subject = अनुस्मारक: { $publication } के सब्सक्रिप्शन की पुष्टि करें
mail-remind-only = आपने अनुरोध किया था, लेकिन पुष्टि अभी बाकी है। याद दिलाने के लिए हम बस यही एक ईमेल भेज रहे हैं।
newsletter-each = <strong>{ $newsletter }</strong> का हर लेख
newsletter-daily = दिन में एक बार <strong>{ $newsletter }</strong>
newsletter-weekly = हफ़्ते में एक बार <strong>{ $newsletter }</strong>
newsletter-monthly = महीने में एक बार <strong>{ $newsletter }</strong>
newsletter-each-text = “{ $newsletter }” का हर लेख
newsletter-daily-text = दिन में एक बार “{ $newsletter }”
newsletter-weekly-text = हफ़्ते में एक बार “{ $newsletter }”
newsletter-monthly-text = महीने में एक बार “{ $newsletter }”

## Mails: subscribed already

mail-subscribed-subject = { $publication } का सब्सक्रिप्शन पहले से चालू है
mail-subscribed-heading = आपका सब्सक्रिप्शन पहले से चालू है
mail-subscribed-preheader = किसी ने हमारे फ़ॉर्म में आपका पता लिखा है। कुछ नहीं बदला है।
mail-subscribed-lead = किसी ने हमारे फ़ॉर्म में यह पता लिखा है, और इस पर पहले से ये भेजे जाते हैं: { $newsletters }। कुछ नहीं बदला है। आपको क्या भेजा जाए, यह यहाँ बदला जा सकता है:
mail-welcome-subject = { $publication } में आपका स्वागत है
mail-welcome-preheader = आपके सब्सक्रिप्शन की पुष्टि हो गई है।
mail-welcome-lead = आपके सब्सक्रिप्शन की पुष्टि हो गई है। अब आपको ये मिलेंगे: { $newsletters }।
mail-welcome-latest = ताज़ा लेख
mail-welcome-leave = “{ $newsletter }” अनसब्सक्राइब करें
mail-subscribed-not-me = यह आपने नहीं किया? इस ईमेल को अनदेखा करें, या <a href="{ $url }">इस पते पर ईमेल ब्लॉक करें</a>।
mail-subscribed-not-me-text = यह आपने नहीं किया? इस ईमेल को अनदेखा करें, या इस पते पर ईमेल ब्लॉक करें:

## The archive: looking for something

# From pages.
archive-search = पिछले अंकों में खोजें
archive-search-button = खोजें
archive-list = न्यूज़लेटर
archive-every-list = सभी न्यूज़लेटर
archive-nothing-found = कोई अंक नहीं मिला
archive-nothing-yet = अब तक खोजे गए अंकों में कुछ नहीं मिला

## Unsubscribing: undo, and the reason

unsubscribe-undo = वापस लाएँ
unsubscribe-undone = सब्सक्रिप्शन फिर चालू है
unsubscribe-undone-lead = सब कुछ पहले जैसा है।
unsubscribe-not-undone = वापस लाने के लिए कुछ नहीं है
unsubscribe-not-undone-lead = उसके बाद आपका सब्सक्रिप्शन बदल चुका है। यह न्यूज़लेटर पाने के लिए फिर से सब्सक्राइब करें।
leave-reason-question = आपने अनसब्सक्राइब क्यों किया?
leave-reason-too-often = ईमेल बहुत ज़्यादा आते हैं
leave-reason-not-for-me = यह मेरी उम्मीद जैसा नहीं है
leave-reason-never-asked = मैंने सब्सक्राइब नहीं किया था
leave-reason-read-elsewhere = मेरे लिए इसे कहीं और पढ़ना आसान है
leave-reason-other = कोई और कारण
leave-reason-comment = कुछ और कहना है? (वैकल्पिक)
leave-reason-send = भेजें
leave-reason-missing = कोई कारण चुनें या लिखें
leave-reason-thanks = धन्यवाद
leave-reason-thanks-lead = हम इसे पढ़ेंगे। इस बारे में आपको कोई ईमेल नहीं आएगा।
refusal-undo_over = अब इसे वापस नहीं लाया जा सकता। फिर से सब्सक्राइब करें।
refusal-comment_long = यह बहुत लंबा है: सीमा { $max } अक्षर है।

## Address and data, by a link that was just mailed

manage-heading = आपका पता और डेटा
manage-lead = अपना पता बदलने, अपना डेटा डाउनलोड करने या मिटाने के लिए ईमेल पर लिंक मँगाएँ। आगे भेजे गए ईमेल से यह पेज कोई भी खोल सकता है।
manage-link-button = मुझे लिंक भेजें
manage-link-sent = अपना इनबॉक्स देखें
manage-link-sent-lead = { $address } पर लिंक भेजा जा रहा है। वह { $minutes } मिनट तक काम करेगा।
manage-new-address = नया ईमेल पता
manage-change-address = पता बदलें
manage-export = अपना डेटा डाउनलोड करें
manage-erase = अपना डेटा मिटाएँ
new-address-asked = नया इनबॉक्स देखें
new-address-asked-lead = अगर हम उस पते पर ईमेल भेज सकते हैं, तो लिंक जल्द ही पहुँचेगा। उस ईमेल में दिया बटन दबाने पर ही आपका पता बदलेगा।
new-address-heading = अपने नए पते की पुष्टि करें
new-address-lead = अब से आपके न्यूज़लेटर { $address } पर भेजे जाएँगे।
new-address-button = नए पते की पुष्टि करें
new-address-set = पता बदल गया
new-address-set-lead = अब आपके न्यूज़लेटर { $address } पर भेजे जाते हैं।
erase-heading = क्या आपका डेटा मिटा दें?
erase-lead = { $address } के बारे में हमारे पास जो भी जानकारी है, हम उसे मिटा देंगे, और आपको कोई ईमेल नहीं आएगा। इसे वापस नहीं लाया जा सकता। हम पते का केवल एक फ़िंगरप्रिंट रखते हैं, जिससे पता पढ़ा नहीं जा सकता, ताकि आपसे पूछे बिना कोई इसे फिर से न जोड़े।
erase-button = मेरा डेटा मिटाएँ
erased = आपका डेटा मिटा दिया गया है
erased-lead = हमारे पास अब आपके पते का कोई रिकॉर्ड नहीं है।
refusal-link_old = लिंक की अवधि खत्म हो गई। सेटिंग पेज से नया लिंक मँगाएँ।
refusal-new_address_same = आपका पता पहले से यही है।
refusal-new_address_taken = उस पते का अपना सब्सक्रिप्शन है। इसके बजाय दोनों में से एक को अनसब्सक्राइब करें।
refusal-new_address_blocked = हम उस पते पर ईमेल नहीं भेजते। कोई और पता चुनें।

## Still interested?

keep-heading = क्या “{ $newsletter }” आगे भी भेजें?
keep-lead = बस एक क्लिक, और यह आगे भी मिलता रहेगा।
keep-button = सब्सक्रिप्शन जारी रखें
kept = “{ $newsletter }” आपको आगे भी मिलता रहेगा
kept-lead = धन्यवाद। और कुछ करने की ज़रूरत नहीं।

## Mails: address and data, still interested

mail-manage-link-heading = अपना पता या डेटा बदलने का लिंक
mail-manage-link-lead = आपने { $publication } पर अपना पता बदलने, या अपना डेटा डाउनलोड करने या मिटाने के लिए लिंक मँगाया है।
mail-manage-link-button = पेज खोलें
mail-manage-link-expires = यह लिंक { $time } तक काम करेगा। अगर आपने इसे नहीं मँगाया, तो इस ईमेल को अनदेखा करें।
mail-new-address-lead = आपने { $publication } के न्यूज़लेटर इस पते पर पाने का अनुरोध किया है।
mail-new-address-expires = यह लिंक { $time } तक काम करेगा। अगर आपने अनुरोध नहीं किया, तो इस ईमेल को अनदेखा करें, कुछ नहीं बदलेगा।
mail-address-changed-heading = आपका पता बदल गया है
mail-address-changed-lead = { $publication } के आपके न्यूज़लेटर अब { $address } पर भेजे जाते हैं।
mail-address-changed-note = अगर यह आपने नहीं किया, तो इस ईमेल का जवाब दें।
mail-keep-lead = आपको { $publication } की ओर से “{ $newsletter }” भेजा जाता है। हम पक्का करना चाहते हैं कि आपको यह चाहिए।
mail-keep-until = अगर { $date } तक बटन नहीं दबाया गया, तो सब्सक्रिप्शन बंद कर दिया जाएगा, और हम इस बारे में दोबारा ईमेल नहीं भेजेंगे।
