//! The Runtime API, as far as a function's runtime uses it: ask for an event, answer it, report an error.
//! <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>

use std::io::{self, BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The time that a function is told it has for an event.
const TIME_TO_ANSWER: Duration = Duration::from_secs(30);

/// What a runtime asks.
#[derive(Debug)]
pub enum Request {
    /// The next event.
    Next,
    /// To take an answer.
    Answer {
        /// The response, or the error's description.
        body: String,
        /// Whether it is a response.
        good: bool,
    },
}

/// A request that waits for its reply.
#[derive(Debug)]
pub struct Call {
    /// What is asked.
    pub request: Request,
    /// When it arrived.
    pub at: Instant,
    reply: Sender<Vec<u8>>,
}

impl Call {
    /// Replies with an event.
    pub fn give_event(&self, id: &str, event: &str) {
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\
             Lambda-Runtime-Aws-Request-Id: {id}\r\nLambda-Runtime-Deadline-Ms: {}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-west-1:000000000000:function:sandbox\r\n\
             Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=0\r\n\r\n",
            event.len(),
            deadline_ms(),
        );
        self.send(head + event);
    }

    /// Replies that the answer was taken.
    pub fn accept(&self) {
        self.send("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned());
    }

    /// A runtime that has ended meanwhile is noticed by whoever waits for its next call.
    fn send(&self, reply: String) {
        drop(self.reply.send(reply.into_bytes()));
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the edge that hands functions the time"
)]
fn deadline_ms() -> u128 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now + TIME_TO_ANSWER).as_millis()
}

/// Opens a Runtime API for one function; its address and what is asked of it.
pub fn listen() -> io::Result<(String, Receiver<Call>)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let sender = sender.clone();
            // A connection ends with its process, or when nobody listens to its calls any more.
            thread::spawn(move || drop(serve(stream, &sender)));
        }
    });
    Ok((address, receiver))
}

fn serve(mut stream: TcpStream, calls: &Sender<Call>) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let mut reader = BufReader::new(stream.try_clone()?);
    loop {
        let Some((target, body)) = read_request(&mut reader)? else {
            return Ok(());
        };
        let at = Instant::now();
        let request = if target.ends_with("/invocation/next") {
            Request::Next
        } else {
            Request::Answer {
                good: target.ends_with("/response"),
                body,
            }
        };
        let (reply, replies) = channel();
        if calls.send(Call { request, at, reply }).is_err() {
            return Ok(());
        }
        let Ok(reply) = replies.recv() else {
            return Ok(());
        };
        stream.write_all(&reply)?;
    }
}

/// Reads one HTTP request: its target and its body. `None` at the end of the connection.
fn read_request(reader: &mut impl BufRead) -> io::Result<Option<(String, String)>> {
    let mut line = String::new();
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let target = line.split_whitespace().nth(1).unwrap_or_default().to_owned();
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header)?;
        let header = header.trim_end().to_ascii_lowercase();
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
        chunked |= header.starts_with("transfer-encoding:") && header.ends_with("chunked");
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    if chunked {
        body = read_chunks(reader)?;
    }
    Ok(Some((target, String::from_utf8_lossy(&body).into_owned())))
}

fn read_chunks(reader: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
        let start = body.len();
        body.resize(start + size, 0);
        reader.read_exact(&mut body[start..])?;
        // The line break after every chunk; after the last it also ends the (empty) trailer.
        reader.read_line(&mut String::new())?;
        if size == 0 {
            return Ok(body);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::read_request;

    #[test]
    fn a_body_is_read_whichever_way_its_length_is_told() {
        let plain = "POST /a/response HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello";
        let chunked = "POST /a/response HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n";
        for text in [plain, chunked] {
            let read = read_request(&mut text.as_bytes()).unwrap();
            assert_eq!(read, Some(("/a/response".to_owned(), "hello".to_owned())));
        }
    }

    #[test]
    fn the_end_of_a_connection_is_no_request() {
        assert_eq!(read_request(&mut "".as_bytes()).unwrap(), None);
    }
}
