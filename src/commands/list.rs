//! `list set`.

use std::sync::Arc;

use clap::Args;

use super::{find_list, of_option, usage};
use crate::actions::list_schedule::{ScheduleForm, next_digests};
use crate::actions::{Context, lists};
use crate::app::App;
use crate::db::publication;
use crate::locale::{Localizer, say_plain};

#[derive(Args)]
pub struct SetArgs {
    /// The short name of the list
    slug: String,
    /// What readers can choose, separated by commas: each, daily, weekly, monthly
    #[arg(long, value_delimiter = ',')]
    cadences: Option<Vec<String>>,
    /// What is chosen at first: one of those
    #[arg(long)]
    default_cadence: Option<String>,
    /// The hour at which digests go out, from 0 to 23, in the publication's time zone
    #[arg(long)]
    digest_hour: Option<String>,
    /// The day of the weekly digest: 1 is Monday, 7 is Sunday
    #[arg(long)]
    weekday: Option<String>,
    /// The day of the monthly digest; 31 means the last
    #[arg(long)]
    month_day: Option<String>,
    /// The hour at which readers of every article get the rest of the day
    #[arg(long)]
    day_end_hour: Option<String>,
    /// The order of a digest's articles: newest, oldest, by_feed or picked
    #[arg(long)]
    order: Option<String>,
    /// Whether digests have whole articles instead of excerpts
    #[arg(long)]
    full: Option<bool>,
    /// The template of a digest's subject; empty for the usual one
    #[arg(long)]
    subject: Option<String>,
    /// Whether an editor approves each digest
    #[arg(long)]
    approve: Option<bool>,
    /// How many articles a day are sent on their own, at most; empty for no limit
    #[arg(long)]
    daily_cap: Option<String>,
    /// The hours between which nothing is sent, like 22-6; empty for none
    #[arg(long)]
    quiet: Option<String>,
    /// What happens to a digest that is 12 hours late or more: hold or join
    #[arg(long)]
    when_missed: Option<String>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

impl SetArgs {
    /// Writes what is given over a form.
    fn write_to(&self, form: &mut ScheduleForm) -> anyhow::Result<()> {
        if let Some(cadences) = &self.cadences {
            form.offered = cadences.iter().map(|text| text.trim().to_owned()).collect();
        }
        let fields = [
            (&self.default_cadence, &mut form.default),
            (&self.digest_hour, &mut form.hour),
            (&self.weekday, &mut form.weekday),
            (&self.month_day, &mut form.month_day),
            (&self.day_end_hour, &mut form.day_end_hour),
            (&self.order, &mut form.order),
            (&self.subject, &mut form.subject),
            (&self.daily_cap, &mut form.daily_cap),
            (&self.when_missed, &mut form.when_missed),
        ];
        for (given, field) in fields {
            if let Some(given) = given {
                field.clone_from(given);
            }
        }
        form.full = self.full.unwrap_or(form.full);
        form.approve = self.approve.unwrap_or(form.approve);
        if let Some(quiet) = &self.quiet {
            let hours = if quiet.is_empty() { Some(("", "")) } else { quiet.split_once('-') };
            let (from, to) = hours.ok_or_else(|| usage(say_plain("command-list-quiet-wrong")))?;
            (form.quiet_from, form.quiet_to) = (from.to_owned(), to.to_owned());
        }
        Ok(())
    }
}

/// The option of a form's field.
fn option(field: &str) -> String {
    match field {
        "offered" => "cadences".to_owned(),
        "default" => "default-cadence".to_owned(),
        "hour" => "digest-hour".to_owned(),
        field => field.replace('_', "-"),
    }
}

pub async fn set(app: Arc<App>, args: SetArgs) -> anyhow::Result<()> {
    let list = find_list(&app, &args.slug).await?;
    let mut form = ScheduleForm::of(&list.schedule);
    args.write_to(&mut form)?;
    let schedule = form.read().map_err(|refusal| of_option(refusal.into(), option))?;
    let cx = Context::command_line(&app);
    let set = Box::pin(lists::set_schedule(&cx, list.id, &lists::version(&list), schedule)).await;
    let list = set.map_err(|error| of_option(error, option))?;
    let zone = publication::get(&mut app.db.read().await?).await?.zone();
    let next = next_digests(&list.schedule, zone, app.clock.now());
    if args.json {
        let next: serde_json::Map<String, serde_json::Value> = next
            .into_iter()
            .map(|(cadence, at)| (cadence.as_str().to_owned(), at.to_rfc3339().into()))
            .collect();
        println!("{}", serde_json::json!({ "slug": list.slug, "schedule": list.schedule, "next": next }));
        return Ok(());
    }
    println!("{}", say_plain("command-list-set").with("slug", &list.slug).with("name", &list.name));
    let words = Localizer::english();
    for (cadence, at) in next {
        println!("{:<8} {}", cadence.as_str(), words.date_time_zone(&at.with_timezone(&zone)));
    }
    Ok(())
}
