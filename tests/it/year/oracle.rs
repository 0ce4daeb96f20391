//! Who should have got what, when, told by what happened alone: an own reading of the rules, with arithmetic of its own. It
//! must never ask the product for a due, a time or a schedule.
//!
//! The rules that it holds:
//! 1. A list takes an article up once, at the first moment at which something runs, its grace is over, no brake and no guard
//!    holds it and the list is not quiet. (The issue says "when it becomes sendable": an article of a quiet list becomes so in
//!    the morning.) From then on it is owed to whoever is on the list and not paused, and to nobody else.
//! 2. Who wants each article has it at that moment. With a daily cap, what is over it of a local day is owed at the end of the
//!    day instead; of several that are taken up together, any may be those that are over.
//! 3. Everybody else has it in the first digest of their pace behind that moment. A digest whose hour is that very moment may
//!    hold it, and need not.
//! 4. Another pace moves what is owed to the next digest of the new pace; for each article that is the end of the day. So does
//!    coming back from a pause, or to a list that was left, for what was owed before; what was taken up meanwhile is not owed.
//! 5. A mail of one list meets what another owes. Nobody gets an article twice, but for a repeat of the same message after a
//!    process died with it in its hands.
//! 6. What was withdrawn before a mail is written is owed to nobody any more. An edit is in what is written behind it.
//! 7. A digest goes out at its local hour: where the clocks skip it, at the next that there is; where it comes twice, the first
//!    time. Days and weekdays are the publication's; day 31 is the last.
//! 8. Within quiet hours nothing leaves; it leaves at their end.
//! 9. Where nothing ran: what was to go out meanwhile by itself is held until somebody lets it go; a digest goes out as soon
//!    as something runs, unless that is more than twelve hours late: then it is held as well, or joins the next, as its list
//!    wants.
//! 10. An own text of an editor's goes to those who want each article, once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use chrono::{DateTime, Datelike as _, Days, NaiveDate, TimeDelta, Timelike as _, Utc};
use chrono_tz::Tz;

pub type Time = DateTime<Utc>;

/// A digest that is later than this is not sent by itself.
const MISSED_HOURS: i64 = 12;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Pace {
    Each,
    Daily,
    Weekly,
    Monthly,
}

impl Pace {
    pub const ALL: [Pace; 4] = [Pace::Each, Pace::Daily, Pace::Weekly, Pace::Monthly];
}

/// What is set of a list.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    pub hour: u32,
    /// 1 is Monday.
    pub weekday: u32,
    pub month_day: u32,
    pub day_end: u32,
    pub cap: Option<usize>,
    pub quiet: Option<(u32, u32)>,
    /// What is missed joins the next.
    pub joins: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Single,
    Digest(Pace),
    Text(u32),
}

/// A mail that the server took.
#[derive(Debug)]
pub struct Mail {
    pub at: Time,
    pub reader: usize,
    pub list: usize,
    pub id: String,
    pub kind: Kind,
    pub articles: BTreeSet<u32>,
    pub text: String,
}

/// A reader on a list.
#[derive(Clone, Debug, Default)]
struct Subscription {
    pace: Option<Pace>,
    paused_until: Option<Time>,
    /// What is owed, and until when; `None`: not before they are back.
    owed: BTreeMap<u32, Option<Time>>,
}

impl Subscription {
    fn gets_mail(&self) -> Option<Pace> {
        self.pace.filter(|_| self.paused_until.is_none())
    }
}

#[derive(Default)]
struct Reader {
    on: Vec<Subscription>,
    had: HashSet<u32>,
    texts: HashSet<u32>,
}

#[derive(Clone, Copy, Debug)]
enum What {
    Article(u32),
    Text(u32),
}

/// What a list has not taken up.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    what: What,
    from: Time,
}

/// A time in which nothing ran, and when somebody let go what was held by it.
#[derive(Clone, Copy, Debug)]
struct Outage {
    from: Time,
    to: Time,
    let_go: Time,
}

pub struct Oracle {
    zone: Tz,
    lists: Vec<Rules>,
    readers: Vec<Reader>,
    waiting: Vec<Vec<Waiting>>,
    taken_up: HashMap<(usize, u32), Time>,
    over_cap: HashMap<(usize, NaiveDate), usize>,
    singles: HashMap<(usize, NaiveDate), BTreeSet<u32>>,
    withdrawn: HashMap<u32, Time>,
    edits: HashMap<u32, u32>,
    outages: Vec<Outage>,
    /// When a process died or mailboxes took nothing, and until when that lasted.
    delays: Vec<(Time, Time)>,
    texts: HashMap<u32, (usize, Time, HashSet<usize>)>,
    messages: HashMap<String, (usize, BTreeSet<u32>)>,
    /// What the product did wrong.
    pub faults: Vec<String>,
    pub mails: usize,
}

