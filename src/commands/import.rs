//! `import`.

use std::fs::File;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use uuid::Uuid;

use super::{find_open_list, open, usage};
use crate::actions::export::RefusedRows;
use crate::actions::import::{
    self, Described, Everything, ImportOptions, NewImport, OpenFile, Running, Step, WrongArchive,
};
use crate::actions::subscribers::check_consent;
use crate::actions::{Context, Error};
use crate::app::App;
use crate::config::Config;
use crate::db::imports::{self, Import, Phase};
use crate::imports as files;
use crate::locale::say_plain;

/// Rows that were not taken, shown one by one.
const REFUSALS_NAMED: i64 = 50;
/// How often progress is shown.
const SHOWN_EVERY: Duration = Duration::from_millis(200);

#[derive(Args)]
pub struct ImportArgs {
    /// A CSV file of subscribers, or the zip file that another service exports; - for standard input
    #[arg(required_unless_present = "undo")]
    file: Option<PathBuf>,
    /// The list's short name
    #[arg(long, required_unless_present_any = ["undo", "all"])]
    list: Option<String>,
    /// Import everything from an archive that another Postrider exported with --all, into this new, empty one
    #[arg(long, conflicts_with_all = [
        "list", "undo", "status", "consent", "dry_run", "columns", "dates", "chosen_list", "rejected",
    ])]
    all: bool,
    /// What people are of whom the file itself says nothing. active: they agreed and still get mail.
    /// pending: each is asked to confirm by email. Without it, people of a plain file are active, and those of a
    /// service's export that can't tell who left are not imported
    #[arg(long, value_enum)]
    status: Option<Status>,
    /// How they agreed, in at least 10 characters, like "card filled in at the fair, 3 May"
    #[arg(long)]
    consent: Option<String>,
    /// Show what would be imported; store nothing
    #[arg(long)]
    dry_run: bool,
    /// What each column is, in order: email,name,tags,ignored,field:city…
    #[arg(long, value_delimiter = ',')]
    columns: Vec<String>,
    /// The order in dates like 03/04/2026
    #[arg(long, value_enum)]
    dates: Option<Dates>,
    /// Of MailPoet's lists, the one that counts
    #[arg(long)]
    chosen_list: Option<String>,
    /// Write the rows that were not imported to this CSV file, with the reason in a column
    #[arg(long, value_name = "FILE")]
    rejected: Option<PathBuf>,
    /// Undo the import with this number: what it changed becomes what it was
    #[arg(long, value_name = "ID", conflicts_with_all = ["file", "list"])]
    undo: Option<Uuid>,
    /// Print the result as JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Status {
    Active,
    Pending,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Dates {
    Day,
    Month,
}

impl ImportArgs {
    fn options(&self) -> anyhow::Result<ImportOptions> {
        for column in &self.columns {
            if files::ColumnRole::parse(column).is_none() {
                return Err(usage(
                    say_plain("import-column-unknown").with("column", column.clone()).to_string(),
                ));
            }
        }
        Ok(ImportOptions {
            status: match self.status {
                Some(Status::Active) => "active",
                Some(Status::Pending) => "pending",
                None => "",
            }
            .to_owned(),
            plain: "active".to_owned(),
            columns: self.columns.clone(),
            dates: match self.dates {
                Some(Dates::Day) => "day",
                Some(Dates::Month) => "month",
                None => "",
            }
            .to_owned(),
            chosen_list: self.chosen_list.clone().unwrap_or_default(),
            dormant: String::new(),
            ask: self.status == Some(Status::Pending),
        })
    }

    /// The file, and what it is called.
    fn file(&self) -> anyhow::Result<(File, String)> {
        match &self.file {
            Some(path) if path.as_os_str() != "-" => {
                let name = path.display().to_string();
                let read = |error| {
                    usage(
                        say_plain("command-file-unreadable")
                            .with("file", name.clone())
                            .with("why", format!("{error}"))
                            .to_string(),
                    )
                };
                let file = File::open(path).map_err(read)?;
                // A pipe can't be sought in.
                let is_file = file.metadata().map_err(read)?.is_file();
                Ok((if is_file { file } else { import::spool(file).map_err(read)? }, name))
            }
            _ => {
                let file =
                    import::spool(std::io::stdin()).context(say_plain("import-no-room").to_string())?;
                Ok((file, say_plain("command-standard-input").to_string()))
            }
        }
    }
}

