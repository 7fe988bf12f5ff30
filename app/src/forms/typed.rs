//! What a person typed, kept as it was, so that a refused form can be shown again unchanged.

use super::TOKEN_FIELD;

/// Fields that are never shown again.
const SECRET: [&str; 6] = [TOKEN_FIELD, "password", "new_password", "repeat_password", "code", "proof_code"];

/// The fields of a form in their order. List fields (`pick[]`, `pick[0]`) get their plain name; secrets are left out.
pub fn read(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body)
        .map(|(name, value)| (name.split('[').next().unwrap_or_default().to_owned(), value.into_owned()))
        .filter(|(name, _)| !SECRET.contains(&name.as_str()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn lists_repeats_and_plain_fields_are_kept_and_secrets_are_not() {
        let typed = read(b"pick%5B%5D=1&pick[]=2&a=x&password=p&code=1&_token=t&reason=%3Cb%3E");
        let typed: Vec<_> = typed.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        assert_eq!(typed, [("pick", "1"), ("pick", "2"), ("a", "x"), ("reason", "<b>")]);
    }
}
