use staunch_report::Format;

use crate::{assessment, scan};

#[test]
fn the_page_needs_nothing_from_outside() {
    let page = scan(&[assessment(), assessment()], Format::Html);
    assert!(page.contains("content=\"default-src 'none'; style-src 'unsafe-inline';"));
    for forbidden in ["<script", "<link", "<img", "<iframe", "src=", "url(", "@import", " style="] {
        assert!(!page.contains(forbidden), "{forbidden}");
    }
    let outside = page.split("http").skip(1).filter(|rest| !rest.starts_with("-equiv"));
    for rest in outside {
        assert!(rest.starts_with("s://support.microsoft.com/help/"), "{}", &rest[..40]);
    }
}

#[test]
fn every_element_is_closed() {
    let page = scan(&[assessment(), assessment()], Format::Html);
    let void = ["meta", "br", "!DOCTYPE"];
    let mut open: Vec<&str> = Vec::new();
    let markup = page.replace(include_str!("../../src/html/style.css"), "");
    for tag in markup.split('<').skip(1) {
        let (inside, _) = tag.split_once('>').expect("a tag ends");
        let name = inside.split([' ', '/']).find(|part| !part.is_empty()).expect("a name");
        if let Some(closed) = inside.strip_prefix('/') {
            assert_eq!(open.pop(), Some(closed), "in {inside}");
        } else if !inside.ends_with('/') && !void.contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn charts_are_described_in_words() {
    let page = scan(&[assessment()], Format::Html);
    assert_eq!(page.matches("<svg ").count(), 2);
    assert!(page.contains(
        "<svg viewBox=\"0 0 360 102\" role=\"img\" aria-labelledby=\"m1-severity-t m1-severity-d\">\
         <title id=\"m1-severity-t\">Missing updates by severity</title>\
         <desc id=\"m1-severity-d\">Critical: 4, Important: 2, unrated: 1</desc>"
    ));
    assert!(page.contains("<desc id=\"m1-time-d\">2019-01: 1, 2019-02: 5, 2019-03: 1</desc>"));
}

#[test]
fn headings_go_down_one_level_at_a_time() {
    for count in [1, 3] {
        let page = scan(&vec![assessment(); count], Format::Html);
        let levels: Vec<u8> = page
            .split("<h")
            .skip(1)
            .filter_map(|rest| rest.bytes().next().filter(u8::is_ascii_digit))
            .map(|digit| digit - b'0')
            .collect();
        assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{levels:?}");
    }
}

#[test]
fn identifiers_are_unique() {
    let page = scan(&vec![assessment(); 3], Format::Html);
    let mut ids: Vec<&str> =
        page.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), count);
}

#[test]
fn colours_keep_contrast() {
    let style = include_str!("../../src/html/style.css");
    let (light, dark) = style.split_once("prefers-color-scheme: dark").expect("two themes");
    for theme in [light, dark] {
        let colour = |name: &str| {
            let value = theme.split(&format!("--{name}: #")).nth(1).expect("a colour");
            luminance(&value[..6])
        };
        let texts = ["ink", "faint", "link", "bad", "unsure"];
        for (front, back) in texts
            .iter()
            .flat_map(|text| [(*text, "page"), (*text, "paper")])
            .chain(["critical", "important", "moderate", "low", "unrated"].map(|c| ("on-tag", c)))
        {
            let (a, b) = (colour(front), colour(back));
            let contrast = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(contrast >= 4.5, "{front} on {back}: {contrast:.2}");
        }
    }
}

/// Source: W3C, Web Content Accessibility Guidelines 2.2, "relative luminance".
fn luminance(hexadecimal: &str) -> f64 {
    let channel = |at: usize| {
        let value = u8::from_str_radix(&hexadecimal[at..at + 2], 16).expect("two digits");
        let value = f64::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * channel(0) + 0.7152 * channel(2) + 0.0722 * channel(4)
}
