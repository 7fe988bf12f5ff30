//! The settings of mail.

use super::read::{Reader, is_loopback};
use engine::mail::post::{Post, Protection, Server};
use secrecy::SecretString;

impl Reader {
    /// The way out, or `None` when no server is named. A setting that only makes sense with one is wrong without it.
    pub(super) fn post(&mut self) -> Option<Post> {
        let Some(host) = self.text("mail_host") else {
            for name in ["mail_port", "mail_from", "mail_user", "mail_password", "mail_password_file"] {
                if self.text(name).is_some() {
                    self.wrong(name, "needs mail_host: without a mail server mails are kept in the database");
                }
            }
            return None;
        };
        let protection = self.protection(&host);
        let usual = match protection {
            Protection::None => 25,
            Protection::StartTls => 587,
            Protection::Tls => 465,
        };
        let Some(from) = self.text("mail_from") else {
            self.wrong(
                "mail_from",
                "is missing: say who mails come from, like Pimento <pimento@example.org>",
            );
            return None;
        };
        let server = Server {
            port: self.parse("mail_port", usual),
            protection,
            login: self.login(),
            from,
            authority: self.file("mail_authority_file"),
            host,
        };
        if server.login.is_some() && protection == Protection::None && !is_loopback(&server.host) {
            self.wrong("mail_protection", "must be starttls or tls: a password would be sent in clear text");
        }
        Post::new(&server).map_err(|error| self.wrong("mail_from", error)).ok()
    }

    /// A server on this machine may do without; others must not.
    fn protection(&mut self, host: &str) -> Protection {
        let usual = if is_loopback(host) { "none" } else { "starttls" };
        let text = self.text("mail_protection").unwrap_or_else(|| usual.to_owned());
        match text.as_str() {
            "none" => Protection::None,
            "starttls" => Protection::StartTls,
            "tls" => Protection::Tls,
            _ => {
                self.wrong("mail_protection", format!("“{text}” is neither none, starttls nor tls"));
                Protection::StartTls
            }
        }
    }

    fn login(&mut self) -> Option<(String, SecretString)> {
        let kept = self.file("mail_password_file").and_then(|bytes| String::from_utf8(bytes).ok());
        let password = self.text("mail_password").or_else(|| kept.map(|text| text.trim_end().to_owned()));
        match (self.text("mail_user"), password) {
            (None, None) => None,
            (Some(user), Some(password)) => Some((user, SecretString::from(password))),
            (Some(_), None) => {
                self.wrong("mail_user", "has no password: set mail_password_file");
                None
            }
            (None, Some(_)) => {
                self.wrong("mail_user", "is missing: there is a password");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::read::tests::settings;

    #[test]
    fn without_a_server_mails_are_kept_and_a_lone_setting_is_wrong() {
        assert!(settings(&[]).unwrap().post.is_none());
        assert!(settings(&[("mail_from", "p@example.org")]).is_err());
    }

    #[tokio::test]
    async fn a_server_needs_a_sender_and_a_password_needs_protection() {
        let good = [("mail_host", "mail.example.org"), ("mail_from", "Pimento <p@example.org>")];
        let post = settings(&good).unwrap().post.unwrap();
        assert_eq!(post.words(), "mail.example.org:587, from Pimento <p@example.org>");
        assert!(settings(&good[..1]).is_err());
        let login = [("mail_user", "p"), ("mail_password", "secret-word"), ("mail_protection", "none")];
        let wrong = settings(&[&good[..], &login[..]].concat()).unwrap_err().join("\n");
        assert!(wrong.contains("mail_protection") && !wrong.contains("secret-word"), "{wrong}");
        let local = [("mail_host", "127.0.0.1"), ("mail_from", "p@example.org")];
        assert!(settings(&[&local[..], &login[..]].concat()).is_ok());
    }
}
