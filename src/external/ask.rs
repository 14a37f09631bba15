//! One address, asked until it answers or patience ends. The only user of ureq.
//!
//! In: an address. Out: what it answers, and which address did. Reads no page: the first line of the answer is enough.

use std::fmt;
use std::io;
use std::thread;
use std::time::Duration;

use ureq::http::{Response, header};
use ureq::{Agent, Body, Error};
use url::Url;

/// How often an address that may only be passing through trouble is asked again.
const RETRIES: u32 = 2;
/// The longest wait before asking again that a server may demand; what wants more is left for another day.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// How many redirects are followed.
const REDIRECTS: usize = 10;

/// What an address answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The page is there.
    Here {
        /// Where it lives from now on, if the server says so.
        moved: Option<Url>,
    },
    /// It is not; as the server says.
    Status {
        /// The HTTP status.
        code: u16,
        /// How long the server wants to be left alone.
        pause: Option<Duration>,
    },
    /// Something that is no page, in words that go on from the address.
    Astray(String),
    /// Nothing at all, in words that go on from the address.
    Silent(String),
}

/// An answer, and the address that gave it: the one that was asked, or one that it leads to.
pub struct Reply {
    pub from: Url,
    pub answer: Answer,
}

impl Reply {
    /// Whether nobody answered, so that the fault may be on this side.
    pub fn is_silent(&self) -> bool {
        matches!(self.answer, Answer::Silent(_))
    }
}

impl Answer {
    /// Whether another answer is to be expected in a while.
    fn may_pass(&self) -> bool {
        // A server that answers 501 does not know HEAD.
        matches!(self, Answer::Status { code: 429 | 500 | 502..=599, .. } | Answer::Silent(_))
    }
}

impl fmt::Display for Answer {
    /// What goes on from the address.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Answer::Here { .. } => f.write_str("answers"),
            Answer::Status { code, .. } => write!(f, "answers {code}"),
            Answer::Astray(words) | Answer::Silent(words) => f.write_str(words),
        }
    }
}

#[derive(Clone, Copy)]
enum Method {
    Head,
    Get,
}

/// Asks addresses.
pub struct Asker {
    agent: Agent,
    timeout: Duration,
}

impl Asker {
    /// One that waits so long for an answer.
    pub fn new(timeout: Duration) -> Self {
        let config = Agent::config_builder()
            .user_agent(concat!("sporbar/", env!("CARGO_PKG_VERSION")))
            .timeout_global(Some(timeout))
            .http_status_as_error(false)
            .max_redirects(0)
            .build();
        Asker { agent: config.into(), timeout }
    }

    /// Asks for the head of a page. Some servers refuse that or answer it wrongly, so that none is called dead before it was asked for
    /// the page itself; trouble that may pass is waited for.
    pub fn ask(&self, address: &Url) -> Reply {
        let mut reply = self.follow(address, Method::Head);
        if !matches!(reply.answer, Answer::Here { .. }) && !reply.answer.may_pass() {
            reply = self.follow(address, Method::Get);
        }
        for retry in 1..=RETRIES {
            let Some(pause) = self.pause(&reply.answer, retry) else { break };
            thread::sleep(pause);
            reply = self.follow(address, Method::Get);
        }
        reply
    }

    /// How long to wait before asking again; nothing where another answer is not to be expected.
    fn pause(&self, answer: &Answer, retry: u32) -> Option<Duration> {
        let usual = self.timeout * retry / 10;
        match answer {
            Answer::Status { pause: Some(wanted), .. } if *wanted > LONGEST_PAUSE.max(usual) => None,
            Answer::Status { pause: Some(wanted), .. } if answer.may_pass() => Some(*wanted),
            _ => answer.may_pass().then_some(usual),
        }
    }

    /// Asks an address and those that it leads to.
    fn follow(&self, address: &Url, method: Method) -> Reply {
        let mut trail = vec![address.clone()];
        let mut moved = None;
        let mut for_good = true;
        loop {
            let here = &trail[trail.len() - 1];
            let answer = match self.once(here, method) {
                Ok(response) => match response.status().as_u16() {
                    200..=299 => Answer::Here { moved },
                    code @ (301 | 302 | 303 | 307 | 308) => match redirect(here, &response) {
                        Err(words) => Answer::Astray(words),
                        Ok(next) if trail.contains(&next) => Answer::Astray("redirects in a circle".into()),
                        Ok(_) if trail.len() > REDIRECTS => Answer::Astray(format!("redirects after {REDIRECTS} redirects")),
                        Ok(next) => {
                            // Whatever comes after a passing redirect is not where the page lives.
                            for_good &= matches!(code, 301 | 308);
                            if for_good {
                                moved = Some(next.clone());
                            }
                            trail.push(next);
                            continue;
                        }
                    },
                    code => Answer::Status { code, pause: retry_after(&response) },
                },
                Err(error) => self.failure(&error),
            };
            return Reply { from: here.clone(), answer };
        }
    }

    fn once(&self, address: &Url, method: Method) -> Result<Response<Body>, Error> {
        match method {
            Method::Head => self.agent.head(address.as_str()).call(),
            Method::Get => self.agent.get(address.as_str()).call(),
        }
    }

    fn failure(&self, error: &Error) -> Answer {
        match error {
            Error::Timeout(_) => Answer::Silent(format!("does not answer within {} s", self.timeout.as_secs_f64())),
            Error::HostNotFound => Answer::Silent(NO_HOST.into()),
            // The standard library has no kind for this.
            Error::Io(error) if error.to_string().contains("failed to lookup address") => Answer::Silent(NO_HOST.into()),
            Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused => Answer::Silent("refuses the connection".into()),
            // Somebody answers, and cannot show who it is.
            Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => Answer::Astray(format!("cannot be read: {}", plain(&error.to_string()))),
            Error::Io(error) => Answer::Silent(format!("cannot be reached: {}", plain(&error.to_string()))),
            Error::ConnectionFailed | Error::ConnectProxyFailed(_) => Answer::Silent(format!("cannot be reached: {}", plain(&error.to_string()))),
            _ => Answer::Astray(format!("cannot be read: {}", plain(&error.to_string()))),
        }
    }
}

const NO_HOST: &str = "has a host that cannot be found";

/// A message of another library on one line.
fn plain(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Where a redirect leads.
fn redirect(from: &Url, response: &Response<Body>) -> Result<Url, String> {
    let to = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok()).ok_or("redirects without saying where")?;
    let mut next = from.join(to).map_err(|_| format!("redirects to `{to}`, which is not an address"))?;
    next.set_fragment(None);
    match next.scheme() {
        "http" | "https" => Ok(next),
        _ => Err(format!("redirects to `{next}`, which is not a page")),
    }
}

/// How many seconds the server wants to be left alone; one that names a date instead gets the usual pause.
fn retry_after(response: &Response<Body>) -> Option<Duration> {
    response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}
