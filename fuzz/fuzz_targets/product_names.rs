//! Product names: every name is a product, and the canonical name of an operating system is read
//! as that operating system.

#![no_main]

use libfuzzer_sys::fuzz_target;
use staunch_model::{OperatingSystem, Product};

fuzz_target!(|name: &str| {
    let product = Product::from_published_name(name);
    let canonical = product.to_string();
    if let Product::OperatingSystem(system) = product {
        assert_eq!(canonical.parse::<OperatingSystem>(), Ok(system), "{name:?}");
    }
});