impl Oracle {
    pub fn new(zone: Tz, lists: Vec<Rules>, readers: usize) -> Oracle {
        let on = vec![Subscription::default(); lists.len()];
        Oracle {
            zone,
            waiting: vec![Vec::new(); lists.len()],
            lists,
            readers: (0..readers).map(|_| Reader { on: on.clone(), ..Reader::default() }).collect(),
            taken_up: HashMap::new(),
            over_cap: HashMap::new(),
            singles: HashMap::new(),
            withdrawn: HashMap::new(),
            edits: HashMap::new(),
            outages: Vec::new(),
            delays: Vec::new(),
            texts: HashMap::new(),
            messages: HashMap::new(),
            faults: Vec::new(),
            mails: 0,
        }
    }

    fn fault(&mut self, text: String) {
        self.faults.push(text);
    }

    fn local_day(&self, at: Time) -> NaiveDate {
        at.with_timezone(&self.zone).date_naive()
    }

    /// The first moment of a local day at which its clocks show this hour, or a later one.
    fn moment(&self, day: NaiveDate, hour: u32) -> Time {
        let mut at = day.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::hours(15);
        loop {
            let local = at.with_timezone(&self.zone);
            if local.date_naive() > day || (local.date_naive() == day && local.hour() >= hour) {
                return at;
            }
            at += TimeDelta::minutes(15);
        }
    }

    pub fn is_quiet(&self, list: usize, at: Time) -> bool {
        let hour = at.with_timezone(&self.zone).hour();
        self.lists[list].quiet.is_some_and(|(from, to)| match from <= to {
            true => from <= hour && hour < to,
            false => from <= hour || hour < to,
        })
    }

    /// When a list is not quiet, from a moment on.
    fn awake(&self, list: usize, at: Time) -> Time {
        if !self.is_quiet(list, at) {
            return at;
        }
        let into_the_hour = TimeDelta::seconds(at.timestamp().rem_euclid(900));
        let mut next = at - into_the_hour;
        while self.is_quiet(list, next) {
            next += TimeDelta::minutes(15);
        }
        next
    }

    fn goes_out_on(&self, list: usize, pace: Pace, day: NaiveDate) -> bool {
        let rules = &self.lists[list];
        let is_last = day.succ_opt().is_none_or(|next| next.month() != day.month());
        match pace {
            Pace::Each | Pace::Daily => true,
            Pace::Weekly => day.weekday().number_from_monday() == rules.weekday,
            Pace::Monthly => day.day() == rules.month_day || (is_last && day.day() < rules.month_day),
        }
    }

    /// The digest of a list and pace on a local day: its hour, and when it leaves, behind the quiet hours.
    pub fn digest_on(&self, list: usize, pace: Pace, day: NaiveDate) -> Option<(Time, Time)> {
        let hour = if pace == Pace::Each { self.lists[list].day_end } else { self.lists[list].hour };
        let hour = self.goes_out_on(list, pace, day).then(|| self.moment(day, hour))?;
        Some((hour, self.awake(list, hour)))
    }

    /// The first digest whose hour is behind a moment.
    fn next_digest(&self, list: usize, pace: Pace, after: Time) -> Time {
        let mut day = self.local_day(after);
        loop {
            if let Some((_, leaves)) = self.digest_on(list, pace, day).filter(|(hour, _)| *hour > after) {
                return leaves;
            }
            day = day + Days::new(1);
        }
    }

    /// Whether a digest may leave now.
    fn is_digest_moment(&self, list: usize, pace: Pace, at: Time) -> bool {
        let near = |day: NaiveDate| [day - Days::new(1), day, day + Days::new(1)];
        let moments = |day| near(day).into_iter().filter_map(|day| self.digest_on(list, pace, day));
        let day = self.local_day(at);
        if moments(day).any(|(_, leaves)| leaves == at || self.is_delayed(leaves, at)) {
            return true;
        }
        self.outages.iter().any(|outage| {
            let mut days = vec![self.local_day(outage.from)];
            while days.last().is_some_and(|last| *last < self.local_day(outage.to)) {
                days.extend(days.last().map(|last| *last + Days::new(1)));
            }
            let missed = days
                .into_iter()
                .flat_map(moments)
                .any(|(hour, leaves)| outage.from <= leaves && hour <= outage.to);
            missed && (at == outage.to || at == outage.let_go)
        })
    }

