//! What the preview adds to a page: the question for news, and the faults on top.
//!
//! In: a page as it would be published. Out: the page as the preview shows it. Never part of what is published.

/// Asks the server for news, again after sleep or a restart, and reloads when there is something else to see.
const SCRIPT: &str = r#"
(async () => {
  const here = document.currentScript.dataset.epoch;
  for (;;) {
    try {
      const answer = await fetch("/_sporbar/news?epoch=" + here, { cache: "no-store" });
      if (answer.ok && (await answer.text()) !== here) { location.reload(); return; }
      if (!answer.ok) await new Promise((r) => setTimeout(r, 1000));
    } catch { await new Promise((r) => setTimeout(r, 1000)); }
  }
})();
"#;

const STYLE: &str = "position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;margin:0;padding:1rem;background:#201014;color:#fff;\
font:14px/1.4 ui-monospace,monospace;white-space:pre-wrap;z-index:9999;border-top:4px solid #e5484d";

/// The page with the faults, if any, and the script before the end of its body.
pub fn with_preview(page: &[u8], epoch: &str, faults: &str) -> Vec<u8> {
    let overlay = match faults.is_empty() {
        true => String::new(),
        false => format!("<pre role=\"alert\" lang=\"en\" style=\"{STYLE}\">{}</pre>", escape(faults)),
    };
    let added = format!("{overlay}<script data-epoch=\"{epoch}\">{SCRIPT}</script>");
    let html = String::from_utf8_lossy(page);
    match html.rfind("</body>") {
        Some(at) => [&html[..at], &added, &html[at..]].concat().into_bytes(),
        None => format!("<!doctype html><title>Sporbar</title><body>{html}{added}").into_bytes(),
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