pub async fn run(config: Config, args: ImportArgs) -> anyhow::Result<ExitCode> {
    if let Some(id) = args.undo {
        return undo(&open(config).await?, id).await;
    }
    if args.all {
        return everything(config, &args).await;
    }
    let options = args.options()?;
    let consent = args.consent.as_deref().map(check_consent).transpose()?.unwrap_or_default();
    let (mut file, name) = args.file()?;
    let file_name = args.file.as_ref().and_then(|path| path.file_name()).unwrap_or_default();
    let file_name = file_name.to_string_lossy().into_owned();
    let digest = if args.dry_run { String::new() } else { import::digest_of(&mut file)? };
    let people = OpenFile::new(file, &options.reading(&file_name)).map_err(|error| {
        usage(
            say_plain("import-file-refused")
                .with("file", name.clone())
                .with("why", error.to_string())
                .to_string(),
        )
    })?;
    let described = Described::of(people.people.recognised());
    if described.asks == "columns" {
        return Err(usage(
            say_plain("import-file-refused").with("file", name).with("why", described.question).to_string(),
        ));
    }
    let app = open(config).await?;
    let slug = args.list.as_deref().unwrap_or_default();
    let list = find_open_list(&app, slug).await?;
    let cx = Context::command_line(&app);
    let new = NewImport { list: &list, file_name: name.clone(), options, consent, digest };
    describe(&described);
    let mut running = if args.dry_run {
        import::dry_run(&cx, &new, people).await?
    } else {
        let running = import::begin_or_resume(&cx, &new, people).await?;
        if running.import().position > 0 {
            eprintln!("{}", say_plain("import-resumed").with("rows", running.import().position));
        }
        running
    };
    work(&app, &mut running).await?;
    if !args.dry_run {
        if new.options.ask {
            ask(&cx, running.import().id).await?;
        }
        import::find_now(&app).await?;
    }
    report(&app, &args, &name, &list.name, &described, &running).await
}

/// Everything of another Postrider.
async fn everything(config: Config, args: &ImportArgs) -> anyhow::Result<ExitCode> {
    let (file, _) = args.file()?;
    let everything = Everything::open(file).map_err(|error| usage(error.to_string()))?;
    let app = open(config).await?;
    let is_shown = std::io::stderr().is_terminal();
    let mut shown_at = Instant::now();
    let progress = |table: &str, rows: u64| {
        if is_shown && shown_at.elapsed() > SHOWN_EVERY {
            shown_at = Instant::now();
            eprint!(
                "\r\x1b[K{}",
                say_plain("everything-importing").with("table", table.to_owned()).with("rows", rows)
            );
        }
    };
    let taken = everything.import(&Context::command_line(&app), progress).await;
    if is_shown {
        eprint!("\r\x1b[K");
    }
    let taken = taken.map_err(|error| match error {
        Error::Failed(failed) if failed.is::<WrongArchive>() => usage(failed.to_string()),
        other => other.into(),
    })?;
    import::find_now(&app).await?;
    if args.json {
        let rows: serde_json::Map<String, serde_json::Value> =
            taken.iter().map(|(table, rows)| ((*table).to_owned(), (*rows).into())).collect();
        println!("{}", serde_json::json!({ "rows": rows }));
        return Ok(ExitCode::SUCCESS);
    }
    let count = |name: &str| taken.iter().find(|(table, _)| *table == name).map_or(0, |(_, rows)| *rows);
    let line = say_plain("everything-imported")
        .with("subscribers", count("subscribers"))
        .with("subscriptions", count("subscriptions"));
    println!("{line}");
    println!("{}", say_plain("everything-next"));
    Ok(ExitCode::SUCCESS)
}

/// What was recognised, where that is not what anybody would expect.
fn describe(described: &Described) {
    if !std::io::stderr().is_terminal() {
        return;
    }
    for file in &described.files {
        eprintln!(
            "{}",
            say_plain("import-recognised")
                .with("file", file.name.clone())
                .with("source", say_plain(described.source_key()).to_string())
                .with("charset", file.charset.clone())
        );
    }
}

/// Reads the file to its end, and shows how far it is.
async fn work(app: &App, running: &mut Running) -> anyhow::Result<()> {
    let show = std::io::stderr().is_terminal();
    let (begun, first) = (Instant::now(), running.import().position);
    let mut shown: Option<Instant> = None;
    loop {
        let step = running.step(app).await?;
        let rows = running.import().position;
        if show && (step == Step::Ended || shown.is_none_or(|at| at.elapsed() > SHOWN_EVERY)) {
            shown = Some(Instant::now());
            let speed = (rows - first) as f64 / begun.elapsed().as_secs_f64().max(0.001);
            eprint!("\r{}\x1b[K", say_plain("import-shown").with("rows", rows).with("speed", speed as i64));
        }
        if step == Step::Ended {
            break;
        }
    }
    if show {
        eprintln!();
    }
    Ok(())
}