    /// Whether a mail of a moment may be as late as that.
    fn is_delayed(&self, due: Time, at: Time) -> bool {
        self.delays.iter().any(|(from, until)| *from == due && *from <= at && at <= *until)
    }

    /// Until when something that is owed at a moment may come.
    fn at_the_latest(&self, list: usize, pace: Pace, due: Time) -> Time {
        if let Some((_, until)) = self.delays.iter().find(|(from, until)| *from <= due && due <= *until) {
            return *until;
        }
        let Some(outage) = self.outages.iter().find(|outage| outage.from <= due && due < outage.to) else {
            return due;
        };
        // Late is counted from its hour, not from the end of the quiet hours that it waited for.
        let day = self.local_day(due);
        let digests = [day - Days::new(1), day].into_iter().filter_map(|day| self.digest_on(list, pace, day));
        let hour = digests.filter(|(_, leaves)| *leaves == due).map(|(hour, _)| hour).next().unwrap_or(due);
        if outage.to - hour <= TimeDelta::hours(MISSED_HOURS) {
            return self.awake(list, outage.to);
        }
        match self.lists[list].joins {
            true => self.next_digest(list, pace, outage.to),
            false => outage.let_go,
        }
    }

    // What happens.

    /// An article waits for its time on some lists.
    pub fn published(&mut self, article: u32, on: &[(usize, Time)]) {
        for (list, from) in on {
            self.waiting[*list].push(Waiting { what: What::Article(article), from: *from });
        }
    }

    pub fn text(&mut self, number: u32, list: usize, from: Time) {
        self.waiting[list].push(Waiting { what: What::Text(number), from });
    }

    pub fn edited(&mut self, article: u32, revision: u32) {
        self.edits.insert(article, revision);
    }

    pub fn withdrawn(&mut self, article: u32, at: Time) {
        self.withdrawn.insert(article, at);
        for subscription in self.readers.iter_mut().flat_map(|reader| &mut reader.on) {
            subscription.owed.remove(&article);
        }
    }

    /// Nothing ran, and what was held by it is let go later.
    pub fn nothing_ran(&mut self, from: Time, to: Time, let_go: Time) {
        self.outages.push(Outage { from, to, let_go });
        for waiting in self.waiting.iter_mut().flatten().filter(|waiting| waiting.from <= to) {
            waiting.from = let_go;
        }
    }

    /// A process died in the middle of what it did, or mailboxes took nothing: what was to come then may come later.
    pub fn delayed(&mut self, at: Time, until: Time) {
        self.delays.push((at, until));
    }

    /// What a reader has of a list: the pace, and whether it is paused.
    pub fn standing(&self, reader: usize, list: usize) -> Option<(Pace, bool)> {
        let on = &self.readers[reader].on[list];
        on.pace.map(|pace| (pace, on.paused_until.is_some()))
    }

    /// A reader's pace of a list from now on; `None`: they leave it.
    pub fn chose(&mut self, reader: usize, list: usize, pace: Option<Pace>, at: Time) {
        let on = &mut self.readers[reader].on[list];
        on.pace = pace;
        if pace.is_none() {
            on.paused_until = None;
        }
        self.owe_again(reader, list, at);
    }

    pub fn paused(&mut self, reader: usize, list: usize, until: Time, at: Time) {
        self.readers[reader].on[list].paused_until = Some(until);
        self.owe_again(reader, list, at);
    }

    pub fn resumed(&mut self, reader: usize, list: usize, at: Time) {
        self.readers[reader].on[list].paused_until = None;
        self.owe_again(reader, list, at);
    }

    fn owe_again(&mut self, reader: usize, list: usize, at: Time) {
        let pace = self.readers[reader].on[list].gets_mail();
        let due = pace.map(|pace| self.next_digest(list, pace, at));
        self.readers[reader].on[list].owed.values_mut().for_each(|owed| *owed = due);
    }

