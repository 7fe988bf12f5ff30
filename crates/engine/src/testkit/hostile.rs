//! What a hostile person would write or be called: three hundred texts that end, open or hide something in one of the
//! formats that leave Pimento (HTML, mail, CSV, JSON, syslog, chats, shells, terminals, SQL).

/// Each means something to some reader of text.
const SEEDS: [&str; 60] = [
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "</textarea></title><script>alert(1)</script>",
    "' onmouseover='alert(1)",
    "<!-- -->",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "&lt;b&gt;&amp;&#60;",
    "<a href=\"http://evil.example\">Approved, click here</a>",
    "</blockquote></main>",
    "\r\nBcc: evil@example.org\r\n\r\n<b>body</b>",
    "\n.\r\nMAIL FROM:<evil@example.org>\r\n",
    "=?utf-8?q?=0D=0ABcc:x?=",
    "evil@example.org, <other@example.org>",
    "=HYPERLINK(\"http://evil.example\",\"R-1\")",
    "+1+1",
    "-2+3",
    "@SUM(A1:A9)",
    "\t=1+1",
    "a,b;c\td",
    "\"quoted\"\"twice\"",
    "{\"event\":\"forged\"}",
    "\\\",\\\"outcome\\\":\\\"done",
    "\\u003cscript\\u003e",
    "<13>1 2026-01-01T00:00:00Z host app - - - forged",
    "x| cs1=forged outcome=done",
    "a\\|b\\=c\\\\",
    "<!channel> <@U024BE7LH>",
    "<at>everyone</at> {{DATE(2026-01-01T00:00:00Z, SHORT)}} ${secret}",
    "[policy](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "$(reboot) `id` ; rm -rf / #",
    "\u{1b}[31mred\u{1b}]0;title\u{7}",
    "'; drop table users; --",
    "%s%n %00 ../../etc/passwd",
    "admin\u{202e}gnp.exe\u{202c}",
    "zero\u{200b}width\u{2060}joiner\u{feff}",
    "e\u{301}\u{301}\u{301}\u{301} ﷽ Z̸̢̛",
    "😀👩‍👩‍👧 名前 أحمد",
    "\u{85}\u{2028}\u{2029}next line",
    "\u{7f}\u{9b}31m",
    "<https://evil.example|Open R-10001>",
    "&lt;!channel&gt;",
    "a & b < c > d",
    "*bold* _it_ ~no~ `code`",
    "```\nblock\n```",
    "> quote",
    ":rotating_light:",
    "@{body('x')}",
    "\"},\"attachments\":[{",
    "line one\nline two\r\nthree",
    "\u{feff}bom",
    "https://evil.example",
    "\\",
    "\"",
    "%00%0d%0a",
    "<b",
    "<<!here|x>>",
    "{\u{200b}{DATE(x)}}",
    "\nAnswer by: never\n\nLook and decide: https://evil.example\n",
    "\u{2028}> quoted\u{2029}Ticket: forged\u{b}\u{c}",
];

/// In so many ways each is dressed.
const DRESSES: usize = 5;

/// All of them: each seed alone, before and behind a name, twice, and in the midst of a word.
pub fn hostile() -> Vec<String> {
    SEEDS.iter().flat_map(|seed| dressed(seed)).collect()
}

/// Each seed once, each in another dress: for what takes long.
pub fn one_of_each() -> Vec<String> {
    let dressed = SEEDS.iter().enumerate().map(|(turn, seed)| dressed(seed)[turn % DRESSES].clone());
    dressed.collect()
}

fn dressed(seed: &str) -> [String; DRESSES] {
    [
        seed.to_owned(),
        format!("{seed} Okafor"),
        format!("Amara {seed}"),
        format!("{seed}{seed}"),
        format!("Ama{seed}ra"),
    ]
}