async fn ask(cx: &Context<'_>, id: Uuid) -> anyhow::Result<()> {
    import::ask_pending(cx, id).await?;
    import::work_on_walks(cx.app, id).await
}

async fn undo(app: &std::sync::Arc<App>, id: Uuid) -> anyhow::Result<ExitCode> {
    let cx = Context::command_line(app);
    let import = import::undo(&cx, id).await?;
    import::work_on_walks(app, id).await?;
    println!("{}", say_plain("import-undone-command").with("file", import.file_name));
    Ok(ExitCode::SUCCESS)
}

async fn report(
    app: &App,
    args: &ImportArgs,
    name: &str,
    list: &str,
    described: &Described,
    running: &Running,
) -> anyhow::Result<ExitCode> {
    let import = running.import();
    let mut tally = import.tally();
    if args.dry_run {
        tally = running.checked().tally;
    } else {
        refusals(app, name, import, (args.rejected.as_deref(), described)).await?;
    }
    if import.phase == Phase::Running {
        anyhow::bail!("{}", say_plain("import-stopped-elsewhere"));
    }
    if tally.held > 0 && !described.question.is_empty() {
        eprintln!(
            "{}",
            say_plain("import-held-command")
                .with("count", tally.held)
                .with("why", described.question.clone())
        );
    }
    for (column, (count, line)) in &running.checked().left_out {
        let said = say_plain("import-left-out").with("column", column.clone()).with("count", *count);
        eprintln!("{}", said.with("line", *line));
    }
    let said = say_plain(if args.dry_run { "import-would-result" } else { "import-result" })
        .with("added", tally.added)
        .with("changed", tally.changed)
        .with("unchanged", tally.unchanged)
        .with("refused", tally.refused + tally.held)
        .with("list", list.to_owned());
    if args.json {
        println!(
            "{}",
            serde_json::json!({
                "id": (!import.id.is_nil()).then_some(import.id), "dry_run": args.dry_run, "added": tally.added,
                "changed": tally.changed, "left_alone": tally.unchanged, "refused": tally.refused + tally.held,
                "held": tally.held, "pending": tally.pending,
            })
        );
    } else {
        println!("{said}");
        if args.dry_run {
            for (key, people) in
                ["import-example-added", "import-example-changed", "import-example-unchanged"]
                    .into_iter()
                    .zip(&running.checked().examples)
                    .filter(|(_, people)| !people.is_empty())
            {
                println!("{}", say_plain(key).with("people", people.join(", ")));
            }
        } else if tally.added + tally.changed > 0 {
            eprintln!("{}", say_plain("import-undo-command").with("id", import.id.to_string()));
        }
    }
    Ok(if tally.refused + tally.held > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Names the first rows that were not taken, and writes all of them to a file where that is wanted.
async fn refusals(
    app: &App,
    name: &str,
    import: &Import,
    (rejected, described): (Option<&Path>, &Described),
) -> anyhow::Result<()> {
    let rows = RefusedRows::of(&described.files);
    let mut out = rejected.map(|path| new_file(path, &rows)).transpose()?;
    let (mut after, mut shown) = (-1, 0);
    loop {
        let mut tx = app.db.read().await?;
        let page = imports::refusals(&mut tx, import.id, after, 500).await?;
        drop(tx);
        let Some(last) = page.last() else { break };
        after = last.number;
        for refusal in &page {
            if shown < REFUSALS_NAMED {
                shown += 1;
                let file = if refusal.file.is_empty() { name } else { &refusal.file };
                eprintln!(
                    "{}",
                    say_plain("import-refused-line")
                        .with("file", file.to_owned())
                        .with("line", refusal.line)
                        .with("why", refusal.reason.clone())
                );
            }
            if let Some(out) = &mut out {
                out.write_record(rows.line(refusal))?;
            }
        }
        if out.is_none() && shown >= REFUSALS_NAMED {
            break;
        }
    }
    let all = import.refused + import.held;
    if all > REFUSALS_NAMED {
        eprintln!("{}", say_plain("import-refused-more").with("count", all - REFUSALS_NAMED));
    }
    if let Some(mut out) = out {
        out.flush()?;
    }
    Ok(())
}

fn new_file(path: &Path, rows: &RefusedRows) -> anyhow::Result<csv::Writer<File>> {
    let mut out = csv::WriterBuilder::new().flexible(true).from_path(path)?;
    out.write_record(rows.header())?;
    Ok(out)
}
