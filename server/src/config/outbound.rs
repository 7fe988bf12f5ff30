//! The settings of the way out: where webhooks may lead.

use super::read::Reader;
use domain::webhook::address::Rules;
use engine::outbound::Outbound;

impl Reader {
    /// https to public addresses, and what the operator adds to that.
    pub(super) fn outbound(&mut self) -> Outbound {
        let rules = Rules {
            http: self.choice("webhook_http", ["no", "yes"]) == "yes",
            ports: self.list("webhook_ports"),
            networks: self.list("webhook_networks"),
            refused: self.list("webhook_refused"),
        };
        let authority = self.file("webhook_authority_file");
        Outbound::new(rules, authority.as_deref()).unwrap_or_else(|error| {
            self.wrong("webhook_authority_file", error);
            Outbound::default()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::tests::settings;

    #[test]
    fn webhooks_lead_to_public_addresses_unless_the_operator_names_networks() {
        let rules = settings(&[]).unwrap().outbound.rules().clone();
        assert!(!rules.http && rules.ports.is_empty() && rules.networks.is_empty());
        let pairs = [
            ("webhook_http", "yes"),
            ("webhook_ports", "8443, 9443"),
            ("webhook_networks", "10.20.0.0/16, 127.0.0.1"),
            ("webhook_refused", "10.20.9.0/24"),
        ];
        let rules = settings(&pairs).unwrap().outbound.rules().clone();
        assert!(rules.http && rules.ports == [8443, 9443] && rules.networks.len() == 2);
        assert!(rules.reachable("10.20.1.1".parse().unwrap(), 8080, &[]).is_ok());
        assert!(rules.reachable("10.20.9.1".parse().unwrap(), 8080, &[]).is_err());
        for (name, wrong) in [
            ("webhook_http", "true"),
            ("webhook_ports", "http"),
            ("webhook_networks", "10.20.30.40/16"),
            ("webhook_refused", "me"),
            ("webhook_authority_file", "/nowhere.pem"),
        ] {
            let said = settings(&[(name, wrong)]).unwrap_err().join("\n");
            assert!(said.starts_with(name), "{said}");
        }
    }

    #[test]
    fn a_file_of_authorities_holds_certificates() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("authority.pem");
        for wrong in ["", "-----BEGIN PRIVATE KEY-----\nMC4CAQA=\n-----END PRIVATE KEY-----\n"] {
            std::fs::write(&file, wrong).unwrap();
            let said =
                settings(&[("webhook_authority_file", file.to_str().unwrap())]).unwrap_err().join("\n");
            assert!(said.contains("holds no certificate"), "{said}");
        }
    }
}
