//! `pimento serve`, `web` and `worker`: run until told to stop, then finish what was begun.

use crate::config::Settings;
use crate::database::{Database, Use};
use crate::installation::Installation;
use crate::live::Hub;
use crate::measure::known::Reading;
use crate::measure::{Meters, scrape};
use crate::migrate::{self, Schema};
use crate::router::router;
use crate::session_store::Sessions;
use crate::web::Web;
use crate::{assets, host, stop};
use anyhow::{Context, Result, bail, ensure};
use app::shell::Site;
use engine::audit::{keeper, stream};
use engine::{Engine, alert, hook, insight, mail, provision, worker};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// How long what was read from the database for metrics holds.
const FRESH: Duration = Duration::from_secs(5);

/// What this process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duties {
    /// Answers requests.
    pub web: bool,
    /// Works off what happens without anybody asking: ends, time-outs, planned starts.
    pub worker: bool,
    /// Shows the sample company and lets everybody in. On this machine only.
    pub demo: bool,
    /// Throws the data away first. With `demo` only.
    pub reset: bool,
}

/// Runs until a signal, then lets running requests and transactions finish.
///
/// # Errors
/// What keeps the server from starting, in words for the operator.
pub async fn serve(settings: Settings, duties: Duties) -> Result<()> {
    if duties.demo {
        ensure!(
            settings.listen.ip().is_loopback(),
            "--demo lets everybody in, so it listens on this machine only"
        );
    }
    let database = Database::open(&settings)?;
    prepare(&database, duties).await?;
    let installation = Installation::new(&settings, database, duties.demo)?;
    let mut stopping = stop::signal();
    let measured = match settings.metrics_listen {
        Some(address) => Some((scrape::bind(address).await?, Arc::new(Meters::new()?))),
        None => None,
    };
    let meters = measured.as_ref().map(|(_, meters)| Arc::clone(meters));
    let web = match duties.web {
        true => Some(web(&settings, &installation, duties, meters).await?),
        false => None,
    };
    let mut engines: Vec<_> = web.iter().map(|web| ("web", web.engine.clone())).collect();
    // before the worker: what it counts at first is kept for a while
    if let Some(web) = web.as_ref().filter(|_| duties.demo) {
        open_demo(web).await?;
    }
    let worker = match duties.worker {
        true => {
            let engine = installation.engine(Use::Worker).await?;
            engines.push(("worker", engine.clone()));
            let mail = mail::run(engine.clone(), stopping.clone());
            let audit = keeper::run(engine.clone(), stopping.clone());
            let receiver = settings.stream.as_ref().map(|stream| stream.receiver(&settings.public_url));
            let address = receiver.as_ref().map(|receiver| receiver.address.clone());
            let alerts = alert::run(engine.clone(), host::name(), address, stopping.clone());
            let sent_on = stream::run(engine.clone(), receiver, stopping.clone());
            let hooks = hook::run(engine.clone(), stopping.clone());
            let provisioning = provision::run(engine.clone(), stopping.clone());
            let counts = insight::run(engine.clone(), stopping.clone());
            let sweeps = worker::run(engine, stopping.clone());
            Some(tokio::spawn(async {
                tokio::join!(mail, audit, sent_on, hooks, provisioning, counts, alerts, sweeps);
            }))
        }
        false => web
            .as_ref()
            .map(|web| tokio::spawn(alert::watch(web.engine.clone(), host::name(), stopping.clone()))),
    };
    let live = web.as_ref().map(|web| web.live.clone());
    let metrics = match measured {
        Some(measured) => Some(measure(&installation, measured, engines, live, stopping.clone()).await?),
        None => None,
    };
    if let Some(web) = web {
        // requests are finished before the server stops, so whoever never finishes one has to be told
        let live = tokio::spawn(web.live.clone().run(stopping.clone()));
        listen(&settings, &web, stopping).await?;
        live.await.context("live pages broke")?;
        web.engine.pool.close().await;
    } else {
        stopping.changed().await?;
    }
    if let Some(worker) = worker {
        worker.await.context("the worker broke")?;
    }
    if let Some(metrics) = metrics {
        metrics.await.context("metrics broke")??;
    }
    installation.database.close();
    Ok(())
}

/// The schema: made or mended where nobody minds, otherwise only looked at.
async fn prepare(database: &Database, duties: Duties) -> Result<()> {
    let mut owner = database.owner().await?;
    if duties.reset {
        ensure!(duties.demo, "--reset throws all data away, so it works with --demo only");
        migrate::reset(&mut owner).await?;
    }
    if duties.demo || database.private().is_some() {
        migrate::run(&mut owner).await.context("the schema can't be brought up to date")?;
        return Ok(());
    }
    match migrate::state(&mut owner).await? {
        Schema::Current => Ok(()),
        Schema::Behind => bail!("the database is older than this program; run: pimento migrate"),
        Schema::Foreign => bail!("the database was migrated by another version of this program"),
    }
}

/// Answers whoever asks for metrics, from now on.
async fn measure(
    installation: &Installation,
    (listener, meters): (TcpListener, Arc<Meters>),
    engines: Vec<(&'static str, Engine)>,
    live: Option<Hub>,
    stopping: watch::Receiver<bool>,
) -> Result<JoinHandle<Result<()>>> {
    let pool = installation.database.pool(1, Use::Metrics).await?;
    let scrape = scrape::Scrape { meters, reading: Reading::new(pool, FRESH), engines, live };
    Ok(tokio::spawn(scrape::serve(listener, scrape, stopping)))
}

async fn web(
    settings: &Settings,
    installation: &Installation,
    duties: Duties,
    meters: Option<Arc<Meters>>,
) -> Result<Web> {
    let files = assets::manifest(&settings.site_dir)
        .with_context(|| format!("no built site in {}: cargo xtask build", settings.site_dir.display()))?;
    let site = Site {
        files,
        organisation: installation.organisation.clone(),
        secure: settings.public_url.starts_with("https://"),
        demo: duties.demo,
    };
    let engine = installation.engine(Use::Web).await?;
    let live = Hub::new(engine.clone(), Sessions::new(engine.pool.clone(), settings.limits));
    Ok(Web {
        engine,
        live,
        meters,
        site: Arc::new(site),
        site_dir: settings.site_dir.clone(),
        proxies: settings.trusted_proxies.clone().into(),
        limits: settings.limits,
    })
}

/// Makes the sample company, if there is nobody yet, and says where to go.
async fn open_demo(web: &Web) -> Result<()> {
    engine::demo::load(&web.engine).await.context("the sample company can't be made")?;
    eprintln!("Choose whom to be at {}/demo", web.engine.settings.public_url);
    eprintln!("The password of everybody is {}; codes are on that page", engine::demo::PASSWORD);
    for persona in engine::demo::personas() {
        eprintln!("  {:<16} {}, {}", persona.user_name, persona.name, persona.who);
    }
    Ok(())
}

async fn listen(settings: &Settings, web: &Web, mut stopping: watch::Receiver<bool>) -> Result<()> {
    let listener = TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("can't listen on {} (PIMENTO_LISTEN)", settings.listen))?;
    eprintln!("Pimento is at {}", settings.public_url);
    let service = router(web).into_make_service_with_connect_info::<SocketAddr>();
    let stop = async move {
        // An error means that the sender is gone, which is a stop as well.
        stopping.changed().await.ok();
    };
    axum::serve(listener, service).with_graceful_shutdown(stop).await.context("the server broke")
}
