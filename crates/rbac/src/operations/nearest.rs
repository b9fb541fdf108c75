//! What somebody may have meant who wrote the name of an operation that nobody knows.

use super::{Operation, Universe};
use crate::Plane;

impl Universe {
    /// At most `how_many` operations of this plane whose names are like `text`, the likeliest first; none where nothing
    /// comes near.
    ///
    /// Where the namespace is not known the nearest one is taken. Within it whatever begins as written comes first, so
    /// that a name whose verb is missing finds its verbs, then what takes the fewest changes.
    #[must_use]
    pub fn nearest(&self, text: &str, plane: Plane, how_many: usize) -> Vec<&Operation> {
        let lower = text.trim().to_ascii_lowercase();
        let written = lower.split('/').next().unwrap_or_default();
        let Some(namespace) = self.nearest_namespace(written).map(str::to_ascii_lowercase) else {
            return Vec::new();
        };
        let rest = &lower[written.len()..];
        let allowed = rest.len() / 3 + 1;
        let ranked = self.starting_with(&format!("{namespace}/")).iter().filter(|o| o.is_in(plane)).filter_map(|o| {
            let name = &o.lower()[namespace.len()..];
            // Nothing nearer than the difference in length can be reached; measuring the others is what costs.
            let is_begun = rest.len() > 1 && name.starts_with(rest);
            let near = || (name.len().abs_diff(rest.len()) <= allowed).then(|| strsim::osa_distance(name, rest));
            let distance = if is_begun { 0 } else { near().filter(|d| *d <= allowed)? };
            Some((distance, name.len(), o))
        });
        let mut ranked: Vec<_> = ranked.collect();
        ranked.sort_by_key(|(distance, length, _)| (*distance, *length));
        let nearest = ranked.first().map_or(0, |(distance, ..)| *distance);
        // What is much farther away than the first was not meant.
        ranked.retain(|(distance, ..)| *distance <= 2 * nearest);
        ranked.into_iter().map(|(.., operation)| operation).take(how_many).collect()
    }

    /// The namespace written, or the one that differs the least from it, by a quarter of its letters at most. In its
    /// provider's spelling.
    #[must_use]
    pub fn nearest_namespace(&self, written: &str) -> Option<&str> {
        let lower = written.to_ascii_lowercase();
        if let Some(first) = self.starting_with(&format!("{lower}/")).first() {
            return Some(namespace(first.name()));
        }
        let mut all: Vec<_> = self.operations().iter().map(|o| (namespace(o.lower()), namespace(o.name()))).collect();
        all.dedup_by_key(|(lower, _)| *lower);
        let distances = all.into_iter().map(|(known, spelt)| (strsim::osa_distance(known, &lower), spelt));
        distances.filter(|(distance, _)| *distance <= lower.len() / 4).min().map(|(_, spelt)| spelt)
    }
}

/// What stands before the first slash.
fn namespace(name: &str) -> &str {
    name.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        for (written, plane, expected) in [
            ("Microsoft.Compute/virtualMachine/read", Plane::Control, "Microsoft.Compute/virtualMachines/read"),
            (
                "Microsoft.Compute/virtualMachines/start",
                Plane::Control,
                "Microsoft.Compute/virtualMachines/start/action",
            ),
            ("Microsft.Storage/storageAccounts/read", Plane::Control, "Microsoft.Storage/storageAccounts/read"),
            (" microsoft.network/VirtualNetworks/raed", Plane::Control, "Microsoft.Network/virtualNetworks/read"),
            (
                "Microsoft.KeyVault/vaults/secrets/getSecrets/action",
                Plane::Data,
                "Microsoft.KeyVault/vaults/secrets/getSecret/action",
            ),
        ] {
            let found = Universe::known().nearest(written, plane, 3);
            assert_eq!(found.first().map(|o| o.name()), Some(expected), "{written}");
        }
    }

    #[test]
    fn nonsense_is_like_nothing() {
        for written in [
            "",
            "/",
            "nonsense",
            "Contoso.Widgets/things/read",
            "Microsoft.Compute/",
            "Microsoft.Compute/zzzzzzzzzzzzzzzzzzzzzzzz",
            "ä/ö",
        ] {
            assert_eq!(Universe::known().nearest(written, Plane::Control, 3), Vec::<&Operation>::new(), "{written}");
        }
    }
}
