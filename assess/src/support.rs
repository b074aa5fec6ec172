//! How long a machine's system and its service pack are supported.

use staunch_catalog::CatalogLifecycle;
use staunch_model::{
    AnswerDay, Date, DayOrigin, EditionClass, Installation, OperatingSystem, ServicePack,
    ServicePackRecord, ServicePackSupport, Support, SupportDates, SupportLine, SupportState,
};

use crate::assessor::{AssessError, Assessor, Machine};
use crate::verdict::list;

impl Assessor {
    /// Tells how long a machine's system is supported, on the day that is asked for, else on the
    /// catalog's.
    ///
    /// # Errors
    /// Fails when the catalog cannot be read.
    pub fn support(&self, machine: &Machine, as_of: Option<Date>) -> Result<Support, AssessError> {
        let of_catalog = || self.catalog().identity().date;
        let day = as_of
            .map(|date| AnswerDay { date, from: DayOrigin::AsOf })
            .or_else(|| of_catalog().map(|date| AnswerDay { date, from: DayOrigin::Catalog }));
        let published = self.catalog().lifecycles(&machine.system)?;
        Ok(support(machine, published, day))
    }

    /// Returns the day on which the service pack of a system became available.
    pub(crate) fn service_pack_released(
        &self,
        system: &OperatingSystem,
    ) -> Result<Option<Date>, AssessError> {
        let published = self.catalog().lifecycles(system)?;
        let mut packs = published.iter().flat_map(|line| &line.service_packs);
        Ok(packs.find(|pack| pack.number == system.service_pack).and_then(|pack| pack.released))
    }
}

fn support(machine: &Machine, published: Vec<CatalogLifecycle>, day: Option<AnswerDay>) -> Support {
    let date = day.map(|day| day.date);
    let published = possible(machine, published);
    let service_packs = match published.as_slice() {
        [first, rest @ ..] if rest.iter().all(|one| one.service_packs == first.service_packs) => {
            first.service_packs.clone()
        }
        _ => Vec::new(),
    };
    let lines = lines(published, date);
    let state = match lines.as_slice() {
        [] => SupportState::NotKnown,
        [first, rest @ ..] if rest.iter().all(|line| line.state == first.state) => first.state,
        _ => SupportState::DependsOnEdition,
    };
    let level = machine.facts.service_pack.known().copied();
    let level = level.unwrap_or(machine.system.service_pack);
    let service_pack = service_pack(level, &service_packs, date, state);
    let says = says(&machine.system, &lines, service_pack.as_ref(), date);
    Support { day, state, lines, service_pack, says }
}

/// Keeps what may be said of the machine: only what is known of it excludes.
fn possible(machine: &Machine, mut published: Vec<CatalogLifecycle>) -> Vec<CatalogLifecycle> {
    let class = machine.facts.edition.known().and_then(|name| EditionClass::of_edition(name));
    let is_client = machine.facts.installation.known().map(|kind| *kind == Installation::Client);
    published.retain(|line| {
        let edition_fits = match (line.editions, class) {
            (Some(editions), Some(class)) => editions == class,
            _ => true,
        };
        let installation_fits = match (line.installation, is_client) {
            (Some(kind), Some(is_client)) => (kind == Installation::Client) == is_client,
            _ => true,
        };
        edition_fits && installation_fits
    });
    published
}

/// Puts entries together that say the same of several classes of editions.
fn lines(published: Vec<CatalogLifecycle>, date: Option<Date>) -> Vec<SupportLine> {
    let mut lines: Vec<SupportLine> = Vec::new();
    for CatalogLifecycle { installation, editions, dates, page, publication, .. } in published {
        let line = SupportLine {
            editions: editions.into_iter().collect(),
            installation,
            available: dates.available,
            mainstream_end: dates.mainstream_end,
            extended_end: dates.support_end,
            paid_end: dates.paid_end,
            state: date.map_or(SupportState::NotKnown, |date| state(&dates, date)),
            page,
            publication,
        };
        let same = |other: &&mut SupportLine| {
            SupportLine { editions: line.editions.clone(), ..(**other).clone() } == line
        };
        match lines.iter_mut().find(same) {
            Some(other) => other.editions.extend(line.editions),
            None => lines.push(line),
        }
    }
    lines
}

/// Tells the state of a product on a day.
fn state(dates: &SupportDates, date: Date) -> SupportState {
    let until = |end: Option<Date>| end.is_some_and(|end| date <= end);
    match dates.support_end {
        _ if until(dates.support_end) || until(dates.mainstream_end) => SupportState::Supported,
        None => SupportState::NotKnown,
        Some(_) if until(dates.paid_end) => SupportState::PaidUpdatesOnly,
        Some(_) => SupportState::Ended,
    }
}

