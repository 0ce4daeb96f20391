//! Files of people, imported as the command does.

use std::io::{Seek as _, SeekFrom, Write as _};

use postrider::actions::Context;
use postrider::actions::import::{self, ImportOptions, NewImport, OpenFile, Running, Step};
use postrider::db::imports::{self, Import};
use postrider::db::lists;

use super::TestApp;

/// A file of these bytes.
pub fn file_of(bytes: &[u8]) -> std::fs::File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file.seek(SeekFrom::Start(0)).unwrap();
    file
}

impl TestApp {
    /// Imports a file whose people are active unless it says otherwise.
    pub async fn import(&self, list: &str, csv: &str, consent: &str) -> Import {
        let options = ImportOptions { plain: "active".to_owned(), ..ImportOptions::default() };
        self.import_with(list, csv.as_bytes(), consent, options).await
    }

    /// Imports a file of which this is said.
    pub async fn import_with(
        &self,
        list: &str,
        csv: impl AsRef<[u8]>,
        consent: &str,
        options: ImportOptions,
    ) -> Import {
        let mut running = self.begin_import(list, csv.as_ref(), consent, &options).await;
        while running.step(&self.app).await.unwrap() == Step::Next {}
        let id = running.import().id;
        if options.ask {
            import::ask_pending(&Context::command_line(&self.app), id).await.unwrap();
            import::work_on_walks(&self.app, id).await.unwrap();
        }
        import::find_now(&self.app).await.unwrap();
        self.stored_import(id).await
    }

    /// Begins to import a file, or goes on with it.
    pub async fn begin_import(
        &self,
        list: &str,
        csv: &[u8],
        consent: &str,
        options: &ImportOptions,
    ) -> Running {
        let file = OpenFile::new(file_of(csv), &options.reading("readers.csv")).unwrap();
        let list = lists::by_slug(&mut self.app.db.read().await.unwrap(), list).await.unwrap().unwrap();
        let new = NewImport {
            list: &list,
            file_name: "readers.csv".to_owned(),
            options: options.clone(),
            consent: consent.to_owned(),
            digest: import::digest_of(&mut file_of(csv)).unwrap(),
        };
        let cx = Context::command_line(&self.app);
        import::begin_or_resume(&cx, &new, file).await.unwrap()
    }

    pub async fn stored_import(&self, id: uuid::Uuid) -> Import {
        let mut tx = self.app.db.read().await.unwrap();
        imports::by_id(&mut tx, id).await.unwrap().unwrap()
    }
}