    /// All that is due now is done: what the lists take up by this.
    pub fn runs(&mut self, at: Time) {
        for reader in 0..self.readers.len() {
            for list in 0..self.lists.len() {
                if self.readers[reader].on[list].paused_until.is_some_and(|until| until <= at) {
                    self.resumed(reader, list, at);
                }
            }
        }
        for list in 0..self.lists.len() {
            let awake = self.awake(list, at);
            let (due, later) = std::mem::take(&mut self.waiting[list])
                .into_iter()
                .partition::<Vec<_>, _>(|waiting| waiting.from <= at);
            self.waiting[list] = later;
            if awake > at {
                self.waiting[list].extend(due.into_iter().map(|one| Waiting { from: awake, ..one }));
                continue;
            }
            self.takes_up(list, &due, at);
        }
    }

    fn takes_up(&mut self, list: usize, due: &[Waiting], at: Time) {
        let mut articles = Vec::new();
        for waiting in due {
            match waiting.what {
                What::Article(article) if self.withdrawn.contains_key(&article) => {}
                What::Article(article) => articles.push(article),
                What::Text(text) => {
                    let to = (0..self.readers.len())
                        .filter(|reader| self.readers[*reader].on[list].gets_mail() == Some(Pace::Each));
                    let to = to.collect();
                    self.texts.insert(text, (list, at, to));
                }
            }
        }
        let day = self.local_day(at);
        let before = self.over_cap.get(&(list, day)).copied().unwrap_or(0);
        let left = self.lists[list].cap.map_or(usize::MAX, |cap| cap.saturating_sub(before));
        self.over_cap.insert((list, day), before + articles.len());
        let all_pass = articles.len() <= left;
        let next = Pace::ALL.map(|pace| self.next_digest(list, pace, at));
        for article in articles {
            self.taken_up.insert((list, article), at);
            for reader in &mut self.readers {
                let Some(pace) = reader.on[list].gets_mail().filter(|_| !reader.had.contains(&article))
                else {
                    continue;
                };
                let due = if pace == Pace::Each && all_pass { at } else { next[pace as usize] };
                reader.on[list].owed.insert(article, Some(due));
            }
        }
    }

    // What came of it.

    /// A mail that came.
    pub fn came(&mut self, mail: &Mail) {
        self.mails += 1;
        if let Some((reader, articles)) = self.messages.get(&mail.id) {
            let same = *reader == mail.reader && *articles == mail.articles;
            let may = self.delays.iter().any(|(from, until)| *from <= mail.at && mail.at <= *until);
            if !same || !may {
                self.fault(format!("a repeat: {}", self.of(mail)));
            }
            return;
        }
        self.messages.insert(mail.id.clone(), (mail.reader, mail.articles.clone()));
        if self.is_quiet(mail.list, mail.at) {
            self.fault(format!("within quiet hours: {}", self.of(mail)));
        }
        match mail.kind {
            Kind::Text(number) => self.came_text(mail, number),
            Kind::Single => self.came_single(mail),
            Kind::Digest(pace) => self.came_digest(mail, pace),
        }
    }

    fn of(&self, mail: &Mail) -> String {
        let standing = self.standing(mail.reader, mail.list);
        format!(
            "{} reader {} ({standing:?}) list {} {:?} {:?}",
            self.shown(mail.at),
            mail.reader,
            mail.list,
            mail.kind,
            mail.articles
        )
    }

    fn shown(&self, at: Time) -> String {
        at.with_timezone(&self.zone).format("%a %F %T%:z").to_string()
    }

    fn came_text(&mut self, mail: &Mail, number: u32) {
        let known = self.texts.get(&number);
        let is_for = known.is_some_and(|(list, at, to)| {
            *list == mail.list
                && to.contains(&mail.reader)
                && (*at == mail.at || self.is_delayed(*at, mail.at))
        });
        if !is_for || !self.readers[mail.reader].texts.insert(number) {
            self.fault(format!("not for them: {}", self.of(mail)));
        }
    }