/// Tells the support of a level among the service packs of its product, which are all there in
/// the order of their numbers.
fn service_pack(
    level: ServicePack,
    all: &[ServicePackRecord],
    date: Option<Date>,
    product: SupportState,
) -> Option<ServicePackSupport> {
    let is_out = |pack: &&ServicePackRecord| !matches!((pack.released, date), (Some(released), Some(date)) if released > date);
    let out: Vec<&ServicePackRecord> = all.iter().filter(is_out).collect();
    let newest = out.last().filter(|pack| pack.number > level);
    let own = || all.iter().find(|pack| pack.number == level);
    if newest.is_none() && own().is_none() {
        return None;
    }
    let later = || out.iter().filter(|pack| pack.number > level);
    let end = later().next().and_then(|next| next.earlier_end);
    let end_at_latest = later().filter_map(|pack| pack.earlier_end).min().filter(|_| end.is_none());
    let is_over = |end: Option<Date>| Some(date? > end?);
    let state = match (newest, is_over(end), is_over(end_at_latest)) {
        (None, ..) => product,
        (_, Some(true), _) | (_, _, Some(true)) => SupportState::Ended,
        (_, Some(false), _) => product,
        _ => SupportState::NotKnown,
    };
    Some(ServicePackSupport {
        level,
        state,
        end,
        end_at_latest,
        newest: newest.map_or(level, |pack| pack.number),
        newest_released: newest.copied().or_else(own).and_then(|pack| pack.released),
    })
}

fn says(
    system: &OperatingSystem,
    lines: &[SupportLine],
    service_pack: Option<&ServicePackSupport>,
    date: Option<Date>,
) -> String {
    if lines.is_empty() {
        return format!("how long {system} is supported is not known: the catalog does not say");
    }
    let mut phrases: Vec<(String, Vec<String>)> = Vec::new();
    for line in lines {
        let phrase = phrase(line, date);
        let names = names(line);
        match phrases.iter_mut().find(|(other, _)| *other == phrase) {
            Some((_, others)) => others.extend(names),
            None => phrases.push((phrase, names)),
        }
    }
    let mut parts: Vec<String> = match phrases.as_slice() {
        [(phrase, _)] => vec![phrase.clone()],
        several => several
            .iter()
            .map(|(phrase, names)| format!("for {}, {phrase}", list(names.iter())))
            .chain(["which of these the machine is, is not known".to_owned()])
            .collect(),
    };
    parts.extend(service_pack.map(|pack| service_pack_phrase(pack, date)));
    parts.join("; ")
}

/// Names the part of the product that a line holds for.
fn names(line: &SupportLine) -> Vec<String> {
    let kind = line.installation.map(|kind| match kind {
        Installation::Client => "a client".to_owned(),
        Installation::Server | Installation::ServerCore => "a server".to_owned(),
    });
    let editions = line.editions.iter().map(|class| match class {
        EditionClass::Enterprise => "Enterprise and Education".to_owned(),
        class => class.to_string(),
    });
    kind.into_iter().chain(editions).collect()
}

fn phrase(line: &SupportLine, date: Option<Date>) -> String {
    let SupportLine { mainstream_end, extended_end, paid_end, .. } = *line;
    match (line.state, extended_end) {
        (SupportState::Supported, Some(end)) => match mainstream_end {
            Some(mainstream) if date.is_some_and(|date| date > mainstream) => format!(
                "extended support lasts until {end}; mainstream support ended on {mainstream}"
            ),
            Some(mainstream) => {
                format!(
                    "mainstream support lasts until {mainstream} and extended support until {end}"
                )
            }
            None => format!("support lasts until {end}"),
        },
        (SupportState::Supported, None) => match mainstream_end {
            Some(mainstream) => format!("mainstream support lasts until {mainstream}"),
            None => "it is supported".to_owned(),
        },
        (SupportState::PaidUpdatesOnly, Some(end)) => {
            let until = paid_end.map(|paid| format!(" until {paid}")).unwrap_or_default();
            format!("support ended on {end}, and only those who pay get updates{until}")
        }
        (_, Some(end)) if date.is_some() => {
            let paid = paid_end.map(|paid| format!(", and updates for those who pay on {paid}"));
            format!("support ended on {end}{}", paid.unwrap_or_default())
        }
        (_, Some(end)) => format!("the last day of support is {end}"),
        (_, None) => match mainstream_end {
            Some(mainstream) => {
                format!(
                    "the last day of mainstream support is {mainstream}, that of extended support is not known"
                )
            }
            None => "the last day of support is not known".to_owned(),
        },
    }
}

fn service_pack_phrase(pack: &ServicePackSupport, date: Option<Date>) -> String {
    let level = match pack.level {
        ServicePack(0) => "the release without a service pack".to_owned(),
        ServicePack(number) => format!("service pack {number}"),
    };
    if pack.newest == pack.level {
        return format!("{level} is the newest");
    }
    let newest = pack.newest.0;
    match (pack.end, pack.end_at_latest) {
        (Some(end), _) if date.is_some_and(|date| date <= end) => {
            format!("{level} is supported until {end}: install service pack {newest} before")
        }
        (Some(end), _) => format!("{level} lost support on {end}: install service pack {newest}"),
        (None, Some(end)) => {
            format!("{level} lost support by {end} at the latest: install service pack {newest}")
        }
        (None, None) => {
            format!(
                "{level} is not the newest, and when it lost support is not known: install service pack {newest}"
            )
        }
    }
}
