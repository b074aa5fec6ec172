use jiff::civil::Date;
use staunch_model::{Product, Series};

/// Makes the title of an update that no publication titles as a whole, in the form that Windows
/// Update uses: `2019-03 cumulative update for Windows Server 2019`.
pub(crate) fn composed(series: Series, date: Option<Date>, product: &Product) -> String {
    let month = date.map(|date| format!("{:04}-{:02} ", date.year(), date.month()));
    format!("{}{series} for {product}", month.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_say_month_line_and_product() {
        let product = Product::from_published_name("Windows Server 2019");
        let day = Some(Date::constant(2019, 3, 12));
        assert_eq!(
            composed(Series::Cumulative, day, &product),
            "2019-03 cumulative update for Windows Server 2019"
        );
        assert_eq!(
            composed(Series::Individual, None, &product),
            "security update for Windows Server 2019"
        );
    }
}