    fn came_single(&mut self, mail: &Mail) {
        let Some(article) = mail.articles.first().filter(|_| mail.articles.len() == 1).copied() else {
            return self.fault(format!("not one article: {}", self.of(mail)));
        };
        let taken_up = self.taken_up.get(&(mail.list, article)).copied();
        if !taken_up.is_some_and(|at| at == mail.at || self.is_delayed(at, mail.at)) {
            let at = taken_up.map(|at| self.shown(at));
            self.fault(format!("not its time, which is {at:?}: {}", self.of(mail)));
        }
        if self.readers[mail.reader].on[mail.list].gets_mail() != Some(Pace::Each) {
            self.fault(format!("not their pace: {}", self.of(mail)));
        }
        let day = (mail.list, self.local_day(mail.at));
        let singles = self.singles.entry(day).or_default();
        if singles.insert(article) && self.lists[mail.list].cap.is_some_and(|cap| singles.len() > cap) {
            let fault = format!("over the daily cap: {:?}, {}", singles.clone(), self.of(mail));
            self.fault(fault);
        }
        self.came_article(mail, article);
    }

    fn came_digest(&mut self, mail: &Mail, pace: Pace) {
        if mail.articles.is_empty() {
            self.fault(format!("nothing in it: {}", self.of(mail)));
        }
        if self.readers[mail.reader].on[mail.list].gets_mail() != Some(pace) {
            self.fault(format!("not their pace: {}", self.of(mail)));
        }
        if !self.is_digest_moment(mail.list, pace, mail.at) {
            self.fault(format!("not its hour: {}", self.of(mail)));
        }
        for article in &mail.articles {
            self.came_article(mail, *article);
        }
    }

    fn came_article(&mut self, mail: &Mail, article: u32) {
        let is_owed = self.readers[mail.reader].on[mail.list].owed.contains_key(&article);
        if !is_owed {
            let why = match (self.withdrawn.get(&article), self.taken_up.get(&(mail.list, article))) {
                _ if self.readers[mail.reader].had.contains(&article) => "twice".to_owned(),
                (Some(at), _) => format!("withdrawn {}", self.shown(*at)),
                (_, None) => "not yet".to_owned(),
                (_, Some(at)) => format!("not due, taken up {}", self.shown(*at)),
            };
            self.fault(format!("article {article} {why}: {}", self.of(mail)));
        }
        if let Some(revision) = self.edits.get(&article)
            && !mail.text.contains(&format!("Post {article} rev {revision}."))
        {
            self.fault(format!("article {article} is not in its revision {revision}: {}", self.of(mail)));
        }
        let reader = &mut self.readers[mail.reader];
        reader.had.insert(article);
        reader.on.iter_mut().for_each(|on| {
            on.owed.remove(&article);
        });
    }

    /// What should have come by now.
    pub fn look(&mut self, now: Time) {
        let mut late = Vec::new();
        for (number, reader) in self.readers.iter().enumerate() {
            for (list, on) in reader.on.iter().enumerate() {
                let Some(pace) = on.gets_mail() else { continue };
                for (article, due) in &on.owed {
                    if let Some(due) = due.filter(|due| self.at_the_latest(list, pace, *due) <= now) {
                        late.push((number, list, *article, due));
                    }
                }
            }
        }
        for (number, list, article, due) in late {
            self.readers[number].on[list].owed.remove(&article);
            let (standing, due) = (self.standing(number, list), self.shown(due));
            let taken_up = self.shown(self.taken_up[&(list, article)]);
            self.fault(format!(
                "reader {number} ({standing:?}) list {list} did not get article {article}, taken up {taken_up}, by {due}"
            ));
        }
        let done: Vec<u32> =
            self.texts.iter().filter(|(_, (_, at, _))| *at <= now).map(|(number, _)| *number).collect();
        for number in done {
            let Some((list, at, to)) = self.texts.remove(&number) else { continue };
            let lack: Vec<usize> =
                to.into_iter().filter(|one| !self.readers[*one].texts.contains(&number)).collect();
            if !lack.is_empty() {
                self.fault(format!("text {number} of list {list}, {}: not to {lack:?}", self.shown(at)));
            }
        }
    }

    /// When the next of what is owed, or waits, is due.
    pub fn next_due(&self, now: Time) -> Option<Time> {
        let mut due: Vec<Time> = self.waiting.iter().flatten().map(|waiting| waiting.from).collect();
        for reader in &self.readers {
            due.extend(reader.on.iter().filter_map(|on| on.paused_until));
            due.extend(reader.on.iter().flat_map(|on| on.owed.values().flatten()));
        }
        due.into_iter().filter(|due| *due > now).min()
    }

    /// How much is owed to somebody who is there.
    pub fn owed(&self) -> usize {
        let on = self.readers.iter().flat_map(|reader| &reader.on);
        on.filter(|on| on.gets_mail().is_some()).map(|on| on.owed.len()).sum()
    }
}
